//! What people do: sign in, look at the four sections, change ranges, filter, sort, follow links, lose the session.

use api::features::demo::{OWNER_EMAIL, PASSWORD, VIEWER_EMAIL};
use chrono::TimeDelta;
use fantoccini::Locator;
use serde_json::json;
use shared::dto::overview::Overview;
use shared::paths;
use tests::app::{NOW, at};

use crate::browser::Browser;
use crate::{demo, example};

#[test]
fn a_reseller_signs_in_and_sees_the_figures_of_the_api() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.go("/").await;
        browser.find("#email").await.send_keys(OWNER_EMAIL).await.unwrap();
        let password = browser.find("#password").await;
        password.send_keys("not the password").await.unwrap();
        browser.press("Enter").await;
        browser.until_text("Email and password do not match.").await;
        // Nothing typed is lost, and the field that is wrong has the focus.
        let email = browser.run("return document.querySelector('#email').value", vec![]).await;
        assert_eq!(email, json!(OWNER_EMAIL));
        browser.run("const field = document.querySelector('#password'); field.focus(); field.select()", vec![]).await;
        browser.type_text(PASSWORD).await;
        browser.press("Enter").await;
        browser.until_text("Total active users").await;

        let overview: Overview = app.log_in(OWNER_EMAIL, PASSWORD).await.read(paths::OVERVIEW).await;
        let users = thousands(overview.total_active_users.value);
        browser.until_text(&users).await;
        for text in [
            users.as_str(),
            &overview.total_active_software.value.to_string(),
            &format!("€{}", overview.balance.unwrap().balance.amount()),
            "Recurring costs",
            "Bi-annual (every 6 months)",
            "Active users",
            "Next renewals",
            "Activated products",
        ] {
            assert!(browser.text("main").await.contains(text), "no {text:?} in {}", browser.text("main").await);
        }
        browser.check_page("the dashboard").await;
        browser.close().await;
    });
}

fn thousands(number: i64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}

/// The figures are worked out by hand in `examples/import/README.md`.
#[test]
fn an_imported_folder_shows_the_figures_of_its_readme() {
    tests::block_on(async {
        let Some(app) = example().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in("you@example.com", tests::app::PASSWORD).await;
        browser.until_text("€226.46").await;
        let page = browser.text("main").await;
        for text in
            ["16", "7", "€63.00", "€54.00", "€225.00", "€190.00", "€134.33", "3 renewing", "1 renewing", "2 renewing"]
        {
            assert!(page.contains(text), "no {text:?} in {page}");
        }
        assert_eq!(browser.text(".kpi__value").await, "16");
        browser.find("#kpi-users a").await.click().await.unwrap();
        browser.until_text("16 people").await;
        browser.close().await;
    });
}

#[test]
fn a_figure_opens_the_list_that_it_counts() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active software").await;
        let overview: Overview = app.log_in(OWNER_EMAIL, PASSWORD).await.read(paths::OVERVIEW).await;
        browser.find("#kpi-software a").await.click().await.unwrap();
        browser.until_text(&format!("{} activations", overview.total_active_software.value)).await;
        browser.client.back().await.unwrap();
        browser.find("#kpi-users a").await.click().await.unwrap();
        browser.until_text(&thousands(overview.total_active_users.value)).await;
        assert!(browser.address().await.starts_with("/reports/active-users"), "{}", browser.address().await);
        browser.close().await;
    });
}

#[test]
fn ranges_are_in_the_address_and_can_be_chosen_by_keyboard() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("5 weeks earlier").await;
        browser.run("document.querySelector('#range-30d').focus()", vec![]).await;
        browser.press("ArrowRight").await;
        browser.until_text("26 weeks earlier").await;
        assert_eq!(browser.address().await, "/dashboard?range=6m");
        browser.client.refresh().await.unwrap();
        browser.until_text("26 weeks earlier").await;
        browser.client.back().await.unwrap();
        browser.until_text("5 weeks earlier").await;
        assert_eq!(browser.address().await, "/dashboard");
        browser.go("/dashboard?range=7d").await;
        browser.until_text("1 week earlier").await;
        browser.close().await;
    });
}

#[test]
fn a_list_is_filtered_sorted_paged_and_the_link_brings_it_back() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        browser.go("/activations?status=active&sort=product").await;
        browser.until_text("86 activations").await;
        let first = browser.text("tbody tr").await;
        assert!(first.contains("AI Business Tool"), "{first}");
        // At the end of the page the docked banner covers nothing.
        browser.run("scrollTo(0, document.documentElement.scrollHeight)", vec![]).await;
        browser.client.find(Locator::XPath("//*[normalize-space()='Next']")).await.unwrap().click().await.unwrap();
        browser.until("the second page", "return location.search.includes('cursor=')").await;
        let script = format!("return document.querySelector('tbody tr')?.innerText !== {}", json!(first));
        browser.until("other rows", &script).await;
        let (address, rows) = (browser.address().await, browser.text("tbody").await);
        browser.client.refresh().await.unwrap();
        browser.until_text("86 activations").await;
        assert_eq!((browser.address().await, browser.text("tbody").await), (address, rows));
        browser.go("/activations?status=wrong&surprise=1").await;
        browser.until_text("Part of this link was not understood.").await;
        browser.until_text("96 activations").await;
        browser.close().await;
    });
}

#[test]
fn a_link_deep_into_the_app_leads_through_the_log_in() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.go("/activations?status=paused").await;
        browser.find("#email").await.send_keys(OWNER_EMAIL).await.unwrap();
        let password = browser.find("#password").await;
        password.send_keys(PASSWORD).await.unwrap();
        browser.press("Enter").await;
        browser.until_text("5 activations").await;
        assert_eq!(browser.address().await, "/activations?status=paused");
        browser.close().await;
    });
}

#[test]
fn a_session_that_ended_asks_on_top_of_the_page() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        app.revoke_sessions(OWNER_EMAIL).await;
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        // Whatever the page asks first opens it, and that may be another than this: the dialog may stand before the click.
        browser.run("document.querySelector('#range-7d').click()", vec![]).await;
        browser.find("dialog[open]").await;
        browser.check_accessibility("the session-ended dialog").await;
        let password = browser.find("dialog[open] input[type=password]").await;
        password.send_keys(PASSWORD).await.unwrap();
        browser.press("Enter").await;
        browser.until("the dialog is gone", "return !document.querySelector('dialog[open]')").await;
        browser.until_text("1 week earlier").await;
        browser.close().await;
    });
}

#[test]
fn the_access_is_refreshed_without_anybody_noticing() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        app.clock().set(at(NOW) + TimeDelta::minutes(15));
        browser.go("/activations").await;
        browser.until_text("96 activations").await;
        browser.close().await;
    });
}

#[test]
fn a_viewer_sees_everything_but_the_money() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(VIEWER_EMAIL, PASSWORD).await;
        browser.until_text("Activated products").await;
        browser.until_text("96 activations").await;
        let balance = app.log_in(OWNER_EMAIL, PASSWORD).await.read::<Overview>(paths::OVERVIEW).await.balance.unwrap();
        assert!(!browser.text("body").await.contains(&balance.balance.amount()));
        browser.check_accessibility("the dashboard of a viewer").await;
        browser.close().await;
    });
}

#[test]
fn the_chart_is_read_by_keyboard_and_as_a_table() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("5 weeks earlier").await;
        browser.run("document.querySelector('.chart__frame').focus()", vec![]).await;
        browser.press("Home").await;
        browser.until_text("Saturday, 24 Oct 2026").await;
        browser.press("Escape").await;
        browser
            .client
            .find(Locator::XPath("//*[normalize-space()='Show data as a table']"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        browser
            .until(
                "30 rows",
                "return document.querySelectorAll('.chart table tbody tr, .chart__table tbody tr').length === 30",
            )
            .await;
        browser.close().await;
    });
}
