//! What is held because too many periods were due at once: seen and released by operators.

use api::features::renewals::service::tick;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use shared::dto::activation::Activation;
use shared::dto::page::Page;
use shared::dto::renewal_run::{HeldRenewals, OperatorRenewalRun};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationAction::Renew;
use shared::vocab::{ActivationId, RunTrigger};
use tests::shop::new_key;
use tests::{Shop, on_both_databases};

/// Paid until 22 December, and held half a year later.
async fn held(shop: &Shop) -> ActivationId {
    let id = shop.activated("AI Writer", 1_000).await;
    shop.top_up(10_000).await;
    shop.app.set_time("2027-05-23T09:00:00Z");
    tick(shop.app.db(), shop.app.clock()).await.unwrap();
    id
}

on_both_databases! {
    async fn what_is_held_is_listed_and_charged_in_order_when_it_is_released(engine) {
        let shop = Shop::open(engine).await;
        let id = held(&shop).await;
        let ops = shop.app.operator("ops@example.com").await;
        assert_eq!(shop.balance().await, 10_000);
        let listed: Page<HeldRenewals> = ops.read(paths::OPERATOR_HELD_RENEWALS).await;
        let [of_shop] = listed.items.as_slice() else { panic!("{listed:?}") };
        assert_eq!((of_shop.reseller_id, of_shop.activation_count, of_shop.balance.minor), (shop.id(), 1, 10_000));
        assert_eq!(of_shop.due_at.to_string(), "2026-12-21 23:00:00 UTC");
        assert_eq!((of_shop.due_count, of_shop.due.amount().as_str()), (6, "60.00"));
        let (path, key, body) = (paths::operator_release_held(shop.id()), new_key(), json!({"reason": "The server was off."}));
        let released: HeldRenewals = ops.post_keyed(&path, &key, &body).await.data();
        assert_eq!(&released, of_shop);
        // 22 December to 22 May: six periods.
        assert_eq!(shop.balance().await, 4_000);
        let again = ops.post_keyed(&path, &key, &body).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        ops.post_once(&path, &body).await.problem(409, ProblemCode::InvalidTransition);
        assert_eq!(shop.balance().await, 4_000);
        let paid: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!(paid.row.renews_on.unwrap().to_string(), "2027-06-22");
        assert!(ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.is_empty());
        let runs: Page<OperatorRenewalRun> = ops.read(paths::OPERATOR_RENEWAL_RUNS).await;
        assert_eq!((runs.items[0].run.trigger, runs.items[0].run.charged_count), (RunTrigger::Release, 6));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn it_is_released_by_operators_alone_and_with_a_reason(engine) {
        let shop = Shop::open(engine).await;
        held(&shop).await;
        let ops = shop.app.operator("ops@example.com").await;
        let path = paths::operator_release_held(shop.id());
        shop.owner.post_once(&path, &json!({"reason": "Mine"})).await.problem(403, ProblemCode::PermissionDenied);
        ops.post(&path, &json!({"reason": "Off"})).await.problem(400, ProblemCode::IdempotencyKeyMissing);
        let wrong = ops.post_once(&path, &json!({"reason": " "})).await.problem(422, ProblemCode::ValidationFailed);
        assert_eq!(wrong.errors[0].pointer, "/reason");
        let other = shop.app.reseller("Other").await;
        let nothing = json!({"reason": "Off"});
        ops.post_once(&paths::operator_release_held(other), &nothing).await.problem(409, ProblemCode::InvalidTransition);
        let unknown = "/api/v1/operator/resellers/res_01k4kneba5pr8v6j2c0d3f7g9h/release-held";
        ops.post_once(unknown, &nothing).await.problem(404, ProblemCode::NotFound);
        assert_eq!(shop.balance().await, 10_000);
        assert_eq!(ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.len(), 1);
    }
}

on_both_databases! {
    /// Four periods are due; one of them is paid by hand. Three would not be held by themselves.
    async fn one_period_paid_by_hand_releases_nothing_of_the_others(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 1_000).await;
        shop.top_up(10_000).await;
        shop.app.set_time("2027-03-23T09:00:00Z");
        tick(shop.app.db(), shop.app.clock()).await.unwrap();
        shop.act(id, Renew, json!({})).await.is_done();
        tick(shop.app.db(), shop.app.clock()).await.unwrap();
        assert_eq!(shop.balance().await, 9_000);
        for _ in 0..3 {
            shop.act(id, Renew, json!({})).await.is_done();
        }
        // Nothing more is due, so nothing is held.
        let ops = shop.app.operator("ops@example.com").await;
        assert!(ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.is_empty());
        shop.prove().await;
    }
}

on_both_databases! {
    /// Whoever comes before the run finds the renewal due and not paid: that is told like by the run, once.
    async fn a_failure_that_an_action_finds_is_told_as_well(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 1_000).await;
        shop.app.set_time("2026-12-22T09:00:00Z");
        shop.owner.patch(&paths::activation(id), "*", &json!({"priority": 1})).await.is_done();
        let failed = async || {
            let notices: Value = shop.owner.read(paths::NOTICES).await;
            let of_kind = notices["items"].as_array().unwrap().iter().filter(|notice| notice["kind"] == "renewals_failed");
            of_kind.map(|notice| notice["items"].as_array().unwrap().len()).sum::<usize>()
        };
        assert_eq!(failed().await, 1);
        tick(shop.app.db(), shop.app.clock()).await.unwrap();
        assert_eq!(failed().await, 1);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn what_is_held_later_is_not_charged_by_an_old_request(engine) {
        let shop = Shop::open(engine).await;
        held(&shop).await;
        let ops = shop.app.operator("ops@example.com").await;
        let (path, key, body) = (paths::operator_release_held(shop.id()), new_key(), json!({"reason": "The server was off."}));
        ops.post_keyed(&path, &key, &body).await.is_done();
        assert_eq!(shop.balance().await, 4_000);
        // Within the seven days of the key, but the clock jumps on by a year.
        shop.app.set_time("2028-05-23T09:00:00Z");
        tick(shop.app.db(), shop.app.clock()).await.unwrap();
        shop.app.set_time("2027-05-23T09:05:00Z");
        assert_eq!(ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.len(), 1);
        let again = ops.post_keyed(&path, &key, &body).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(shop.balance().await, 4_000);
        assert_eq!(ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.len(), 1);
    }
}

on_both_databases! {
    async fn what_is_held_and_renews_no_more_is_nothing_to_release(engine) {
        let shop = Shop::open(engine).await;
        let id = held(&shop).await;
        let ops = shop.app.operator("ops@example.com").await;
        let read = shop.owner.get(&paths::activation(id)).await;
        let tag = read.header("etag").unwrap().to_owned();
        shop.owner.patch(&paths::activation(id), &tag, &json!({"auto_renew": false})).await.is_done();
        assert!(ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.is_empty());
        let path = paths::operator_release_held(shop.id());
        ops.post_once(&path, &json!({"reason": "Off"})).await.problem(409, ProblemCode::InvalidTransition);
        assert_eq!(shop.balance().await, 10_000);
    }
}

on_both_databases! {
    async fn of_a_blocked_wallet_nothing_is_released(engine) {
        let shop = Shop::open(engine).await;
        held(&shop).await;
        let ops = shop.app.operator("ops@example.com").await;
        let block = "UPDATE ledger_accounts SET blocked_at = '2027-05-23 09:00:00+00:00' WHERE kind = 'wallet'";
        shop.app.db().pool().execute_unprepared(block).await.unwrap();
        let path = paths::operator_release_held(shop.id());
        ops.post_once(&path, &json!({"reason": "Off"})).await.problem(409, ProblemCode::WalletBlocked);
        assert_eq!((shop.balance().await, ops.read::<Page<HeldRenewals>>(paths::OPERATOR_HELD_RENEWALS).await.items.len()), (10_000, 1));
    }
}
