//! Low-balance alerts: chosen by keyboard, changed by two at once, and told in the notices.

use serde_json::json;
use shared::dto::wallet::LowBalanceAlerts;
use shared::paths;
use shared::vocab::BillingInterval::Monthly;
use tests::shop::Shop;

use crate::browser::Browser;
use crate::money::READY;
use crate::{OWNER, shop};

async fn has_focus(browser: &Browser, id: &str) {
    browser.until(id, &format!("return document.activeElement.id === '{id}'")).await;
}

async fn amounts(shop: &Shop) -> Vec<String> {
    let alerts: LowBalanceAlerts = shop.owner.read(paths::LOW_BALANCE_ALERTS).await;
    alerts.thresholds.iter().map(|threshold| threshold.amount()).collect()
}

#[test]
fn a_reseller_chooses_when_to_be_told_and_is_told() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        shop.top_up(10_000).await;
        let browser = Browser::open(&shop.app).await;
        browser.log_in(OWNER, tests::app::PASSWORD).await;
        browser.go("/wallet").await;
        browser.until_text("Renewals that are not covered are told of in any case").await;
        browser.act("Change alerts").await;
        browser.until("they are read", READY).await;
        browser.tab_to("alert-0").await;
        browser.type_text("ten").await;
        browser.act("Save").await;
        browser.until_text("Write an amount above zero").await;
        has_focus(&browser, "alert-0").await;
        browser.run("document.activeElement.select()", vec![]).await;
        browser.type_text("10,50").await;
        browser.act("Add an amount").await;
        has_focus(&browser, "alert-1").await;
        browser.type_text("5").await;
        browser.act("Add an amount").await;
        has_focus(&browser, "alert-2").await;
        browser.type_text("7").await;
        browser.check_accessibility("choosing alerts").await;
        browser.act("Remove amount 3").await;
        has_focus(&browser, "alert-1").await;
        // Somebody else was quicker.
        let body = json!({"thresholds": [{"amount": "99.00", "currency": "EUR"}]});
        shop.owner.put(paths::LOW_BALANCE_ALERTS, "*", &body).await.is_done();
        browser.act("Save").await;
        browser.until_text("This changed while you were looking.").await;
        browser.until_text("Now: €99.00.").await;
        assert_eq!(amounts(&shop).await, ["99.00"]);
        browser.act("Save").await;
        browser.until_text("Below €10.50").await;
        assert_eq!(amounts(&shop).await, ["10.50", "5.00"]);
        browser.check_accessibility("the alerts").await;

        // A charge takes the balance below both.
        let product = shop.product("AI Writer", &[(Monthly, 9_600)]).await;
        shop.activate(product, Monthly).await;
        browser.go("/wallet/notices").await;
        browser.until_text("The balance is low").await;
        browser.until_text("€4.00 left, below €5.00").await;
        browser.check_accessibility("a notice of a low balance").await;
        browser.go("/wallet").await;
        browser.until_text("Below it now").await;
    });
}
