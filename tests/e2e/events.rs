//! Promotions and launches of operators: added, changed and deleted by keyboard, and seen under a reseller's chart.

use serde_json::json;
use shared::dto::marker::Markers;
use shared::dto::page::Page;
use shared::dto::promotion::Promotion;
use shared::paths;
use shared::vocab::MarkerKind;
use tests::Caller;
use tests::shop::Shop;

use crate::browser::Browser;
use crate::money::READY;
use crate::shop;

/// Kind, day and title of what operators announced to the shop.
async fn markers(shop: &Shop) -> Vec<(MarkerKind, String, String)> {
    let found: Markers = shop.owner.read(&format!("{}?range=30d", paths::ACTIVE_USERS_MARKERS)).await;
    let events = found.items.into_iter().flat_map(|marker| marker.events);
    events.map(|event| (event.kind, event.on.to_string(), event.title)).collect()
}

async fn announced(operator: &Caller) -> Vec<Promotion> {
    operator.read::<Page<Promotion>>(paths::OPERATOR_PROMOTIONS).await.items
}

/// Types over all of what a field holds.
async fn retype(browser: &Browser, field: &str, text: &str) {
    browser.tab_to(field).await;
    browser.run("document.activeElement.select()", vec![]).await;
    browser.type_text(text).await;
}

#[test]
fn an_operator_adds_changes_and_deletes_an_event() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        let other = shop.app.reseller("Nordlicht").await;
        let operator = shop.app.operator("ops@example.com").await;
        let browser = Browser::open(&shop.app).await;
        browser.log_in("ops@example.com", tests::app::PASSWORD).await;
        browser.until_text("Waiting for money").await;
        browser.act("Events").await;
        browser.until_text("No events yet").await;
        browser.act("Add event").await;
        browser.until_text("Add an event?").await;
        browser.act("Add event").await;
        browser.until_text("Give a title.").await;
        browser.until_text("Enter the first day as a date.").await;
        browser.until("the title has the focus", "return document.activeElement.id === 'event-title'").await;
        browser.type_text("Autumn offer").await;
        browser.tab_to("event-starts").await;
        // The same in whichever order day and month are asked.
        for key in "11112026".chars() {
            browser.press(&key.to_string()).await;
        }
        browser.tab_to("event-scope-All-resellers").await;
        browser.press("ArrowRight").await;
        browser.act("Add event").await;
        browser.until_text("Choose at least one reseller.").await;
        browser.until("their field has the focus", "return document.activeElement.id === 'event-resellers'").await;
        browser.type_text("harbour").await;
        browser.until("one is found", "return document.querySelectorAll('dialog[open] .check').length === 1").await;
        browser.tab_to(&shop.id().to_string()).await;
        browser.press(" ").await;
        browser.until_text("1 reseller chosen").await;
        browser.check_accessibility("adding an event").await;
        // The first answer gets lost on its way.
        let lose = "const fetch = window.fetch; let lost = 0; window.fetch = async (...call) => { const answer = await fetch(...call); \
            if (call[0].method === 'POST' && lost++ === 0) { throw new TypeError('lost'); } return answer; }";
        browser.run(lose, vec![]).await;
        browser.act("Add event").await;
        browser.until_text("“Autumn offer” was saved.").await;
        browser.until_text("Harbour Digital").await;
        assert_eq!(announced(&operator).await.len(), 1, "once, though it was sent twice");
        let day = "2026-11-11".to_owned();
        assert_eq!(markers(&shop).await, [(MarkerKind::Promotion, day.clone(), "Autumn offer".to_owned())]);
        browser.check_accessibility("the events").await;

        // Somebody else changes it while it is being changed.
        browser.act("Edit").await;
        browser.until("the event is read", READY).await;
        retype(&browser, "event-title", "Winter offer").await;
        let path = paths::operator_promotion(announced(&operator).await[0].id);
        let change = json!({"text": "For yearly ones.", "reseller_ids": [shop.id(), other]});
        operator.patch(&path, "*", &change).await.is_done();
        browser.act("Save").await;
        browser.until_text("This changed while you were looking.").await;
        browser.until_text("It says now: Promotion “Autumn offer”").await;
        let typed = browser.run("return document.querySelector('#event-title').value", vec![]).await;
        assert_eq!(typed, json!("Winter offer"), "what was typed is still there");
        browser.check_accessibility("a conflict").await;
        browser.act("Use latest").await;
        browser.until("it is taken", "return document.querySelector('#event-text').value === 'For yearly ones.'").await;
        browser.tab_to("event-kind-Promotion").await;
        browser.press("ArrowRight").await;
        retype(&browser, "event-title", "Winter start").await;
        browser.act("Save").await;
        browser.until_text("“Winter start” was saved.").await;
        browser.until_text("Harbour Digital and Nordlicht").await;
        assert_eq!(markers(&shop).await, [(MarkerKind::Launch, day.clone(), "Winter start".to_owned())]);

        // Somebody else deletes it while it is being changed: what is written is added again.
        browser.act("Edit").await;
        browser.until("the event is read", READY).await;
        retype(&browser, "event-title", "Spring start").await;
        operator.clone().with_header("if-match", "*").delete(&path).await.is_done();
        browser.act("Save").await;
        browser.until_text("Somebody deleted this event.").await;
        browser.act("Add event").await;
        browser.until_text("“Spring start” was saved.").await;
        assert_eq!(markers(&shop).await, [(MarkerKind::Launch, day, "Spring start".to_owned())]);

        browser.until_text("11 Nov 2026").await;
        browser.act("Delete").await;
        browser.until_text("Delete “Spring start”?").await;
        browser.until("the event is read", READY).await;
        browser.check_accessibility("deleting an event").await;
        browser.act("Delete event").await;
        browser.until_text("“Spring start” was deleted.").await;
        browser.until_text("No events yet").await;
        assert_eq!(markers(&shop).await, []);
        browser.close().await;
    });
}
