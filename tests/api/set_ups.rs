//! What operators put in service by hand, or give up.

use api::features::catalogue::store::Provisioning;
use api::features::renewals::service::tick;
use serde_json::json;
use shared::dto::activation::{Activation, HistoryEntry};
use shared::dto::operator::SetUp;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationAction::Renew;
use shared::vocab::{ActivationId, ActivationStatus, BillingInterval};
use tests::shop::new_key;
use tests::{Shop, on_both_databases};

/// A product that is set up by hand, activated once for 29.00 a month; 1.00 is left.
async fn waiting(shop: &Shop) -> ActivationId {
    let prices = [(BillingInterval::Monthly, 2_900)];
    let product = shop.product_provided("By hand", &prices, Provisioning::ByHand).await;
    shop.top_up(3_000).await;
    shop.activate(product, BillingInterval::Monthly).await
}

on_both_databases! {
    async fn what_waits_is_listed_and_put_in_service_once(engine) {
        let shop = Shop::open(engine).await;
        let (id, ops) = (waiting(&shop).await, shop.app.operator("ops@example.com").await);
        let page: Page<SetUp> = ops.read(paths::OPERATOR_SET_UPS).await;
        let found: Vec<_> = page.items.iter().map(|found| (found.activation_id, found.reseller_name.as_str(), found.price.minor)).collect();
        assert_eq!(found, [(id, "Harbour Digital", 2_900)]);
        assert_eq!((page.items[0].status, page.items[0].product.name.as_str()), (ActivationStatus::Pending, "By hand"));
        let (path, key) = (paths::operator_provision(shop.id(), id), new_key());
        let set_up: SetUp = ops.post_keyed(&path, &key, &json!({})).await.data();
        assert_eq!((set_up.activation_id, set_up.status), (id, ActivationStatus::Active));
        // The same request again has the same answer, another one finds nothing left to do.
        let again: SetUp = ops.post_keyed(&path, &key, &json!({})).await.data();
        assert_eq!(again, set_up);
        ops.post_once(&path, &json!({})).await.problem(409, ProblemCode::InvalidTransition);
        ops.post_once(&paths::operator_fail(shop.id(), id), &json!({"reason": "No"})).await.problem(409, ProblemCode::InvalidTransition);
        let page: Page<SetUp> = ops.read(paths::OPERATOR_SET_UPS).await;
        assert!(page.items.is_empty());
        let read: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!((read.row.status, shop.balance().await), (ActivationStatus::Active, 100));
        let history: Page<HistoryEntry> = shop.owner.read(&paths::activation_history(id)).await;
        assert_eq!(history.items[0].actor.name.as_deref(), Some("ops@example.com"));
        shop.prove().await;
    }
}

on_both_databases! {
    /// With auto-renew off nothing is left of what was paid: it ends as soon as it is on, and can be renewed.
    async fn what_is_put_in_service_after_its_paid_time_ends_at_once(engine) {
        let shop = Shop::open_at(engine, "2026-03-01T10:00:00Z").await;
        let id = waiting(&shop).await;
        shop.owner.patch(&paths::activation(id), "*", &json!({"auto_renew": false})).await.is_done();
        shop.app.set_time("2026-04-05T10:00:00Z");
        let ops = shop.app.operator("ops@example.com").await;
        ops.post_once(&paths::operator_provision(shop.id(), id), &json!({})).await.is_done();
        let done = tick(shop.app.db(), shop.app.clock()).await.unwrap();
        assert_eq!((done.failed, done.ended), (0, 1));
        let read: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!(read.row.status, ActivationStatus::Expired);
        shop.app.summaries_agree(shop.id()).await;
        shop.top_up(2_900).await;
        shop.act(id, Renew, json!({})).await.is_done();
        assert_eq!(shop.owner.read::<Activation>(&paths::activation(id)).await.row.status, ActivationStatus::Active);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn what_cannot_be_set_up_is_given_back_with_the_reason(engine) {
        let shop = Shop::open(engine).await;
        let (id, ops) = (waiting(&shop).await, shop.app.operator("ops@example.com").await);
        let path = paths::operator_fail(shop.id(), id);
        ops.post_once(&path, &json!({"reason": " "})).await.problem(422, ProblemCode::ValidationFailed);
        ops.post_once(&path, &json!({})).await.problem(422, ProblemCode::ValidationFailed);
        ops.post(&path, &json!({"reason": "No licence"})).await.problem(400, ProblemCode::IdempotencyKeyMissing);
        assert_eq!(shop.balance().await, 100);
        let key = new_key();
        for _ in 0..2 {
            let failed: SetUp = ops.post_keyed(&path, &key, &json!({"reason": "No licence left."})).await.data();
            assert_eq!(failed.status, ActivationStatus::Failed);
        }
        assert_eq!(shop.balance().await, 3_000);
        let history: Page<HistoryEntry> = shop.owner.read(&paths::activation_history(id)).await;
        assert_eq!(history.items[0].reason.as_deref(), Some("No licence left."));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn of_another_reseller_or_unknown_there_is_nothing_to_set_up(engine) {
        let shop = Shop::open(engine).await;
        let (id, ops) = (waiting(&shop).await, shop.app.operator("ops@example.com").await);
        let stranger = shop.app.reseller("Stranger").await;
        ops.post_once(&paths::operator_provision(stranger, id), &json!({})).await.problem(404, ProblemCode::NotFound);
        let unknown: ActivationId = "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
        ops.post_once(&paths::operator_fail(shop.id(), unknown), &json!({"reason": "No"})).await.problem(404, ProblemCode::NotFound);
        shop.owner.post_once(&paths::operator_provision(shop.id(), id), &json!({})).await.problem(403, ProblemCode::PermissionDenied);
        assert_eq!(shop.balance().await, 100);
    }
}
