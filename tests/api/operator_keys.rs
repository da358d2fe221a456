//! `Idempotency-Key` where operators change the catalogue, which belongs to no reseller: the keys are the operator's own.

use std::pin::pin;

use api::error::Error;
use api::features::catalogue::service::create_product;
use api::features::catalogue::store::{ProductDetails, Provisioning};
use futures_util::future::{join, select};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};
use serde_json::{Value, json};
use shared::dto::operator::{OperatorProduct, PriceMigration};
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::BillingInterval;
use tests::{Answer, Caller, Shop, TestApp, on_both_databases};
use tokio::sync::Notify;

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

fn product() -> Value {
    json!({"reference": "ai-writer", "name": "AI Writer"})
}

fn price(amount: &str, from: &str) -> Value {
    let amount = json!({"amount": amount, "currency": "EUR"});
    json!({"billing_interval": "monthly", "amount": amount, "valid_from_on": from})
}

/// Sends it twice under one key: the second answer is the first one, byte for byte. Without a key it is refused.
async fn twice(ops: &Caller, path: &str, body: &Value) -> Answer {
    let key = path.trim_start_matches("/api/v1/operator/");
    let (first, again) = (ops.post_keyed(path, key, body).await, ops.post_keyed(path, key, body).await);
    assert_eq!((first.status.is_success(), is_replay(&first), is_replay(&again)), (true, false, true), "{path}");
    assert_eq!((again.status, again.text()), (first.status, first.text()), "{path}");
    ops.post(path, body).await.problem(400, ProblemCode::IdempotencyKeyMissing);
    first
}

on_both_databases! {
    async fn the_same_request_again_changes_the_catalogue_once(engine) {
        let app = TestApp::start(engine).await;
        let ops = app.operator("ops@example.com").await;
        let made: OperatorProduct = twice(&ops, paths::OPERATOR_PRODUCTS, &product()).await.data();
        let prices = paths::operator_product_prices(made.id);
        let priced: OperatorProduct = twice(&ops, &prices, &price("10", "2026-11-22")).await.data();
        let old = priced.prices[0].id;
        let priced: OperatorProduct = ops.post_once(&prices, &price("12", "2026-12-01")).await.data();
        let new = priced.prices[0].id;
        let migration = json!({"from_price_id": old, "to_price_id": new, "effective_on": "2026-12-22"});
        twice(&ops, paths::OPERATOR_PRICE_MIGRATIONS, &migration).await;
        let retired: OperatorProduct = twice(&ops, &paths::operator_retire_product(made.id), &json!({})).await.data();
        assert_eq!(retired.prices.len(), 2);
        assert_eq!(ops.read::<Page<OperatorProduct>>(paths::OPERATOR_PRODUCTS).await.items, [retired]);
        assert_eq!(ops.read::<Page<PriceMigration>>(paths::OPERATOR_PRICE_MIGRATIONS).await.items.len(), 1);
    }
}

on_both_databases! {
    async fn a_key_stands_for_one_request_of_one_operator(engine) {
        let app = TestApp::start(engine).await;
        let ops = app.operator("ops@example.com").await;
        let made: OperatorProduct = ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &product()).await.data();
        let (reused, other) = (ProblemCode::IdempotencyKeyReused, json!({"reference": "painter", "name": "Painter"}));
        ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &other).await.problem(422, reused);
        ops.post_keyed(&paths::operator_retire_product(made.id), "k", &json!({})).await.problem(422, reused);
        let colleague = app.operator("night@example.com").await;
        let theirs = colleague.post_keyed(paths::OPERATOR_PRODUCTS, "k", &other).await;
        assert_eq!((theirs.status.as_u16(), is_replay(&theirs)), (201, false));
        assert_eq!(ops.read::<Page<OperatorProduct>>(paths::OPERATOR_PRODUCTS).await.items.len(), 2);
    }
}

on_both_databases! {
    async fn a_refusal_keeps_nothing_so_the_same_key_may_be_tried_again(engine) {
        let app = TestApp::start(engine).await;
        let ops = app.operator("ops@example.com").await;
        let nameless = json!({"reference": "ai-writer", "name": " "});
        ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &nameless).await.problem(422, ProblemCode::ValidationFailed);
        let made = ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &product()).await;
        assert_eq!((made.status.as_u16(), is_replay(&made)), (201, false));
        // What is refused by the database itself keeps nothing either.
        ops.post_keyed(paths::OPERATOR_PRODUCTS, "again", &product()).await.problem(422, ProblemCode::ValidationFailed);
        let other = json!({"reference": "painter", "name": "Painter"});
        ops.post_keyed(paths::OPERATOR_PRODUCTS, "again", &other).await.is_done();
    }
}

on_both_databases! {
    async fn while_the_first_request_runs_others_are_told_to_come_back(engine) {
        let app = TestApp::start(engine).await;
        let ops = app.operator("ops@example.com").await;
        let details = ProductDetails {
            external_reference: "ai-writer".to_owned(),
            name: "Held back".to_owned(),
            description: String::new(),
            provisioning: Provisioning::AtOnce,
            grace_days: 7,
            access_url: None,
            access_note: None,
        };
        // Both databases wait for whoever is about to add the same product.
        let (is_held, may_end, now) = (Notify::new(), Notify::new(), app.clock().system_now());
        let holds = app.db().write_shared(async |tx: &DatabaseTransaction| {
            create_product(tx, now, details.clone()).await?;
            is_held.notify_one();
            may_end.notified().await;
            Err::<(), _>(Error::not_found())
        });
        let asks = async {
            is_held.notified().await;
            let body = product();
            let (one, other) = (pin!(ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &body)), pin!(ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &body)));
            let (told, waiting) = select(one, other).await.factor_first();
            told.problem(409, ProblemCode::IdempotencyInFlight);
            assert_eq!(told.header("retry-after"), Some("1"));
            may_end.notify_one();
            waiting.await
        };
        let (undone, made) = join(holds, asks).await;
        assert_eq!((undone.is_err(), made.status.as_u16(), is_replay(&made)), (true, 201, false));
        let again = ops.post_keyed(paths::OPERATOR_PRODUCTS, "k", &product()).await;
        assert_eq!((is_replay(&again), again.text()), (true, made.text()));
    }
}

on_both_databases! {
    /// With the announcement or not at all, and not once more for the answer that got lost.
    async fn who_holds_a_price_is_told_once_that_it_changes(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await;
        shop.top_up(10_000).await;
        for _ in 0..2 {
            shop.activate(product, BillingInterval::Monthly).await;
        }
        let bystander = shop.app.reseller("Bystander").await;
        let ops = shop.app.operator("ops@example.com").await;
        let prices = paths::operator_product_prices(product);
        let priced: OperatorProduct = ops.post_once(&prices, &price("12", "2026-12-22")).await.data();
        let id = |minor| priced.prices.iter().find(|price| price.amount.minor == minor).unwrap().id;
        let body = json!({"from_price_id": id(1_000), "to_price_id": id(1_200), "effective_on": "2026-12-22"});
        let events = async |of: shared::vocab::ResellerId| {
            let sql = "SELECT COUNT(*) AS told, MAX(e.sequence) AS last, MAX(r.event_sequence) AS counted FROM events e \
                       JOIN resellers r ON r.id = e.reseller_id WHERE e.reseller_id = $1 AND e.kind = 'price.migration_announced'";
            let db = shop.app.db();
            let statement = Statement::from_sql_and_values(db.backend(), sql, [of.0.into()]);
            let row = db.pool().query_one_raw(statement).await.unwrap().unwrap();
            let number = |name: &str| row.try_get::<Option<i64>>("", name).unwrap();
            (number("told"), number("last"), number("counted"))
        };
        let announced: PriceMigration = ops.post_keyed(paths::OPERATOR_PRICE_MIGRATIONS, "k", &body).await.data();
        assert_eq!(announced.activation_count, 2);
        assert!(is_replay(&ops.post_keyed(paths::OPERATOR_PRICE_MIGRATIONS, "k", &body).await));
        let (told, last, counted) = events(shop.id()).await;
        assert_eq!((told, last), (Some(1), counted));
        assert!(last.is_some());
        assert_eq!(events(bystander).await.0, Some(0));
        // A refusal tells nobody.
        ops.post_once(paths::OPERATOR_PRICE_MIGRATIONS, &body).await.problem(422, ProblemCode::ValidationFailed);
        assert_eq!(events(shop.id()).await.0, Some(1));
    }
}
