//! The reports: each page at every width in both themes, by keyboard, and from a suggestion to the deed.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use serde_json::json;
use shared::dto::report::{RenewalDecisions, UnusedActivations};
use shared::paths;
use tests::app::NOW;

use crate::browser::Browser;
use crate::money::{CLOSED, READY};
use crate::pages::check;
use crate::{OWNER, demo, shop};

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
            check(&browser, path, name, ".pager, .empty").await;
        }
        browser.close().await;
    });
}

#[test]
fn by_keyboard_from_the_reports_to_a_pause() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        shop.app.set_time("2026-09-01T10:00:00Z");
        shop.top_up(100_000).await;
        // Two that nobody ever used; both renew on 1 December.
        let dear = shop.activated("AI Writer", 2_900).await;
        shop.activated("Voice", 1_000).await;
        shop.app.set_time(NOW);
        shop.run_due().await;
        let browser = Browser::open(&shop.app).await;
        browser.log_in(OWNER, tests::app::PASSWORD).await;
        browser.until_text("Total active users").await;

        browser.tab_to("Reports").await;
        browser.press("Enter").await;
        browser.until_text("What is used, what it costs, and what to decide.").await;
        browser.until_text("2 to drop, 0 to pause").await;
        browser.tab_to("Renewals to decide about").await;
        browser.press("Enter").await;
        browser.find(".decide .btn").await;
        // A choice is in the address, and the rows follow it.
        browser.run("document.getElementById('suggestion-all').focus()", vec![]).await;
        browser.press("ArrowRight").await;
        browser.until("the address names the choice", "return location.search === '?suggestion=drop'").await;
        browser.until_text("2 rows as CSV").await;
        // The suggested action comes first, the others stand beside it.
        browser.tab_to("Deactivate").await;
        browser.tab_to("Pause").await;
        browser.press("Enter").await;
        browser.until("the quote is there", READY).await;
        browser.check_accessibility("the dialog that pauses").await;
        browser.tab_to("Pause").await;
        browser.press("Enter").await;
        browser.until("the dialog is gone", CLOSED).await;
        browser.until_text("1 row as CSV").await;
        let after: RenewalDecisions = shop.owner.read(paths::REPORT_DECISIONS).await;
        assert!(after.count == 1 && after.items[0].activation.id != dear, "{after:?}");
        // Paid for and paused, nobody uses it all the same.
        let unused: UnusedActivations = shop.owner.read(paths::REPORT_UNUSED).await;
        assert!(unused.items.iter().any(|item| item.activation.id == dear), "{unused:?}");
        browser.close().await;
    });
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

/// A link that was kept too long leads to the first page, a page that comes late gets the focus when it is there, and who sees no
/// money is told of no error.
#[test]
fn old_places_late_pages_and_viewers() {
    tests::block_on(async {
        let Some(app) = crate::demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(api::features::demo::VIEWER_EMAIL, api::features::demo::PASSWORD).await;
        browser.until_text("Activated products").await;
        browser
            .until(
                "the products are there",
                "return document.querySelectorAll('.products tbody tr, main tbody tr').length > 5",
            )
            .await;
        let shown = browser.text("main").await;
        assert!(!shown.contains("could not be loaded") && !shown.contains("Recurring costs"), "{shown}");
        // The reports are a part of their own, which nobody has asked for yet.
        browser.run("document.querySelector('#kpi-users a').click()", vec![]).await;
        browser
            .until(
                "the heading has the focus",
                "return location.pathname === '/reports/active-users' && document.activeElement.tagName === 'H1'",
            )
            .await;
        for place in
            ["/reports/active-users", "/reports/unused", "/reports/decisions", "/reports/demand", "/reports/impact"]
        {
            browser.go(&format!("{place}?cursor=stale")).await;
            browser.until(&format!("the first page of {place}"), &format!("return location.pathname + location.search === '{place}' && !!document.querySelector('main table tbody tr, main .list li, main .empty')")).await;
        }
        browser.close().await;
    });
}
