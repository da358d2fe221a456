//! The reports: each page at every width in both themes, by keyboard, and from a suggestion to the deed.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use serde_json::json;
use shared::dto::report::{RenewalDecisions, UnusedActivations};
use shared::paths;
use shared::vocab::Suggestion;

use crate::browser::Browser;
use crate::demo;
use crate::money::{CLOSED, READY};
use crate::pages::check;

#[test]
fn the_pages_of_the_reports() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        check(&browser, "/reports", "reports", ".pick").await;
        for (path, name) in [
            ("/reports/decisions", "decisions"),
            ("/reports/unused", "unused"),
            ("/reports/cost-per-user?by=client", "cost-per-user"),
            ("/reports/demand", "demand"),
            ("/reports/impact", "impact"),
        ] {
            check(&browser, path, name, ".pager").await;
        }
        browser.close().await;
    });
}

#[test]
fn by_keyboard_from_the_reports_to_a_pause() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let before: RenewalDecisions = caller.read(paths::REPORT_DECISIONS).await;
        let first = before.items.iter().find(|item| item.suggestion == Suggestion::Drop).unwrap();
        let of = |report: &RenewalDecisions, suggestion: Suggestion| {
            report.by_suggestion.iter().find(|total| total.suggestion == suggestion).unwrap().count
        };

        browser.tab_to("Reports").await;
        browser.press("Enter").await;
        browser.until_text("What is used, what it costs, and what to decide.").await;
        browser.tab_to("Renewals to decide about").await;
        browser.press("Enter").await;
        browser.find(".decide .btn").await;
        // A choice is in the address, and the rows follow it.
        browser.client.execute("document.getElementById('suggestion-drop').focus()", vec![]).await.unwrap();
        browser.press("ArrowRight").await;
        browser.press("ArrowLeft").await;
        browser.until("the address names the choice", "return location.search === '?suggestion=drop'").await;
        let shown = format!("{} as CSV", rows(of(&before, Suggestion::Drop)));
        browser.until_text(&shown).await;
        // The others are offered beside the suggested one.
        browser.tab_to("Pause").await;
        browser.press("Enter").await;
        browser.until("the quote is there", READY).await;
        browser.check_accessibility("the dialog that pauses").await;
        browser.tab_to("Pause").await;
        browser.press("Enter").await;
        browser.until("the dialog is gone", CLOSED).await;
        browser.until_text(&format!("{} as CSV", rows(of(&before, Suggestion::Drop) - 1))).await;
        let after: RenewalDecisions = caller.read(paths::REPORT_DECISIONS).await;
        assert!(after.items.iter().all(|item| item.activation.id != first.activation.id));
        assert_eq!(of(&after, Suggestion::Drop), of(&before, Suggestion::Drop) - 1);
        // Paid for and paused, nobody uses it all the same.
        let unused: UnusedActivations = caller.read(&format!("{}?limit=200", paths::REPORT_UNUSED)).await;
        assert!(unused.items.iter().any(|item| item.activation.id == first.activation.id));
        browser.close().await;
    });
}

/// How a download names so many rows.
fn rows(count: i64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

#[test]
fn a_figure_is_explained_and_leads_to_its_rows() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        browser.find("#kpi-users-help").await;
        browser.tab_to("What counts as an active user").await;
        browser.press("Enter").await;
        browser.until_text("Somebody who uses two products counts once.").await;
        browser.check_accessibility("an explained figure").await;
        let figure = browser.text(".kpi__value").await;
        browser.until_text(&format!("Show the {figure} people behind it")).await;
        // It stays open on the way to its link, and Esc closes it.
        browser.press("Tab").await;
        let at = browser.run("return document.activeElement.innerText", vec![]).await;
        assert!(at.as_str().unwrap().starts_with("Show the"), "{at}");
        browser.press("Enter").await;
        browser.until_text(&format!("{figure} people")).await;
        assert_eq!(browser.address().await, "/reports/active-users");
        browser.go("/wallet").await;
        browser.tab_to("How this date is found").await;
        browser.press("Enter").await;
        browser.until_text("nothing is estimated").await;
        browser.press("Escape").await;
        let is_hidden = browser.run("return document.getElementById('wallet-reach-help').hidden", vec![]).await;
        assert_eq!(is_hidden, json!(true));
        browser.close().await;
    });
}
