//! To the minor unit, and once: the same confirmation in two tabs, a price that changed in between, and currencies with no, two
//! and three digits.

use api::features::demo::{OWNER_EMAIL, PASSWORD};
use chrono::TimeDelta;
use serde_json::json;
use shared::dto::catalogue::Product;
use shared::dto::ledger::LedgerEntry;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{BillingInterval, LedgerEntryKind};
use tests::app::{NOW, at};
use tests::shop::Shop;

use crate::browser::Browser;
use crate::money::{CLOSED, READY, ask, entries, open};
use crate::{OWNER, demo, shop};

#[test]
fn the_same_confirmation_in_two_tabs_charges_once() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let (browser, caller, row) = open(&app).await;
        let (before, _) = entries(&caller).await;
        ask(&browser, "Renew", "Renew for").await;

        let first = browser.client.window().await.unwrap();
        let second = browser.client.new_window(true).await.unwrap();
        browser.client.switch_to_window(second.handle).await.unwrap();
        browser.size(1440, 1000).await;
        browser.go(&format!("/activations/{}", row.id)).await;
        browser.until_text("Timeline").await;
        ask(&browser, "Renew", "Renew for").await;
        browser.press("Enter").await;
        browser.until_text("Renewed.").await;
        assert_eq!(entries(&caller).await.0, before + 1);

        // The first tab still shows what is not so any more.
        browser.client.switch_to_window(first).await.unwrap();
        browser.until("the quote is there", READY).await;
        browser.press("Enter").await;
        browser.until("an answer", "return !!document.querySelector('dialog[open] .banner')").await;
        let said = browser.text("dialog[open]").await;
        assert!(said.contains("Not done.") || said.contains("Nothing was charged."), "{said}");
        assert_eq!(entries(&caller).await.0, before + 1, "the second confirmation");
        browser.close().await;
    });
}

#[test]
fn a_price_that_changed_is_shown_before_it_is_paid() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = Browser::open(&app).await;
        browser.log_in(OWNER_EMAIL, PASSWORD).await;
        browser.until_text("Total active users").await;
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let (before, _) = entries(&caller).await;
        let products: Page<Product> = caller.read(&format!("{}?limit=200", paths::PRODUCTS)).await;
        let product = products.items.into_iter().find(|product| product.name == "AI Writer").unwrap();
        let price = product.prices.iter().find(|price| price.billing_interval == BillingInterval::Monthly).unwrap();

        browser.go("/activate/product").await;
        for (question, answer) in [("Which product?", "AI Writer"), ("for which client?", "")] {
            browser.until_text(question).await;
            browser.find(".pick").await;
            let script =
                "[...document.querySelectorAll('.pick')].find(pick => pick.innerText.startsWith(arguments[0])).click()";
            browser.run(script, vec![json!(answer)]).await;
        }
        browser.until_text("How is AI Writer paid?").await;
        browser.until_text("Next automatic renewal").await;
        browser.tab_to("Continue").await;
        browser.press("Enter").await;
        browser.until_text(&format!("Activate for €{}", price.amount.amount())).await;

        // In force at once for what is new.
        let operator = app.operator("ops@example.com").await;
        let dearer = shared::vocab::Money::new(price.amount.minor + 300, price.amount.currency);
        let body = json!({"billing_interval": "monthly", "amount": dearer});
        operator.post_once(&paths::operator_product_prices(product.id), &body).await.is_done();

        browser.tab_to("Activate for").await;
        browser.press("Enter").await;
        browser.until_text("This changed while you were looking.").await;
        browser.until_text(&format!("It was €{}", price.amount.amount())).await;
        browser.check_accessibility("a review whose price changed").await;
        assert_eq!(entries(&caller).await.0, before, "nothing was charged");
        browser.until_text(&format!("Activate for €{}", dearer.amount())).await;
        browser.press("Enter").await;
        browser.until_text("AI Writer is active for").await;
        let (after, entry) = entries(&caller).await;
        assert_eq!((after, -entry.amount.minor), (before + 1, dearer.minor));
        browser.close().await;
    });
}

/// The digits of the sums that a part of the page shows, as minor units.
async fn minor(browser: &Browser, css: &str) -> i64 {
    let text = browser.text(css).await;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no sum in {css}: {text:?}"))
}

#[test]
fn dialogs_and_ledger_agree_to_the_minor_unit_in_every_currency() {
    tests::block_on(async {
        for (currency, price, sum) in [("JPY", 5_400, "5,400"), ("EUR", 2_905, "29.05"), ("KWD", 54_321, "54.321")] {
            let Some(shop) = shop(currency).await else { return };
            let product = shop.product("AI Writer", &[(BillingInterval::Monthly, price)]).await;
            shop.top_up(2 * price + 7).await;
            let id = shop.activate(product, BillingInterval::Monthly).await;
            let browser = Browser::open(&shop.app).await;
            browser.log_in(OWNER, tests::app::PASSWORD).await;
            browser.until_text("Total active users").await;
            browser.go(&format!("/activations/{id}")).await;
            browser.until_text("Timeline").await;
            ask(&browser, "Renew", "Renew for").await;
            let label = browser.text("dialog[open] .dialog__foot .btn:last-child").await;
            assert!(label.ends_with(sum), "{currency}: {label}");
            assert_eq!(minor(&browser, "dialog[open] .well__value").await, price, "{currency}: the sum of the dialog");
            browser.press("Enter").await;
            browser.until("the dialog is gone", CLOSED).await;
            browser.until_text("Renewed.").await;
            let entry = last_entry(&shop).await;
            assert_eq!((entry.kind, -entry.amount.minor), (LedgerEntryKind::RenewalCharge, price), "{currency}");
            assert_eq!(entry.balance_after.minor, 7, "{currency}");
            browser
                .until("the new balance", "return /7$/.test(document.querySelector('.top-bar__balance').innerText)")
                .await;
            assert_eq!(minor(&browser, ".top-bar__balance").await, 7, "{currency}: the balance on top");

            browser.go(&format!("/wallet/ledger/{}", entry.id)).await;
            browser.find("#sides").await;
            assert!(browser.text("main").await.contains(sum), "{currency}: {}", browser.text("main").await);

            // What comes back of it, too: it begins only next month, so all of it does.
            browser.go(&format!("/activations/{id}")).await;
            browser.until_text("Timeline").await;
            shop.app.clock().set(at(NOW) + TimeDelta::minutes(1));
            browser.tab_to("More actions").await;
            browser.press("Enter").await;
            ask(&browser, "Deactivate", "Deactivate on").await;
            browser.run("document.querySelectorAll('dialog input[name=takes-effect]')[1].click()", vec![]).await;
            browser.until_text("You get back").await;
            browser.until("the quote is there", READY).await;
            let back = minor(&browser, "dialog[open] .well__value").await;
            browser.tab_to("Deactivate now").await;
            browser.press("Enter").await;
            browser.until_text("Deactivated.").await;
            let refunds: Page<LedgerEntry> = shop.owner.read(&format!("{}?kind=refund", paths::LEDGER_ENTRIES)).await;
            let returned: i64 = refunds.items.iter().map(|entry| entry.amount.minor).sum();
            assert_eq!(back, returned, "{currency}: what the dialog promised came back");
            assert!(returned > price, "{currency}: the whole of what had not begun, and a part of the rest");
            shop.prove().await;
            browser.close().await;
        }
    });
}

async fn last_entry(shop: &Shop) -> LedgerEntry {
    shop.owner.read::<Page<LedgerEntry>>(&format!("{}?limit=1", paths::LEDGER_ENTRIES)).await.items.remove(0)
}
