//! A quote says what the commit does, stores nothing, and binds where the caller says so.

use serde_json::{Value, json};
use shared::dto::lifecycle::{ActivationChange, Quote};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationAction, BillingInterval, Role};
use tests::{Shop, on_both_databases};

async fn version(shop: &Shop) -> i64 {
    api::features::accounts::service::get_reseller(shop.app.db(), shop.id()).await.unwrap().version
}

on_both_databases! {
    /// For each action: the quote's figures are what the ledger and the activation say after the commit.
    async fn the_commit_does_what_the_quote_said(engine) {
        let shop = Shop::open(engine).await;
        let prices = [(BillingInterval::Monthly, 2_900), (BillingInterval::Yearly, 29_000)];
        let product = shop.product("AI Writer", &prices).await;
        shop.top_up(100_000).await;
        let new = json!({"product_id": product, "billing_interval": "monthly"});
        let quote: Quote = shop.owner.post(paths::ACTIVATIONS_QUOTE, &new).await.data();
        let id = shop.activate(product, BillingInterval::Monthly).await;
        assert_eq!(shop.balance().await, quote.balance_after.unwrap().minor);
        assert_eq!((quote.amount.amount().as_str(), quote.status_before), ("29.00", None));
        assert_eq!(quote.next_renewal.unwrap().renews_on.to_string(), "2026-12-22");
        for (action, asked, sent) in [
            (ActivationAction::Renew, json!({}), json!({})),
            (ActivationAction::Pause, json!({}), json!({})),
            (ActivationAction::Resume, json!({}), json!({})),
            (ActivationAction::ChangeInterval, json!({"billing_interval": "yearly"}), json!({"billing_interval": "yearly"})),
            (ActivationAction::Deactivate, json!({}), json!({})),
            (ActivationAction::Keep, json!({}), json!({})),
            (
                ActivationAction::ChangeInterval,
                json!({"billing_interval": "yearly", "takes_effect": "now"}),
                json!({"billing_interval": "yearly", "takes_effect": "now"}),
            ),
            (ActivationAction::Deactivate, json!({"takes_effect": "now"}), json!({"takes_effect": "now"})),
        ] {
            let (mut asked, mut sent): (Value, Value) = (asked, sent);
            asked["action"] = json!(action);
            let (balance, seen) = (shop.balance().await, version(&shop).await);
            let quote: Quote = shop.quote(id, asked.clone()).await.data();
            assert_eq!((shop.balance().await, version(&shop).await), (balance, seen), "{action} stored something");
            assert_eq!(shop.quote(id, asked).await.data::<Quote>(), quote, "{action}");
            let start = quote.period.as_ref().map(|period| period.start_on);
            sent["expected"] = json!({"amount": quote.amount, "period_start_on": start});
            let change: ActivationChange = shop.act(id, action, sent).await.data();
            assert_eq!(change.amount, quote.amount, "{action}");
            assert_eq!((quote.balance_before.unwrap().minor, quote.balance_after), (balance, change.balance), "{action}");
            assert_eq!(shop.balance().await, quote.balance_after.unwrap().minor, "{action}");
            let row = &change.activation.row;
            assert_eq!((row.status, row.paid_until_on), (quote.status, quote.paid_until_on), "{action}");
            assert_eq!(row.renews_on, quote.next_renewal.map(|next| next.renews_on), "{action}");
            shop.prove().await;
        }
    }
}

on_both_databases! {
    async fn a_price_that_changed_between_quote_and_commit_charges_nothing(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900)]).await;
        let client = shop.client("Ana").await;
        shop.top_up(10_000).await;
        let new = json!({"product_id": product, "billing_interval": "monthly"});
        let quote: Quote = shop.owner.post(paths::ACTIVATIONS_QUOTE, &new).await.data();
        shop.price(product, BillingInterval::Monthly, 3_900, "2026-11-01").await;
        let expected = json!({"amount": quote.amount, "period_start_on": quote.period.unwrap().start_on});
        let mut create = json!({"client_id": client, "product_id": product, "billing_interval": "monthly", "expected": expected});
        let problem = shop.owner.post_keyed(paths::ACTIVATIONS, "k", &create).await.problem(409, ProblemCode::QuoteChanged);
        let now = problem.quote.unwrap();
        assert_eq!((now.amount.amount().as_str(), shop.balance().await), ("39.00", 10_000));
        // Agreed to the new price: the same dialog, the same key.
        create["expected"]["amount"] = json!(now.amount);
        shop.owner.post_keyed(paths::ACTIVATIONS, "k", &create).await.is_done();
        assert_eq!(shop.balance().await, 6_100);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn another_amount_or_period_than_expected_is_refused(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(10_000).await;
        let good = json!({"amount": {"amount": "29.00", "currency": "EUR"}, "period_start_on": "2026-12-22"});
        let with = |field: &str, value: Value| {
            let mut expected = good.clone();
            expected[field] = value;
            json!({"expected": expected})
        };
        for wrong in [
            with("amount", json!({"amount": "28.00", "currency": "EUR"})),
            with("amount", json!({"amount": "29.00", "currency": "USD"})),
            with("period_start_on", json!("2026-12-23")),
            with("period_start_on", Value::Null),
        ] {
            let problem = shop.act(id, ActivationAction::Renew, wrong).await.problem(409, ProblemCode::QuoteChanged);
            assert_eq!(problem.quote.unwrap().amount.amount(), "29.00");
        }
        assert_eq!(shop.balance().await, 10_000);
        shop.act(id, ActivationAction::Renew, json!({"expected": good})).await.is_done();
    }
}

on_both_databases! {
    async fn too_little_money_is_a_shortfall_in_the_quote_and_a_refusal_of_the_commit(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(1_700).await;
        let quote: Quote = shop.quote(id, json!({"action": "renew"})).await.data();
        assert_eq!((quote.balance_after.unwrap().amount().as_str(), quote.shortfall.unwrap().amount().as_str()), ("-12.00", "12.00"));
        let expected = json!({"amount": quote.amount, "period_start_on": quote.period.unwrap().start_on});
        let problem = shop.act(id, ActivationAction::Renew, json!({"expected": expected})).await
            .problem(409, ProblemCode::InsufficientBalance);
        assert_eq!(problem.shortfall, quote.shortfall);
        assert_eq!(shop.balance().await, 1_700);
    }
}

on_both_databases! {
    async fn who_may_not_read_the_wallet_gets_quotes_without_it(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        let viewer = shop.app.with_key(shop.id(), Role::Viewer.permissions()).await;
        let quote: Quote = viewer.post(&paths::activation_quote(id), &json!({"action": "renew"})).await.data();
        assert_eq!((quote.balance_before, quote.balance_after, quote.shortfall), (None, None, None));
        assert_eq!(quote.amount.amount(), "29.00");
    }
}

on_both_databases! {
    async fn what_has_no_meaning_with_an_action_is_refused(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        for (wrong, pointer) in [
            (json!({"action": "renew", "takes_effect": "now"}), "/takes_effect"),
            (json!({"action": "pause", "billing_interval": "yearly"}), "/billing_interval"),
            (json!({"action": "change_interval"}), "/billing_interval"),
            (json!({"action": "change_interval", "billing_interval": "weekly"}), "/billing_interval"),
            (json!({"action": "renew", "amount": 1}), "/amount"),
        ] {
            let problem = shop.quote(id, wrong).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer);
        }
    }
}

on_both_databases! {
    /// What-if: the runway after the action, not before it.
    async fn a_quote_tells_how_far_the_wallet_reaches_afterwards(engine) {
        use shared::vocab::RunwayState;
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        let product = shop.product("SEO", &[(BillingInterval::Monthly, 1_000)]).await;
        shop.top_up(5_800).await;
        let runway = async |asked: Value| shop.quote(id, asked).await.data::<Quote>().runway.unwrap();
        // 58.00 pays 22 December and 22 January, whether the first is paid now or then.
        let kept = runway(json!({"action": "renew"})).await;
        assert_eq!((kept.state, kept.covered_until_on.unwrap().to_string().as_str()), (RunwayState::Short, "2027-02-21"));
        assert_eq!(kept.first_shortfall.unwrap().amount(), "29.00");
        let ended = runway(json!({"action": "deactivate"})).await;
        assert_eq!((ended.state, ended.covered_until_on), (RunwayState::NothingRenews, None));
        let new = json!({"product_id": product, "billing_interval": "monthly"});
        let with_more: Quote = shop.owner.post(paths::ACTIVATIONS_QUOTE, &new).await.data();
        // 48.00 left: 39.00 on 22 December, 9.00 for 39.00 on 22 January.
        let reach = with_more.runway.unwrap();
        assert_eq!(reach.first_shortfall_on.unwrap().to_string(), "2027-01-22");
        assert_eq!(reach.first_shortfall.unwrap().amount(), "30.00");
        // Nothing of this was stored.
        assert_eq!(shop.balance().await, 5_800);
    }
}
