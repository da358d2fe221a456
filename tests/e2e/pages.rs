//! Every page, light and dark, at three widths: accessible, inside its policy, never wider than the window.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use shared::dto::activation::ActivationRow;
use shared::dto::ledger::LedgerEntry;
use shared::dto::page::Page;
use shared::paths;

use crate::browser::Browser;
use crate::demo;

const SIZES: [(u32, u32); 4] = [(1440, 1000), (820, 1100), (390, 844), (320, 640)];

/// Opens a page and checks it at every size in both themes.
async fn check(browser: &Browser, path: &str, name: &str, settled: &str) {
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
        check(&browser, "/dashboard", "dashboard", "#activated-products").await;
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
        check(&browser, "/clients", "clients", "h1").await;
        check(&browser, "/wallet", "wallet", "#upcoming").await;
        check(&browser, "/wallet/ledger?kind=renewal_charge", "ledger", ".pager").await;
        let entries: Page<LedgerEntry> = caller.read(&format!("{}?limit=1", paths::LEDGER_ENTRIES)).await;
        check(&browser, &format!("/wallet/ledger/{}", entries.items[0].id), "ledger-entry", "#sides").await;
        check(&browser, "/activate/product", "activate-product", ".pick").await;
        check(&browser, "/reports/active-users", "active-users", "h1").await;
        check(&browser, "/settings/security", "security", "h1").await;
        check(&browser, "/nothing-here", "not-found", "h1").await;
        browser.close().await;
    });
}
