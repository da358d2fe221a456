//! Several activations at once: selected at every width, confirmed by number where it cannot be undone, told one by one.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use serde_json::json;
use shared::dto::activation::{Activation, ActivationCounts};
use shared::paths;
use shared::vocab::ActivationStatus;
use tests::client::Caller;

use crate::browser::Browser;
use crate::demo;
use crate::money::{READY, entries, open};

const SELECT: &str = "const boxes = [...document.querySelectorAll('.check')].filter(box => box.offsetParent && (box.ariaLabel ?? '').startsWith('Select ') && box.ariaLabel !== 'Select all on this page'); boxes.slice(0, arguments[0]).forEach(box => box.click()); return boxes.length";

async fn active(caller: &Caller) -> i64 {
    let counts: ActivationCounts = caller.read(paths::ACTIVATION_COUNTS).await;
    counts.by_status.iter().find(|known| known.status == ActivationStatus::Active).map_or(0, |known| known.count)
}

async fn list(browser: &Browser) {
    browser.log_in(OWNER_EMAIL, PASSWORD).await;
    browser.until_text("Total active users").await;
    browser.go("/activations?status=active&billing_state=current&sort=product").await;
    browser.find(".list__row, tbody tr").await;
}

#[test]
fn what_cannot_be_undone_asks_for_the_number() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let before = active(&caller).await;
        let browser = Browser::open(&app).await;
        list(&browser).await;
        // The box in the head is for the page; from there all pages are one step away.
        browser.find("thead .check-hit").await.click().await.unwrap();
        browser.until_text("25 activations selected").await;
        let total = browser.text(".pager").await;
        let total = total.split_whitespace().next().unwrap();
        browser.tab_to(&format!("Select all {total}")).await;
        browser.press("Enter").await;
        browser.until_text(&format!("{total} activations selected")).await;
        browser.check_accessibility("all of them selected").await;
        browser.find("thead .check-hit").await.click().await.unwrap();
        browser.run(SELECT, vec![json!(3)]).await;
        browser.until_text("3 activations selected").await;
        browser.run("document.querySelector('h1').focus()", vec![]).await;
        browser.tab_to("Deactivate").await;
        browser.press("Enter").await;
        browser.until_text("Deactivate 3 activations?").await;
        browser.until("at the end of what is paid nothing is asked", READY).await;
        browser.run("document.querySelectorAll('dialog input[name=takes-effect]')[1].click()", vec![]).await;
        browser.until_text("Write 3 to confirm").await;
        browser
            .until("now waits for it", "return !!document.querySelector('dialog .btn--danger[aria-disabled]')")
            .await;
        browser.check_accessibility("ending several now").await;
        browser.run("document.querySelector('#how-many').focus()", vec![]).await;
        browser.type_text("2").await;
        browser
            .until("another number is none", "return !!document.querySelector('dialog .btn--danger[aria-disabled]')")
            .await;
        browser.run("document.querySelector('#how-many').select()", vec![]).await;
        browser.type_text("3").await;
        browser.until("the number is right", READY).await;
        assert_eq!(active(&caller).await, before, "nothing happened so far");
        browser.tab_to("Deactivate 3 now").await;
        browser.press("Enter").await;
        browser.until_text("3 of 3 done.").await;
        browser.check_accessibility("what became of each").await;
        let done = browser
            .run("return [...document.querySelectorAll('.bulk-item__end')].map(end => end.innerText.trim())", vec![])
            .await;
        assert_eq!(done, json!(["Done", "Done", "Done"]));
        assert_eq!(active(&caller).await, before - 3);
        browser.close().await;
    });
}

#[test]
fn rows_are_selected_where_there_is_no_room_for_boxes() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let browser = Browser::open(&app).await;
        list(&browser).await;
        for (width, height) in [(820, 1100), (390, 844)] {
            browser.size(width, height).await;
            browser.go("/activations?status=active&billing_state=current&sort=product").await;
            browser.find(".list__row, tbody tr").await;
            assert_eq!(browser.run(SELECT, vec![json!(0)]).await, json!(0), "no boxes at {width} at first");
            browser.tab_to("Select").await;
            browser.press("Enter").await;
            let boxes = browser.run(SELECT, vec![json!(2)]).await;
            assert!(boxes.as_u64().unwrap() >= 20, "boxes at {width}: {boxes}");
            browser.until_text("2 activations selected").await;
            // By hand: a tap on a row is for its box.
            browser.find("tbody .check-hit, .list__row .check-hit").await.click().await.unwrap();
            browser.until_text("1 activation selected").await;
            browser.find("tbody .check-hit, .list__row .check-hit").await.click().await.unwrap();
            browser.until_text("2 activations selected").await;
            browser.check_accessibility(&format!("selecting at {width}")).await;
            browser.check_page(&format!("selecting at {width}")).await;
            browser.picture(&format!("selecting-{width}-light")).await;
        }
        let (before, _) = entries(&caller).await;
        browser.tab_to("Renew").await;
        browser.press("Enter").await;
        browser.until("the quote is there", READY).await;
        browser.check_accessibility("renewing several on a narrow screen").await;
        browser.tab_to("Renew 2 for €").await;
        browser.press("Enter").await;
        browser.until_text("2 of 2 done.").await;
        assert_eq!(entries(&caller).await.0, before + 2);
        browser.close().await;
    });
}

#[test]
fn the_support_summary_names_what_support_asks_for() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, row) = open(&app).await;
        let grant = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
        browser.devtools("Browser.grantPermissions", grant).await;
        browser.tab_to("More actions").await;
        browser.press("Enter").await;
        browser.tab_to("Copy support summary").await;
        browser.press("Enter").await;
        let script = "const done = arguments[arguments.length - 1]; const look = () => navigator.clipboard.readText().then(text => text ? done(text) : setTimeout(look, 50), error => done('' + error)); look()";
        let text = browser.client.execute_async(script, vec![]).await.unwrap();
        let text = text.as_str().unwrap();
        let data: Activation = caller.read(&paths::activation(row.id)).await;
        for part in [
            row.id.to_string(),
            row.client.id.to_string(),
            "Product AI Writer".to_owned(),
            format!("Renews {}", data.row.renews_on.unwrap()),
        ] {
            assert!(text.contains(&part), "no {part:?} in {text}");
        }
        assert!(text.lines().filter(|line| line.starts_with("- ")).count() >= 1, "{text}");
        assert!(!text.contains(&row.client.name), "people are named by their id: {text}");
        browser.close().await;
    });
}
