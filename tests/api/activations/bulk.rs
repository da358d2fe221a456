//! One action on many activations: each for itself.

use serde_json::{Value, json};
use shared::dto::lifecycle::{BulkChange, BulkQuote};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, BillingInterval, Permission};
use tests::{Shop, on_both_databases};

fn items(ids: &[ActivationId]) -> Value {
    json!(ids.iter().map(|id| json!({"activation_id": id})).collect::<Vec<_>>())
}

async fn several(shop: &Shop, count: usize) -> Vec<ActivationId> {
    let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await;
    let mut ids = Vec::new();
    for _ in 0..count {
        shop.top_up(1_000).await;
        ids.push(shop.activate(product, BillingInterval::Monthly).await);
    }
    ids
}

on_both_databases! {
    /// Money for two of four, one of which is paused: the quote says so, and the commit does so, once.
    async fn what_one_refuses_does_not_hold_up_the_others(engine) {
        let shop = Shop::open(engine).await;
        let ids = several(&shop, 4).await;
        shop.act(ids[1], shared::vocab::ActivationAction::Pause, json!({})).await.is_done();
        shop.top_up(2_500).await;
        let body = json!({"action": "renew", "items": items(&ids)});
        let quote: BulkQuote = shop.owner.post(paths::ACTIVATIONS_BULK_QUOTE, &body).await.data();
        assert_eq!((quote.possible, quote.amount.amount().as_str(), quote.balance_after.unwrap().amount().as_str()), (2, "20.00", "5.00"));
        let codes: Vec<_> = quote.items.iter().map(|item| item.problem.as_ref().map(|problem| problem.code)).collect();
        assert_eq!(codes, [None, Some(ProblemCode::InvalidTransition), None, Some(ProblemCode::InsufficientBalance)]);
        assert_eq!(shop.balance().await, 2_500);

        let first = shop.owner.post_keyed(paths::ACTIVATIONS_BULK, "k", &body).await;
        let change: BulkChange = first.data();
        assert_eq!((change.succeeded, change.amount, change.balance), (2, quote.amount, quote.balance_after));
        for (done, quoted) in change.items.iter().zip(&quote.items) {
            assert_eq!(done.problem.as_ref().map(|it| it.code), quoted.problem.as_ref().map(|it| it.code));
            assert_eq!(done.amount, quoted.quote.as_ref().map(|quote| quote.amount));
            assert_eq!(done.activation.as_ref().map(|row| row.id), done.amount.map(|_| done.activation_id));
            assert_eq!(done.ledger_entry_ids.len(), usize::from(done.amount.is_some()));
        }
        let again = shop.owner.post_keyed(paths::ACTIVATIONS_BULK, "k", &body).await;
        assert_eq!((again.bytes, again.headers.contains_key("idempotency-replayed")), (first.bytes, true));
        assert_eq!(shop.balance().await, 500);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_request_of_which_nothing_came_may_be_sent_again_under_its_key(engine) {
        let shop = Shop::open(engine).await;
        let ids = several(&shop, 2).await;
        let body = json!({"action": "renew", "items": items(&ids)});
        let change: BulkChange = shop.owner.post_keyed(paths::ACTIVATIONS_BULK, "k", &body).await.data();
        assert_eq!(change.succeeded, 0);
        shop.top_up(2_000).await;
        let change: BulkChange = shop.owner.post_keyed(paths::ACTIVATIONS_BULK, "k", &body).await.data();
        assert_eq!((change.succeeded, shop.balance().await), (2, 0));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn every_action_takes_many(engine) {
        let shop = Shop::open(engine).await;
        let ids = several(&shop, 3).await;
        for (action, more) in [
            ("pause", json!({"resume_on": "2026-12-24", "reason": "Season is over"})),
            ("resume", json!({})),
            ("deactivate", json!({})),
            ("keep", json!({})),
            ("deactivate", json!({"takes_effect": "now"})),
        ] {
            let mut body: Value = more;
            (body["action"], body["items"]) = (json!(action), items(&ids));
            let change: BulkChange = shop.owner.post_once(paths::ACTIVATIONS_BULK, &body).await.data();
            assert_eq!(change.succeeded, 3, "{action}: {change:?}");
        }
        // 29 of 30 days of each.
        assert_eq!(shop.balance().await, 3 * 966);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn an_item_is_bound_by_its_own_quote(engine) {
        let shop = Shop::open(engine).await;
        let ids = several(&shop, 2).await;
        shop.top_up(2_000).await;
        let expected = |amount: &str| json!({"amount": {"amount": amount, "currency": "EUR"}, "period_start_on": "2026-12-22"});
        let body = json!({"action": "renew", "items": [
            {"activation_id": ids[0], "expected": expected("9.00")},
            {"activation_id": ids[1], "expected": expected("10.00")},
        ]});
        let change: BulkChange = shop.owner.post_once(paths::ACTIVATIONS_BULK, &body).await.data();
        let problem = change.items[0].problem.as_ref().unwrap();
        assert_eq!((problem.code, problem.quote.as_ref().unwrap().amount.amount().as_str()), (ProblemCode::QuoteChanged, "10.00"));
        assert_eq!((change.succeeded, shop.balance().await), (1, 1_000));
    }
}

on_both_databases! {
    async fn what_is_no_bulk_request(engine) {
        let shop = Shop::open(engine).await;
        let ids = several(&shop, 1).await;
        let many = json!((0..101).map(|_| json!({"activation_id": ids[0]})).collect::<Vec<_>>());
        for (body, pointer) in [
            (json!({"action": "renew", "items": []}), "/items"),
            (json!({"action": "renew", "items": many}), "/items"),
            (json!({"action": "renew", "items": items(&[ids[0], ids[0]])}), "/items/1/activation_id"),
            (json!({"action": "renew", "resume_on": "2026-12-24", "items": items(&ids)}), "/resume_on"),
            (json!({"action": "change_interval", "items": items(&ids)}), "/billing_interval"),
        ] {
            for path in [paths::ACTIVATIONS_BULK, paths::ACTIVATIONS_BULK_QUOTE] {
                let problem = shop.owner.post_once(path, &body).await.problem(422, ProblemCode::ValidationFailed);
                assert_eq!(problem.errors[0].pointer, pointer);
            }
        }
    }
}

on_both_databases! {
    async fn foreign_ids_are_unknown_and_spending_needs_its_permission(engine) {
        let shop = Shop::open(engine).await;
        let ids = several(&shop, 1).await;
        let rival = shop.app.reseller("Rival").await;
        let rival = shop.app.with_key(rival, Permission::ALL).await;
        let missing: ActivationId = "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
        let body = json!({"action": "pause", "items": items(&[ids[0], missing])});
        let change: BulkChange = rival.post_once(paths::ACTIVATIONS_BULK, &body).await.data();
        assert_eq!((change.succeeded, &change.items[0].problem), (0, &change.items[1].problem));
        assert_eq!(change.items[0].problem.as_ref().unwrap().code, ProblemCode::NotFound);
        let support = shop.app.with_key(shop.id(), &[Permission::ActivationsPause]).await;
        let body = json!({"action": "deactivate", "items": items(&ids)});
        support.post_once(paths::ACTIVATIONS_BULK, &body).await.problem(403, ProblemCode::PermissionDenied);
        let body = json!({"action": "pause", "items": items(&ids)});
        let change: BulkChange = support.post_once(paths::ACTIVATIONS_BULK, &body).await.data();
        assert_eq!((change.succeeded, change.balance), (1, None));
    }
}
