//! Each action: once, twice, from each wrong state, settled first.

use serde_json::{Value, json};
use shared::dto::activation::{Activation, HistoryEntry};
use shared::dto::lifecycle::ActivationChange;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationAction::{self, ChangeInterval, Deactivate, Keep, Pause, Renew, Resume, Retry};
use shared::vocab::{ActivationId, ActivationStatus, BillingInterval, HistoryKind, Permission};
use tests::{Shop, on_both_databases};

/// What is sent with an action.
fn body(action: ActivationAction) -> Value {
    match action {
        ChangeInterval => json!({"billing_interval": "yearly"}),
        Deactivate => json!({"takes_effect": "now"}),
        _ => json!({}),
    }
}

/// A product with a monthly and a yearly price, activated monthly and paid for.
async fn activated(shop: &Shop) -> ActivationId {
    let prices = [(BillingInterval::Monthly, 2_900), (BillingInterval::Yearly, 29_000)];
    let product = shop.product(&format!("Writer {}", tests::shop::new_key()), &prices).await;
    shop.top_up(2_900).await;
    shop.activate(product, BillingInterval::Monthly).await
}

on_both_databases! {
    async fn an_answer_has_the_activation_the_balance_and_the_entry(engine) {
        let shop = Shop::open(engine).await;
        let id = activated(&shop).await;
        shop.top_up(3_000).await;
        let change: ActivationChange = shop.act(id, Renew, json!({})).await.data();
        assert_eq!((change.amount.amount(), change.balance.unwrap().amount()), ("29.00".to_owned(), "1.00".to_owned()));
        assert_eq!(change.ledger_entry_ids.len(), 1);
        assert_eq!(change.activation.row.paid_until_on.unwrap().to_string(), "2027-01-22");
        let read: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!(change.activation, read);
        let history: Page<HistoryEntry> = shop.owner.read(&paths::activation_history(id)).await;
        assert_eq!(history.items[0].kind, HistoryKind::Renewed);
        assert_eq!(history.items[0].ledger_entry_id, Some(change.ledger_entry_ids[0]));
        assert_eq!(history.items[0].amount.unwrap().amount(), "-29.00");
        // Twice: one period ahead is enough.
        shop.top_up(2_900).await;
        shop.act(id, Renew, json!({})).await.problem(409, ProblemCode::AlreadyRenewedAhead);
        shop.prove().await;
    }
}

on_both_databases! {
    /// Every action in every state: what is not allowed is refused, says what is, and changes nothing.
    async fn every_action_from_every_wrong_state(engine) {
        let shop = Shop::open(engine).await;
        let active = activated(&shop).await;
        let paused = activated(&shop).await;
        shop.act(paused, Pause, json!({})).await.is_done();
        let ending = activated(&shop).await;
        shop.act(ending, Deactivate, json!({})).await.is_done();
        let deactivated = activated(&shop).await;
        shop.act(deactivated, Deactivate, json!({"takes_effect": "now"})).await.is_done();
        let cases: [(ActivationId, &[ActivationAction]); 4] = [
            (active, &[Renew, Pause, Deactivate, ChangeInterval]),
            (paused, &[Resume, Deactivate, ChangeInterval]),
            (ending, &[Pause, Deactivate, Keep]),
            (deactivated, &[]),
        ];
        let (balance, entries) = (shop.balance().await, shop.entries().await);
        for (id, allowed) in cases {
            let before: Activation = shop.owner.read(&paths::activation(id)).await;
            assert_eq!(before.allowed_actions, allowed);
            for action in ActivationAction::ALL.iter().copied().filter(|action| !allowed.contains(action)) {
                let problem = shop.act(id, action, body(action)).await.problem(409, ProblemCode::InvalidTransition);
                assert_eq!(problem.allowed_actions.as_deref(), Some(allowed), "{action} of {}", before.row.status);
                let mut asked = body(action);
                asked["action"] = json!(action);
                shop.quote(id, asked).await.problem(409, ProblemCode::InvalidTransition);
            }
            assert_eq!(shop.owner.read::<Activation>(&paths::activation(id)).await, before);
        }
        assert_eq!((shop.balance().await, shop.entries().await), (balance, entries));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_pause_and_its_undoing(engine) {
        let shop = Shop::open(engine).await;
        let id = activated(&shop).await;
        let change: ActivationChange =
            shop.act(id, Pause, json!({"resume_on": "2026-12-01", "reason": " Office closed "})).await.data();
        let row = &change.activation;
        assert_eq!((row.row.status, row.resume_on.unwrap().to_string().as_str()), (ActivationStatus::Paused, "2026-12-01"));
        assert_eq!((change.amount.amount().as_str(), change.ledger_entry_ids.len()), ("0.00", 0));
        let history: Page<HistoryEntry> = shop.owner.read(&paths::activation_history(id)).await;
        assert_eq!(history.items[0].reason.as_deref(), Some("Office closed"));
        shop.act(id, Pause, json!({})).await.problem(409, ProblemCode::InvalidTransition);
        let change: ActivationChange = shop.act(id, Resume, json!({})).await.data();
        assert_eq!((change.activation.row.status, change.activation.resume_at), (ActivationStatus::Active, None));
        // A planned resumption comes by itself.
        shop.act(id, Pause, json!({"resume_at": "2026-12-01T09:00:00Z"})).await.is_done();
        shop.app.set_time("2026-12-01T09:00:00Z");
        shop.run_due().await;
        assert_eq!(shop.owner.read::<Activation>(&paths::activation(id)).await.row.status, ActivationStatus::Active);
        for (wrong, pointer) in [
            (json!({"resume_on": "2026-12-01"}), "/resume_on"),
            (json!({"resume_at": "2026-12-01T09:00:00Z"}), "/resume_at"),
            (json!({"resume_at": "2030-12-01T09:00:00Z"}), "/resume_at"),
            (json!({"resume_at": "2026-12-10T09:00:00Z", "resume_on": "2026-12-10"}), "/resume_on"),
            (json!({"reason": "r".repeat(501)}), "/reason"),
            (json!({"reason": "a\u{0}b"}), "/reason"),
        ] {
            let problem = shop.act(id, Pause, wrong).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer);
        }
    }
}

on_both_databases! {
    async fn a_deactivation_at_the_end_is_undone_by_keep_and_now_refunds(engine) {
        let shop = Shop::open(engine).await;
        let id = activated(&shop).await;
        let change: ActivationChange = shop.act(id, Deactivate, json!({"reason": "Client left"})).await.data();
        assert_eq!(change.activation.row.ends_on.unwrap().to_string(), "2026-12-22");
        let kept: ActivationChange = shop.act(id, Keep, json!({})).await.data();
        assert_eq!((kept.activation.row.ends_on, kept.activation.row.renews_on.unwrap().to_string().as_str()), (None, "2026-12-22"));
        shop.act(id, Keep, json!({})).await.problem(409, ProblemCode::InvalidTransition);
        let change: ActivationChange = shop.act(id, Deactivate, json!({"takes_effect": "now"})).await.data();
        // 29 of 30 days are not used.
        assert_eq!((change.amount.amount().as_str(), change.balance.unwrap().amount().as_str()), ("-28.03", "28.03"));
        assert_eq!(change.activation.row.status, ActivationStatus::Deactivated);
        shop.act(id, Deactivate, json!({"takes_effect": "now"})).await.problem(409, ProblemCode::InvalidTransition);
        shop.prove().await;
    }
}

on_both_databases! {
    /// Due 10 Mar 00:00, not yet run, paused 10 Mar 09:00: charged, then paused, paid until 10 Apr.
    async fn what_is_due_comes_first(engine) {
        let shop = Shop::open_at(engine, "2026-02-10T08:00:00Z").await;
        let id = activated(&shop).await;
        shop.top_up(2_900).await;
        shop.app.set_time("2026-03-10T08:00:00Z");
        let quote: shared::dto::lifecycle::Quote = shop.quote(id, json!({"action": "pause"})).await.data();
        assert_eq!((quote.due_first.amount().as_str(), quote.amount.amount().as_str()), ("29.00", "0.00"));
        assert_eq!((quote.balance_before.unwrap().amount().as_str(), quote.balance_after.unwrap().amount().as_str()), ("29.00", "0.00"));
        assert_eq!(shop.balance().await, 2_900);
        let change: ActivationChange = shop.act(id, Pause, json!({})).await.data();
        assert_eq!(change.activation.row.status, ActivationStatus::Paused);
        assert_eq!(change.activation.row.paid_until_on.unwrap().to_string(), "2026-04-10");
        assert_eq!((change.amount.amount().as_str(), change.balance.unwrap().amount().as_str()), ("0.00", "0.00"));
        shop.prove().await;
    }
}

on_both_databases! {
    /// Monthly 20.00, anchor day 31: free until what is paid is over, then a full charge and a new anchor.
    async fn a_resumption_that_costs_money_needs_the_permission_to_spend(engine) {
        let shop = Shop::open_at(engine, "2026-01-31T10:00:00Z").await;
        let id = shop.activated("AI Writer", 2_000).await;
        let support = shop.app.with_key(shop.id(), &[Permission::ActivationsRead, Permission::ActivationsPause]).await;
        let resume = paths::activation_action(id, Resume);
        shop.act(id, Pause, json!({})).await.is_done();
        shop.app.set_time("2026-02-27T22:59:00Z");
        let change: ActivationChange = support.post_once(&resume, &json!({})).await.data();
        assert_eq!((change.balance, change.activation.row.status), (None, ActivationStatus::Active));
        support.post_once(&paths::activation_action(id, Pause), &json!({})).await.is_done();
        shop.app.set_time("2026-02-27T23:00:00Z");
        shop.top_up(2_000).await;
        support.post_once(&resume, &json!({})).await.problem(403, ProblemCode::PermissionDenied);
        assert_eq!(shop.balance().await, 2_000);
        let change: ActivationChange = shop.act(id, Resume, json!({})).await.data();
        assert_eq!((change.amount.amount().as_str(), change.activation.anchor_day), ("20.00", 28));
        assert_eq!(change.activation.row.renews_on.unwrap().to_string(), "2026-03-28");
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_failed_set_up_is_tried_again(engine) {
        use api::features::catalogue::store::Provisioning;
        use api::features::lifecycle::service::{self as lifecycle, Context};
        let shop = Shop::open(engine).await;
        let prices = [(BillingInterval::Monthly, 2_900)];
        let product = shop.product_provided("By hand", &prices, Provisioning::ByHand).await;
        shop.top_up(2_900).await;
        let id = shop.activate(product, BillingInterval::Monthly).await;
        let pending: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!((pending.row.status, pending.allowed_actions.len(), shop.balance().await), (ActivationStatus::Pending, 0, 0));
        shop.act(id, Retry, json!({})).await.problem(409, ProblemCode::InvalidTransition);
        let actor = api::auth::Actor::system();
        let context = Context::new(&shop.reseller, shop.app.clock().now(&shop.reseller), &actor);
        let fail = async |tx: &api::db::WriteTx| lifecycle::fail_provisioning(tx, &context, id, None).await;
        shop.app.db().write(shop.id(), fail).await.unwrap();
        assert_eq!(shop.balance().await, 2_900);
        let quote: shared::dto::lifecycle::Quote = shop.quote(id, json!({"action": "retry"})).await.data();
        assert_eq!((quote.amount.amount().as_str(), quote.status), ("29.00", ActivationStatus::Pending));
        let change: ActivationChange = shop.act(id, Retry, json!({})).await.data();
        assert_eq!((change.activation.row.status, shop.balance().await), (ActivationStatus::Pending, 0));
        shop.act(id, Retry, json!({})).await.problem(409, ProblemCode::InvalidTransition);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn what_cannot_be_activated(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900)]).await;
        let (client, archived) = (shop.client("Ana").await, shop.client("Gone").await);
        shop.owner.post(&paths::client_archive(archived), &json!({})).await.is_done();
        shop.top_up(100_000).await;
        let good = json!({"client_id": client, "product_id": product, "billing_interval": "monthly", "external_reference": "R-1"});
        shop.owner.post_once(paths::ACTIVATIONS, &good).await.is_done();
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body["external_reference"] = Value::Null;
            body[field] = value;
            body
        };
        for (body, pointer, code) in [
            (good.clone(), "/external_reference", "taken"),
            (with("external_reference", json!(" ")), "/external_reference", "required"),
            (with("client_id", json!("cli_01k4kneba5pr8v6j2c0d3f7g9h")), "/client_id", "unknown"),
            (with("client_id", json!(archived)), "/client_id", "archived"),
            (with("client_id", json!("act_01k4kneba5pr8v6j2c0d3f7g9h")), "/client_id", "invalid"),
            (with("product_id", json!("prd_01k4kneba5pr8v6j2c0d3f7g9h")), "/product_id", "unknown"),
            (with("billing_interval", json!("yearly")), "/product_id", "not_priced"),
            (with("priority", json!(0)), "/priority", "out_of_range"),
            (with("priority", json!(10)), "/priority", "out_of_range"),
            (with("notes", json!("n".repeat(2_001))), "/notes", "too_long"),
        ] {
            let problem = shop.owner.post_once(paths::ACTIVATIONS, &body).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (pointer, code), "{body}");
        }
        assert_eq!(shop.balance().await, 97_100);
        shop.prove().await;
    }
}
