//! Changing the interval: the vectors of docs/domain.md §5, with money and rows.

use serde_json::{Value, json};
use shared::dto::activation::Activation;
use shared::dto::lifecycle::{ActivationChange, Quote};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationAction::{ChangeInterval, Deactivate, Keep, Pause, Renew, Resume};
use shared::vocab::{ActivationId, ActivationStatus, BillingInterval};
use tests::{Engine, Shop, on_both_databases};

/// Monthly 29.00 and yearly 290.00, activated on a day, with money left.
async fn stage(engine: Engine, on: &str, interval: BillingInterval, left: i64) -> (Shop, ActivationId) {
    let shop = Shop::open_at(engine, &format!("{on}T10:00:00Z")).await;
    let prices =
        [(BillingInterval::Monthly, 2_900), (BillingInterval::Quarterly, 8_100), (BillingInterval::Yearly, 29_000)];
    let product = shop.product("AI Writer", &prices).await;
    shop.top_up(left + prices.iter().find(|price| price.0 == interval).unwrap().1).await;
    let id = shop.activate(product, interval).await;
    (shop, id)
}

on_both_databases! {
    /// Monthly 29.00 from 03-01, on 03-10 to yearly 290.00: credit 19.64, net 270.36, term from 03-10; deactivated 03-12
    /// → 268.13.
    async fn monthly_29_00_to_yearly_290_00_costs_270_36_and_refunds_268_13(engine) {
        let (shop, id) = stage(engine, "2026-03-01", BillingInterval::Monthly, 30_000).await;
        shop.app.set_time("2026-03-10T10:00:00Z");
        let now = json!({"billing_interval": "yearly", "takes_effect": "now"});
        let quote: Quote =
            shop.quote(id, json!({"action": "change_interval", "billing_interval": "yearly", "takes_effect": "now"})).await.data();
        let amounts = [quote.price.unwrap(), quote.credit, quote.amount].map(shared::vocab::Money::amount);
        assert_eq!(amounts, ["290.00", "19.64", "270.36"]);
        let change: ActivationChange = shop.act(id, ChangeInterval, now).await.data();
        assert_eq!((change.amount.amount().as_str(), change.ledger_entry_ids.len(), shop.balance().await), ("270.36", 2, 2_964));
        let row = &change.activation;
        assert_eq!((row.row.billing_interval, row.anchor_on.to_string().as_str()), (BillingInterval::Yearly, "2026-03-10"));
        assert_eq!(row.row.renews_on.unwrap().to_string(), "2027-03-10");
        assert_eq!(row.current_period.as_ref().unwrap().start_on.to_string(), "2026-03-10");
        shop.app.set_time("2026-03-12T10:00:00Z");
        let seen: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!(seen.refundable_now.unwrap().amount(), "268.13");
        let ended: ActivationChange = shop.act(id, Deactivate, json!({"takes_effect": "now"})).await.data();
        assert_eq!((ended.amount.amount().as_str(), shop.balance().await), ("-268.13", 29_777));
        shop.prove().await;
    }
}

on_both_databases! {
    /// A change on the second day leaves nothing of the old month to be refunded once more.
    async fn what_was_credited_is_not_refunded_again(engine) {
        let (shop, id) = stage(engine, "2026-03-01", BillingInterval::Monthly, 60_000).await;
        shop.top_up(2_900).await;
        shop.act(id, Renew, json!({})).await.is_done();
        shop.app.set_time("2026-03-02T10:00:00Z");
        let change: ActivationChange =
            shop.act(id, ChangeInterval, json!({"billing_interval": "yearly", "takes_effect": "now"})).await.data();
        // floor(29.00 × 29/31) = 27.12 of March, and all of April.
        assert_eq!((change.amount.amount().as_str(), change.ledger_entry_ids.len()), ("233.88", 3));
        let ended: ActivationChange = shop.act(id, Deactivate, json!({"takes_effect": "now"})).await.data();
        // floor(233.88 × 364/365)
        assert_eq!(ended.amount.amount(), "-233.23");
        shop.prove().await;
    }
}

on_both_databases! {
    /// Yearly 540.00 from 2026-01-01, on 07-19 (day 200): credit 244.10 > 54.00 monthly.
    async fn a_change_that_would_need_a_payout_waits_for_the_renewal(engine) {
        let shop = Shop::open_at(engine, "2026-01-01T10:00:00Z").await;
        let prices = [(BillingInterval::Yearly, 54_000), (BillingInterval::Monthly, 5_400)];
        let product = shop.product("AI Writer", &prices).await;
        shop.top_up(54_000).await;
        let id = shop.activate(product, BillingInterval::Yearly).await;
        shop.app.set_time("2026-07-19T10:00:00Z");
        let refused = shop.act(id, ChangeInterval, json!({"billing_interval": "monthly", "takes_effect": "now"})).await;
        let detail = refused.problem(409, ProblemCode::ChangeAtRenewalOnly).detail;
        assert!(detail.contains("244.10 EUR") && detail.contains("54.00 EUR"), "{detail}");
        let waits: ActivationChange = shop.act(id, ChangeInterval, json!({"billing_interval": "monthly"})).await.data();
        let pending = waits.activation.pending_change.unwrap();
        assert_eq!((pending.billing_interval, pending.price.amount().as_str()), (BillingInterval::Monthly, "54.00"));
        shop.top_up(5_400).await;
        shop.app.set_time("2027-01-01T10:00:00Z");
        shop.run_due().await;
        let seen: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!((seen.row.billing_interval, seen.pending_change), (BillingInterval::Monthly, None));
        assert_eq!((seen.row.renews_on.unwrap().to_string().as_str(), shop.balance().await), ("2027-02-01", 0));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_change_pins_its_price_when_it_is_asked_for(engine) {
        let (shop, id) = stage(engine, "2026-01-31", BillingInterval::Monthly, 8_100).await;
        let product = shop.owner.read::<Activation>(&paths::activation(id)).await.row.product.id;
        shop.app.set_time("2026-02-05T10:00:00Z");
        let quote: Quote = shop.quote(id, json!({"action": "change_interval", "billing_interval": "quarterly"})).await.data();
        let next = quote.next_renewal.unwrap();
        assert_eq!((next.renews_on.to_string().as_str(), next.amount.amount().as_str()), ("2026-02-28", "81.00"));
        assert_eq!((quote.effective_on.to_string().as_str(), quote.amount.amount().as_str()), ("2026-02-28", "0.00"));
        shop.act(id, ChangeInterval, json!({"billing_interval": "quarterly"})).await.is_done();
        shop.price(product, BillingInterval::Quarterly, 9_900, "2026-02-06").await;
        shop.app.set_time("2026-02-28T10:00:00Z");
        shop.run_due().await;
        let seen: Activation = shop.owner.read(&paths::activation(id)).await;
        // The anchor day stays: 31, so the end of May.
        assert_eq!((seen.row.renews_on.unwrap().to_string().as_str(), seen.anchor_day), ("2026-05-31", 31));
        assert_eq!((seen.row.price.amount().as_str(), shop.balance().await), ("81.00", 0));
        shop.prove().await;
    }
}

on_both_databases! {
    /// What is told, forecast and charged is one price, whether its replacement was announced before the choice or after.
    async fn a_chosen_interval_whose_price_is_replaced_is_charged_as_forecast(engine) {
        for is_announced_first in [true, false] {
            let (shop, id) = stage(engine, "2026-04-30", BillingInterval::Monthly, 31_000).await;
            let product = shop.owner.read::<Activation>(&paths::activation(id)).await.row.product.id;
            let announce = async || shop.announce(product, BillingInterval::Yearly, (29_000, 31_000), "2026-05-30").await;
            if is_announced_first {
                assert_eq!(announce().await, 0);
            }
            let choice = json!({"action": "change_interval", "billing_interval": "yearly"});
            let quote: Quote = shop.quote(id, choice).await.data();
            let told = quote.next_renewal.unwrap().amount.amount();
            assert_eq!(told, if is_announced_first { "310.00" } else { "290.00" });
            shop.act(id, ChangeInterval, json!({"billing_interval": "yearly"})).await.is_done();
            if !is_announced_first {
                // Nothing is paid at it yet, but it is told to whom it was promised.
                assert_eq!(announce().await, 1);
            }
            let seen: Activation = shop.owner.read(&paths::activation(id)).await;
            assert_eq!(seen.pending_change.unwrap().price.amount(), "310.00");
            let upcoming: Value = shop.owner.read(paths::UPCOMING_RENEWALS).await;
            assert_eq!(upcoming["items"][0]["amount"]["amount"], "310.00", "{upcoming}");
            shop.app.set_time("2026-05-30T10:00:00Z");
            shop.run_due().await;
            let seen: Activation = shop.owner.read(&paths::activation(id)).await;
            assert_eq!((seen.row.price.amount().as_str(), shop.balance().await), ("310.00", 0));
            assert_eq!((seen.row.billing_interval, seen.pending_change), (BillingInterval::Yearly, None));
            shop.prove().await;
        }
    }
}

on_both_databases! {
    async fn a_pause_that_ends_with_a_charge_takes_the_price_of_that_day(engine) {
        let (shop, id) = stage(engine, "2026-04-30", BillingInterval::Monthly, 31_000).await;
        let product = shop.owner.read::<Activation>(&paths::activation(id)).await.row.product.id;
        shop.act(id, ChangeInterval, json!({"billing_interval": "yearly"})).await.is_done();
        shop.announce(product, BillingInterval::Yearly, (29_000, 31_000), "2026-06-05").await;
        shop.app.set_time("2026-05-10T10:00:00Z");
        shop.act(id, Pause, json!({})).await.is_done();
        // What is paid ends on 30 May, when the old price holds; a new term begins when the service goes on.
        let told = async || shop.owner.read::<Activation>(&paths::activation(id)).await.pending_change.unwrap().price.amount();
        assert_eq!(told().await, "290.00");
        shop.app.set_time("2026-06-10T10:00:00Z");
        assert_eq!(told().await, "310.00");
        let quote: Quote = shop.quote(id, json!({"action": "resume"})).await.data();
        assert_eq!(quote.amount.amount(), "310.00");
        let resumed: ActivationChange = shop.act(id, Resume, json!({})).await.data();
        assert_eq!((resumed.amount.amount().as_str(), shop.balance().await), ("310.00", 0));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn what_is_told_of_the_next_renewal_is_what_was_announced(engine) {
        let (shop, id) = stage(engine, "2026-04-01", BillingInterval::Monthly, 20_000).await;
        let product = shop.owner.read::<Activation>(&paths::activation(id)).await.row.product.id;
        shop.announce(product, BillingInterval::Monthly, (2_900, 3_400), "2026-05-15").await;
        shop.app.set_time("2026-04-20T10:00:00Z");
        let next = |quote: &Quote| {
            let next = quote.next_renewal.as_ref().unwrap();
            (next.renews_on.to_string(), next.amount.amount())
        };
        // A new one is paid at the price of today, and renewed at the one that was announced.
        let new = json!({"product_id": product, "billing_interval": "monthly"});
        let quote: Quote = shop.owner.post(paths::ACTIVATIONS_QUOTE, &new).await.data();
        assert_eq!((quote.amount.amount().as_str(), next(&quote)), ("29.00", ("2026-05-20".to_owned(), "34.00".to_owned())));
        // So is one that goes on again within what is paid, and one whose choice is undone.
        shop.app.set_time("2026-04-25T10:00:00Z");
        shop.act(id, Renew, json!({})).await.is_done();
        shop.act(id, Pause, json!({})).await.is_done();
        let quote: Quote = shop.quote(id, json!({"action": "resume"})).await.data();
        assert_eq!(next(&quote), ("2026-06-01".to_owned(), "34.00".to_owned()));
        shop.act(id, Resume, json!({})).await.is_done();
        shop.act(id, ChangeInterval, json!({"billing_interval": "quarterly"})).await.is_done();
        let undone: Quote = shop.quote(id, json!({"action": "change_interval", "billing_interval": "monthly"})).await.data();
        assert_eq!(next(&undone), ("2026-06-01".to_owned(), "34.00".to_owned()));
        shop.prove().await;
    }
}

on_both_databases! {
    /// Charged 29.00 for 1 April to 1 May; on 4 April 26 of 30 days are left.
    async fn a_correction_that_names_a_charge_takes_nothing_off_its_refund(engine) {
        let (shop, id) = stage(engine, "2026-04-01", BillingInterval::Monthly, 0).await;
        let ops = shop.app.operator("ops@example.com").await;
        let entries: Value = shop.owner.read(paths::LEDGER_ENTRIES).await;
        let goodwill = json!({"amount": {"amount": "5.00", "currency": "EUR"}, "reason": "Goodwill", "corrects_entry_id": entries["items"][0]["id"]});
        ops.post_once(&paths::operator_adjustments(shop.id()), &goodwill).await.is_done();
        shop.app.set_time("2026-04-04T10:00:00Z");
        let shown = shop.owner.read::<Activation>(&paths::activation(id)).await.refundable_now.unwrap().amount();
        let ended: ActivationChange = shop.act(id, Deactivate, json!({"takes_effect": "now"})).await.data();
        assert_eq!((shown.as_str(), ended.amount.amount().as_str()), ("25.13", "-25.13"));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn an_end_and_a_change_exclude_each_other_and_a_new_choice_replaces(engine) {
        let (shop, id) = stage(engine, "2026-03-01", BillingInterval::Monthly, 0).await;
        let choose = async |interval: &str| -> Activation {
            shop.act(id, ChangeInterval, json!({"billing_interval": interval})).await.data::<ActivationChange>().activation
        };
        choose("quarterly").await;
        assert_eq!(choose("yearly").await.pending_change.unwrap().billing_interval, BillingInterval::Yearly);
        assert_eq!(choose("monthly").await.pending_change, None);
        choose("yearly").await;
        let ending: ActivationChange = shop.act(id, Deactivate, json!({})).await.data();
        assert_eq!(ending.activation.pending_change, None);
        shop.act(id, ChangeInterval, json!({"billing_interval": "yearly"})).await.problem(409, ProblemCode::InvalidTransition);
        let kept: ActivationChange = shop.act(id, Keep, json!({})).await.data();
        assert_eq!((kept.activation.pending_change, kept.activation.row.status), (None, ActivationStatus::Active));
    }
}

on_both_databases! {
    async fn what_cannot_change(engine) {
        let (shop, id) = stage(engine, "2026-03-01", BillingInterval::Monthly, 10_000).await;
        let now = |interval: &str| json!({"billing_interval": interval, "takes_effect": "now"});
        shop.act(id, ChangeInterval, now("monthly")).await.problem(422, ProblemCode::ValidationFailed);
        shop.act(id, ChangeInterval, now("semiannual")).await.problem(422, ProblemCode::ValidationFailed);
        let short = shop.act(id, ChangeInterval, now("yearly")).await.problem(409, ProblemCode::InsufficientBalance);
        // 28.06 of 29.00 are still paid for on the first day.
        let amounts = [short.required, short.available, short.shortfall].map(|money| money.unwrap().amount());
        assert_eq!(amounts, ["261.94", "100.00", "161.94"]);
        shop.act(id, Pause, json!({})).await.is_done();
        shop.act(id, ChangeInterval, now("quarterly")).await.problem(409, ProblemCode::ChangeAtRenewalOnly);
        shop.act(id, ChangeInterval, json!({"billing_interval": "quarterly"})).await.is_done();
        assert_eq!(shop.balance().await, 10_000);
        shop.prove().await;
    }
}
