//! Every page, light and dark, at three widths: accessible, inside its policy, never wider than the window.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use serde_json::json;
use shared::dto::activation::ActivationRow;
use shared::dto::ledger::LedgerEntry;
use shared::dto::page::Page;
use shared::dto::top_up::TopUp;
use shared::paths;

use crate::browser::Browser;
use crate::demo;

const SIZES: [(u32, u32); 4] = [(1440, 1000), (820, 1100), (390, 844), (320, 640)];

/// Opens a page and checks it at every size in both themes.
pub async fn check(browser: &Browser, path: &str, name: &str, settled: &str) {
    for theme in ["light", "dark"] {
        browser.prefer(theme).await;
        for (width, height) in SIZES {
            browser.size(width, height).await;
            browser.go(path).await;
            browser.find(settled).await;
            browser.until("the page is loaded", "return !document.querySelector('[aria-busy=true]')").await;
            let what = format!("{name}-{width}-{theme}");
            browser.picture(&what).await;
            browser.check_page(&what).await;
            browser.check_accessibility(&what).await;
        }
    }
}

#[test]
fn pages_without_a_session() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        check(&browser, "/login", "login", "#email").await;
        check(&browser, "/forgot", "forgot", "h1").await;
        check(&browser, "/invite/not-a-link", "invite-refused", "h1").await;
        browser.close().await;
    });
}

#[test]
fn dashboard_and_activations() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        check(&browser, "/dashboard", "dashboard", ".lane__marks[data-settled]").await;
        check(&browser, "/activations?q=writer", "activations", "h1").await;
        browser.close().await;
    });
}

#[test]
fn the_other_pages() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let list: Page<ActivationRow> =
            caller.read(&format!("{}?q=writer&status=active&limit=1", paths::ACTIVATIONS)).await;
        check(&browser, &format!("/activations/{}", list.items[0].id), "activation", "h1").await;
        let usage = format!("/activations/{}/usage?range=6m", list.items[0].id);
        check(&browser, &usage, "activation-usage", ".lane__marks[data-settled]").await;
        check(&browser, "/clients", "clients", "h1").await;
        let client = format!("/clients/{}?compare=none", list.items[0].client.id);
        check(&browser, &client, "client", ".lane__marks[data-settled]").await;
        let product =
            format!("/reports/products/{}?from=2026-09-01&to=2026-11-22&bucket=day", list.items[0].product.id);
        check(&browser, &product, "product-usage", ".lane__marks[data-settled]").await;
        check(&browser, "/wallet", "wallet", "#upcoming").await;
        check(&browser, "/wallet/ledger?kind=renewal_charge", "ledger", ".pager").await;
        let entries: Page<LedgerEntry> = caller.read(&format!("{}?limit=1", paths::LEDGER_ENTRIES)).await;
        check(&browser, &format!("/wallet/ledger/{}", entries.items[0].id), "ledger-entry", "#sides").await;
        check(&browser, "/wallet/notices", "notices", ".notice, .empty").await;
        let body = json!({"amount": {"amount": "61.90", "currency": "EUR"}, "method": "bank_transfer"});
        let top_up: TopUp = caller.post_once(paths::TOP_UPS, &body).await.data();
        check(&browser, &format!("/wallet/top-ups/{}?next=/activations", top_up.id), "top-up", "#what-next").await;
        check(&browser, "/activate/product", "activate-product", ".pick").await;
        check(&browser, "/reports/active-users?range=7d", "active-users", ".pager").await;
        check(&browser, "/settings/security", "security", "h1").await;
        check(&browser, "/nothing-here", "not-found", "h1").await;
        browser.close().await;
    });
}

#[test]
fn the_pages_of_operators() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        for amount in ["61.90", "250.00"] {
            let body = json!({"amount": {"amount": amount, "currency": "EUR"}, "method": "bank_transfer"});
            caller.post_once(paths::TOP_UPS, &body).await.is_done();
        }
        app.operator("ops@example.com").await;
        let browser = Browser::open(&app).await;
        browser.log_in("ops@example.com", tests::app::PASSWORD).await;
        browser.until_text("Waiting for money").await;
        check(&browser, "/operator/top-ups", "operator-top-ups", ".pager").await;
        check(&browser, "/operator/top-ups?status=all", "operator-top-ups-all", ".pager").await;
        check(&browser, "/operator/set-ups", "operator-set-ups", ".pager, .empty").await;
        check(&browser, "/operator/events", "operator-events", ".pager").await;
        check(&browser, "/operator/jobs", "operator-jobs", ".pager, .empty").await;
        browser.close().await;
    });
}
