//! Money on its way: requested from a confirmation, settled or rejected by an operator, and back to the confirmation.

use api::features::renewals::service::tick;
use serde_json::json;
use shared::dto::ledger::LedgerEntry;
use shared::dto::notice::Notice;
use shared::dto::page::Page;
use shared::dto::top_up::TopUp;
use shared::paths;
use shared::vocab::{BillingInterval, LedgerEntryKind, NoticeKind, TopUpStatus};
use tests::shop::Shop;

use crate::browser::Browser;
use crate::money::READY;
use crate::{OWNER, shop};

async fn top_ups(shop: &Shop) -> Vec<TopUp> {
    shop.owner.read::<Page<TopUp>>(paths::TOP_UPS).await.items
}

#[test]
fn too_little_leads_to_a_top_up_and_back_to_the_same_confirmation() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        // The first period took all there was.
        let id = shop.activated("AI Writer", 2_900).await;
        let operator = shop.app.operator("ops@example.com").await;
        let browser = Browser::open(&shop.app).await;
        browser.log_in(OWNER, tests::app::PASSWORD).await;
        browser.until_text("Total active users").await;
        browser.go(&format!("/activations/{id}")).await;
        browser.until_text("Timeline").await;
        browser.tab_to("Renew").await;
        browser.press("Enter").await;
        browser.until("the quote is there", READY).await;
        browser.until_text("The balance is not enough.").await;
        browser.check_accessibility("a dialog without enough money").await;
        browser.tab_to("Top up €29.00 and renew").await;
        browser.press("Enter").await;
        browser.until_text("Balance after").await;
        browser
            .until("the sum is filled in", "return document.querySelector('#top-up-other')?.value === '29.00'")
            .await;
        browser.tab_to("Top up €29.00").await;
        browser.press("Enter").await;
        browser.until_text("Waiting for money").await;
        browser.until_text("What to do").await;
        browser.check_accessibility("a top-up that waits").await;
        let asked = top_ups(&shop).await.remove(0);
        assert_eq!((asked.amount.minor, asked.status), (2_900, TopUpStatus::Pending));
        assert!(browser.text("main").await.contains(&asked.payment_reference));

        operator.post_once(&paths::operator_settle_top_up(asked.id), &json!({})).await.is_done();
        // Without anybody touching it.
        browser.until("the confirmation is back", READY).await;
        browser.tab_to("Renew for €29.00").await;
        assert_eq!(browser.address().await, format!("/activations/{id}"), "a reload would not ask again");
        browser.press("Enter").await;
        browser.until_text("Renewed.").await;
        assert_eq!(shop.balance().await, 0);
        let charges: Page<LedgerEntry> =
            shop.owner.read(&format!("{}?kind=renewal_charge", paths::LEDGER_ENTRIES)).await;
        assert_eq!(charges.items.len(), 1);
        shop.prove().await;
        browser.close().await;
    });
}

#[test]
fn what_the_money_paid_by_itself_is_not_asked_again() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        let id = shop.activated("AI Writer", 2_900).await;
        // A month later it is in grace.
        shop.app.set_time("2026-12-23T13:00:00Z");
        let operator = shop.app.operator("ops@example.com").await;
        tick(shop.app.db(), shop.app.clock()).await.unwrap();
        let browser = Browser::open(&shop.app).await;
        browser.log_in(OWNER, tests::app::PASSWORD).await;
        browser.until_text("Total active users").await;
        browser.go(&format!("/activations/{id}")).await;
        browser.until_text("Timeline").await;
        browser.tab_to("Renew").await;
        browser.press("Enter").await;
        browser.until("the quote is there", READY).await;
        browser.tab_to("Top up €29.00 and renew").await;
        browser.press("Enter").await;
        browser.until_text("Balance after").await;
        browser.tab_to("Top up €29.00").await;
        browser.press("Enter").await;
        browser.until_text("What to do").await;
        let asked = top_ups(&shop).await.remove(0);
        operator.post_once(&paths::operator_settle_top_up(asked.id), &json!({})).await.is_done();
        browser.until_text("Nothing is left to confirm.").await;
        assert_eq!(shop.balance().await, 0, "the credit renewed it, once");

        // What happened is told, and can be put away.
        let notices: Page<Notice> = shop.owner.read(paths::NOTICES).await;
        assert!(notices.items.iter().any(|notice| notice.kind == NoticeKind::Failed));
        browser.find(".top-bar .icon-btn").await.click().await.unwrap();
        browser.until_text("1 renewal failed").await;
        browser.check_accessibility("the notices").await;
        browser.tab_to("Mark these as read").await;
        browser.press("Enter").await;
        browser.until("all are read", "return !document.body.innerText.includes('Mark these as read')").await;
        browser.until("the bell has no dot", "return !document.querySelector('.icon-btn__dot')").await;
        let left: Page<Notice> = shop.owner.read(&format!("{}?unread=true", paths::NOTICES)).await;
        assert_eq!(left.items, vec![]);
        browser.close().await;
    });
}

#[test]
fn an_operator_settles_and_rejects_top_ups() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        for amount in ["7.00", "100.00", "40.00"] {
            let body = json!({"amount": {"amount": amount, "currency": "EUR"}, "method": "bank_transfer", "reference": "PO-7"});
            shop.owner.post_once(paths::TOP_UPS, &body).await.is_done();
        }
        let operator = shop.app.operator("ops@example.com").await;
        let browser = Browser::open(&shop.app).await;
        browser.log_in("ops@example.com", tests::app::PASSWORD).await;
        browser.until_text("Waiting for money").await;
        assert_eq!(browser.address().await, "/operator/top-ups", "operators begin here");
        assert_eq!(browser.text(".operator-strip").await, "Operator");
        browser.until_text("Harbour Digital").await;
        browser.tab_to("Settle").await;
        // Newest first: the 40.00.
        browser.press("Enter").await;
        browser.until_text("Settle €40.00 of Harbour Digital?").await;
        browser.until_text("Balance").await;
        browser.check_accessibility("settling a top-up").await;
        browser.tab_to("decision-text").await;
        browser.type_text("Statement 47, line 12").await;
        browser.tab_to("Settle €40.00").await;
        browser.press("Enter").await;
        browser.until_text("€40.00 is on the wallet of Harbour Digital.").await;
        assert_eq!(shop.balance().await, 4_000);
        let credits: Page<LedgerEntry> = shop.owner.read(&format!("{}?kind=top_up", paths::LEDGER_ENTRIES)).await;
        assert_eq!(credits.items.iter().map(|entry| entry.kind).collect::<Vec<_>>(), vec![LedgerEntryKind::TopUp]);

        browser.until("two are left", "return document.querySelectorAll('tbody tr').length === 2").await;
        browser.tab_to("Reject").await;
        browser.press("Enter").await;
        browser.until_text("Reject €100.00 of Harbour Digital?").await;
        browser.tab_to("Reject €100.00").await;
        browser.press("Enter").await;
        browser.until_text("Give a reason.").await;
        browser.until("the reason has the focus", "return document.activeElement.id === 'decision-text'").await;
        browser.type_text("No payment came within 30 days.").await;
        browser.check_accessibility("rejecting a top-up").await;
        browser.tab_to("Reject €100.00").await;
        browser.press("Enter").await;
        browser.until_text("was rejected.").await;
        browser.until("one is left", "return document.querySelectorAll('tbody tr').length === 1").await;

        // Somebody else is faster.
        browser.tab_to("Settle").await;
        browser.press("Enter").await;
        browser.until_text("Settle €7.00 of Harbour Digital?").await;
        let waiting = top_ups(&shop).await.into_iter().find(|one| one.status == TopUpStatus::Pending).unwrap();
        let path = paths::operator_reject_top_up(waiting.id);
        operator.post(&path, &json!({"reason": "Twice by mistake."})).await.is_done();
        browser.tab_to("Settle €7.00").await;
        browser.press("Enter").await;
        browser.until_text("This top-up was decided already.").await;
        browser.until_text("No top-ups here").await;
        let mut statuses: Vec<_> =
            top_ups(&shop).await.into_iter().map(|one| (one.amount.minor, one.status, one.reason)).collect();
        statuses.sort_by_key(|(minor, ..)| *minor);
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(statuses.remove(0), (700, TopUpStatus::Rejected, said("Twice by mistake.")));
        assert_eq!(statuses[0], (4_000, TopUpStatus::Settled, said("Statement 47, line 12")));
        assert_eq!(statuses[1], (10_000, TopUpStatus::Rejected, said("No payment came within 30 days.")));
        assert_eq!(shop.balance().await, 4_000, "a rejection moves nothing");
        shop.prove().await;

        // A member is shown none of it.
        let member = Browser::open(&shop.app).await;
        member.log_in(OWNER, tests::app::PASSWORD).await;
        member.until_text("Total active users").await;
        member.go("/operator/top-ups").await;
        member.until_text("For operators only").await;
        member.check_accessibility("what members see of it").await;
        member.close().await;
        browser.close().await;
    });
}

#[test]
fn an_operator_sees_what_the_runs_did() {
    tests::block_on(async {
        let Some(shop) = shop("EUR").await else { return };
        shop.activated("AI Writer", 2_900).await;
        let other = shop.product("AI Chat", &[(BillingInterval::Monthly, 1_000)]).await;
        shop.top_up(2_000).await;
        shop.activate(other, BillingInterval::Monthly).await;
        shop.app.set_time("2026-12-23T13:00:00Z");
        tick(shop.app.db(), shop.app.clock()).await.unwrap();
        shop.app.operator("ops@example.com").await;
        let browser = Browser::open(&shop.app).await;
        browser.log_in("ops@example.com", tests::app::PASSWORD).await;
        browser.until_text("Waiting for money").await;
        browser.tab_to("Jobs").await;
        browser.press("Enter").await;
        browser.until_text("Renewal runs").await;
        browser.find("tbody tr").await;
        let cells = browser
            .run("return [...document.querySelectorAll('tbody tr:first-child td')].slice(3, 9).map(cell => cell.innerText.trim())", vec![])
            .await;
        assert_eq!(cells, json!(["2", "1", "€10.00", "1", "0", "0"]), "due, charged, sum, short, failed, held");
        browser.check_accessibility("the runs").await;
        browser.close().await;
    });
}
