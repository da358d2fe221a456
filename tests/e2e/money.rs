//! What costs money or stops service: by keyboard alone, and each exactly once whatever the hand or the net does.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use chrono::TimeDelta;
use serde_json::json;
use shared::dto::activation::{Activation, ActivationRow};
use shared::dto::ledger::LedgerEntry;
use shared::dto::page::Page;
use shared::dto::wallet::Wallet;
use shared::paths;
use shared::vocab::{ActivationId, ActivationStatus};
use tests::TestApp;
use tests::app::{NOW, at};
use tests::client::Caller;

use crate::browser::Browser;
use crate::demo;

/// An activation that is on, paid by the month and renews by itself.
async fn an_activation(caller: &Caller) -> ActivationRow {
    let path = format!("{}?q=writer&status=active&billing_state=current&limit=1", paths::ACTIVATIONS);
    caller.read::<Page<ActivationRow>>(&path).await.items.remove(0)
}

pub async fn entries(caller: &Caller) -> (i64, LedgerEntry) {
    let path = format!("{}?limit=1&include_total=true", paths::LEDGER_ENTRIES);
    let mut page: Page<LedgerEntry> = caller.read(&path).await;
    (page.page.total.unwrap(), page.items.remove(0))
}

async fn activation(caller: &Caller, id: ActivationId) -> Activation {
    caller.read(&paths::activation(id)).await
}

pub async fn open(app: &TestApp) -> (Browser, Caller, ActivationRow) {
    let browser = Browser::open(app).await;
    browser.log_in(OWNER_EMAIL, PASSWORD).await;
    browser.until_text("Total active users").await;
    let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
    let row = an_activation(&caller).await;
    browser.go(&format!("/activations/{}", row.id)).await;
    browser.until_text("Timeline").await;
    browser.find(".detail-head__actions .btn").await;
    (browser, caller, row)
}

/// Opens a dialog by keyboard, checks it, and leads to its button.
pub async fn ask(browser: &Browser, action: &str, confirm: &str) {
    browser.tab_to(action).await;
    browser.press("Enter").await;
    browser.until("the quote is there", READY).await;
    browser.check_accessibility(&format!("the dialog {action}")).await;
    // Enter does nothing before a button has the focus.
    browser.press("Enter").await;
    let title = browser.run("return document.activeElement.id", vec![]).await;
    assert_eq!(title, json!("dialog-title"), "the title has the focus first");
    browser.tab_to(confirm).await;
}

pub const READY: &str = "return !!document.querySelector('dialog[open] .dialog__foot .btn:last-child:not([aria-disabled])') \
    && !document.querySelector('dialog[open] [aria-busy]')";
pub const CLOSED: &str = "return !document.querySelector('dialog[open]')";

/// The top bar holds what the wallet holds.
async fn balance_is_shown(browser: &Browser, caller: &Caller) {
    let wallet: Wallet = caller.read(paths::WALLET).await;
    let shown = format!("€{}", wallet.balance.amount());
    browser
        .until(
            &shown,
            &format!("return document.querySelector('.top-bar__balance').innerText.includes({})", json!(shown)),
        )
        .await;
}

#[test]
fn renew_pause_resume_and_deactivate_by_keyboard_alone() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, row) = open(&app).await;
        let (before, _) = entries(&caller).await;

        let sum = format!("€{}", row.price.amount());
        ask(&browser, "Renew", &format!("Renew for {sum}")).await;
        browser.press("Enter").await;
        browser.until("the dialog is gone", CLOSED).await;
        browser.until_text("Renewed.").await;
        let (after, entry) = entries(&caller).await;
        assert_eq!(after, before + 1);
        assert_eq!(-entry.amount.minor, row.price.minor, "the dialog named the sum of the entry");
        balance_is_shown(&browser, &caller).await;

        ask(&browser, "Pause", "Pause").await;
        browser.press("Enter").await;
        browser.until_text("Paused.").await;
        assert_eq!(activation(&caller, row.id).await.row.status, ActivationStatus::Paused);

        ask(&browser, "Resume", "Resume").await;
        browser.press("Enter").await;
        browser.until_text("Resumed.").await;
        assert_eq!(activation(&caller, row.id).await.row.status, ActivationStatus::Active);

        browser.tab_to("More actions").await;
        browser.press("Enter").await;
        ask(&browser, "Deactivate", "Deactivate on").await;
        browser.press("Enter").await;
        browser.until_text("It ends on").await;
        ask(&browser, "Keep active", "Keep active").await;
        browser.press("Escape").await;
        browser.until("Esc closes", CLOSED).await;
        assert!(activation(&caller, row.id).await.row.ends_on.is_some(), "Esc does nothing");
        assert_eq!(entries(&caller).await.0, after, "only renewing moved money");
        browser.check_page("the activation").await;
        browser.close().await;
    });
}

#[test]
fn activate_by_keyboard_alone() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let (before, _) = entries(&caller).await;
        browser
            .until(
                "the dashboard is loaded",
                "return !!document.querySelector('.renewal') && !document.querySelector('[aria-busy=true]')",
            )
            .await;
        browser.tab_to("Activate").await;
        browser.press("Enter").await;
        browser.until_text("Which product?").await;
        browser.find(".pick").await;
        browser.check_accessibility("the product step").await;
        browser.tab_to("AI Writer").await;
        browser.press("Enter").await;
        browser.until_text("AI Writer for which client?").await;
        browser.find(".pick").await;
        browser.check_accessibility("the client step").await;
        browser.run("document.querySelector('.pick').focus()", vec![]).await;
        browser.press("Enter").await;
        browser.until_text("How is AI Writer paid?").await;
        browser.until_text("Next automatic renewal").await;
        browser.check_accessibility("the price step").await;
        browser.tab_to("Continue").await;
        browser.press("Enter").await;
        browser.until_text("Is everything right?").await;
        browser.until_text("Activate for €").await;
        browser.check_accessibility("the review").await;
        browser.tab_to("Activate for").await;
        browser.press("Enter").await;
        browser.until_text("AI Writer is active for").await;
        browser.check_accessibility("what was activated").await;
        assert_eq!(entries(&caller).await.0, before + 1);
        balance_is_shown(&browser, &caller).await;
        browser.close().await;
    });
}

#[test]
fn a_double_click_and_enter_held_down_charge_once() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, _) = open(&app).await;
        let (before, _) = entries(&caller).await;
        ask(&browser, "Renew", "Renew for").await;
        browser
            .run("const confirm = document.activeElement; confirm.click(); confirm.click(); confirm.click()", vec![])
            .await;
        browser.until("the dialog is gone", CLOSED).await;
        browser.until_text("Renewed.").await;
        assert_eq!(entries(&caller).await.0, before + 1, "a double click");

        let path = format!("{}?q=chat&status=active&billing_state=current&limit=1", paths::ACTIVATIONS);
        let other = caller.read::<Page<ActivationRow>>(&path).await.items.remove(0);
        browser.go(&format!("/activations/{}", other.id)).await;
        browser.until_text("Timeline").await;
        ask(&browser, "Renew", "Renew for").await;
        browser.hold_enter(30).await;
        browser.until_text("Renewed.").await;
        assert_eq!(entries(&caller).await.0, before + 2, "Enter held down");
        browser.close().await;
    });
}

#[test]
fn enter_held_past_the_answer_opens_nothing() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, _) = open(&app).await;
        let (before, _) = entries(&caller).await;
        ask(&browser, "Renew", "Renew for").await;
        // The button that opened the dialog has the focus again while the key is still down.
        browser.hold_enter_past("Renewed.").await;
        assert_eq!(browser.run(CLOSED, vec![]).await, json!(true), "a key that repeats opens nothing");
        assert_eq!(entries(&caller).await.0, before + 1);
        browser.close().await;
    });
}

#[test]
fn an_answer_that_does_not_arrive_is_asked_for_until_it_does() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, row) = open(&app).await;
        let (before, _) = entries(&caller).await;
        ask(&browser, "Renew", "Renew for").await;
        // The first answer is lost on its way: the server has done it, the page does not know.
        let lose = "const fetch = window.fetch; let lost = 0; window.fetch = async (...call) => { const answer = await fetch(...call); \
            const url = call[0].url ?? call[0]; if (String(url).endsWith('/renew') && lost++ < 2) throw new TypeError('lost'); return answer; }";
        browser.run(lose, vec![]).await;
        browser.press("Enter").await;
        browser.until_text("We are checking whether this went through.").await;
        browser.check_accessibility("a dialog that checks").await;
        browser.until("the dialog is gone", CLOSED).await;
        browser.until_text("Renewed.").await;
        let (after, entry) = entries(&caller).await;
        assert_eq!(after, before + 1);
        assert_eq!(-entry.amount.minor, row.price.minor);
        balance_is_shown(&browser, &caller).await;
        browser.close().await;
    });
}

#[test]
fn what_changed_since_it_was_shown_is_asked_again() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, row) = open(&app).await;
        let (before, _) = entries(&caller).await;
        assert!(activation(&caller, row.id).await.refundable_now.is_some_and(|money| money.minor > 0));
        browser.tab_to("More actions").await;
        browser.press("Enter").await;
        ask(&browser, "Deactivate", "Deactivate on").await;
        browser.run("document.querySelectorAll('dialog input[name=takes-effect]')[1].click()", vec![]).await;
        browser.until_text("You get back").await;
        browser.until("the quote is there", READY).await;
        // A day later less comes back.
        app.clock().set(at(NOW) + TimeDelta::days(1));
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.tab_to("Deactivate now").await;
        browser.press("Enter").await;
        browser.until_text("This changed while you were looking.").await;
        browser.check_accessibility("a dialog whose quote changed").await;
        assert_eq!(entries(&caller).await.0, before, "nothing moved");
        browser.until("the quote is there", READY).await;
        browser.press("Enter").await;
        browser.until_text("Deactivated.").await;
        assert_eq!(entries(&caller).await.0, before + 1);
        balance_is_shown(&browser, &caller).await;
        browser.close().await;
    });
}

#[test]
fn the_new_balance_is_on_screen_within_300_ms_of_the_answer() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, _) = open(&app).await;
        ask(&browser, "Renew", "Renew for").await;
        let watch = "const fetch = window.fetch; window.fetch = async (...call) => { const answer = await fetch(...call); \
            if (String(call[0].url ?? call[0]).endsWith('/renew')) window.__answered = performance.now(); return answer; }; \
            const balance = () => document.querySelector('.top-bar__balance')?.innerText, before = balance(); \
            new MutationObserver(() => { if (!window.__shown && balance() && balance() !== before) window.__shown = performance.now(); }) \
            .observe(document.querySelector('.top-bar'), { subtree: true, childList: true, characterData: true })";
        browser.run(watch, vec![]).await;
        browser.press("Enter").await;
        browser.until_text("Renewed.").await;
        balance_is_shown(&browser, &caller).await;
        let took = browser.run("return window.__shown - window.__answered", vec![]).await;
        assert!(took.as_f64().is_some_and(|took| (0.0..300.0).contains(&took)), "{took} ms");
        browser.close().await;
    });
}
