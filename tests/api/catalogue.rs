//! What operators do about products and prices, and what resellers see of it.

use serde_json::{Value, json};
use shared::dto::catalogue::Product;
use shared::dto::operator::{OperatorProduct, PriceMigration};
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{BillingInterval, PriceId, ProductStatus, Provisioning, Role};
use tests::{Caller, TestApp, on_both_databases};

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

async fn product(ops: &Caller, reference: &str) -> OperatorProduct {
    let body = json!({"reference": reference, "name": "AI Writer"});
    ops.post_once(paths::OPERATOR_PRODUCTS, &body).await.data()
}

async fn price(ops: &Caller, product: &OperatorProduct, amount: &str, from: &str) -> PriceId {
    let body = json!({"billing_interval": "monthly", "amount": euro(amount), "valid_from_on": from});
    let product: OperatorProduct = ops.post_once(&paths::operator_product_prices(product.id), &body).await.data();
    product.prices.iter().find(|price| price.valid_from_on.to_string() == from).unwrap().id
}

on_both_databases! {
    async fn a_product_is_seen_with_its_price_and_retired(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let mara = app.logged_in(reseller, "mara@example.com", Role::Owner).await;
        let ops = app.operator("ops@example.com").await;
        let made = product(&ops, "ai-writer").await;
        assert_eq!((made.status, made.provisioning, made.grace_days), (ProductStatus::Active, Provisioning::Automatic, 7));
        assert!(mara.read::<Page<Product>>(paths::PRODUCTS).await.items.is_empty());
        price(&ops, &made, "29", "2026-11-22").await;
        price(&ops, &made, "35", "2026-12-24").await;
        let seen: Page<Product> = mara.read(paths::PRODUCTS).await;
        assert_eq!(seen.items[0].prices[0].amount.amount(), "29.00");
        assert_eq!(seen.items[0].prices[0].billing_interval, BillingInterval::Monthly);
        let listed: Page<OperatorProduct> = ops.read(paths::OPERATOR_PRODUCTS).await;
        assert_eq!(listed.items[0].prices.iter().map(|price| price.amount.amount()).collect::<Vec<_>>(), ["35.00", "29.00"]);
        let path = paths::operator_retire_product(made.id);
        let retired: OperatorProduct = ops.post_once(&path, &json!({})).await.data();
        assert_eq!(retired.status, ProductStatus::Retired);
        ops.post_once(&path, &json!({})).await.problem(409, ProblemCode::InvalidTransition);
        assert!(mara.read::<Page<Product>>(paths::PRODUCTS).await.items[0].is_retired);
    }
}

on_both_databases! {
    async fn wrong_products_and_prices_are_refused(engine) {
        let app = TestApp::start(engine).await;
        let ops = app.operator("ops@example.com").await;
        let made = product(&ops, "ai-writer").await;
        let refused = async |path: &str, body: Value, pointer: &str| {
            let problem = ops.post_once(path, &body).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer, "{problem:?}");
        };
        let products = paths::OPERATOR_PRODUCTS;
        refused(products, json!({"reference": "ai-writer", "name": "Again"}), "/reference").await;
        refused(products, json!({"reference": " ", "name": "x"}), "/reference").await;
        refused(products, json!({"reference": "x", "name": ""}), "/name").await;
        refused(products, json!({"reference": "x", "name": "x", "grace_days": 31}), "/grace_days").await;
        refused(products, json!({"reference": "x", "name": "x", "access_url": "javascript:1"}), "/access_url").await;
        refused(products, json!({"reference": "x", "name": "x", "price": 1}), "/price").await;
        let prices = paths::operator_product_prices(made.id);
        let of = |amount: &str, from: &str| json!({"billing_interval": "monthly", "amount": euro(amount), "valid_from_on": from});
        price(&ops, &made, "29", "2026-11-22").await;
        refused(&prices, of("30", "2026-11-22"), "/valid_from_on").await;
        refused(&prices, of("30", "2026-11-21"), "/valid_from_on").await;
        refused(&prices, of("-1", "2026-12-01"), "/amount/amount").await;
        refused(&prices, of("1.001", "2026-12-01"), "/amount").await;
        let nowhere = "/api/v1/operator/products/prd_01k4kneba5pr8v6j2c0d3f7g9h";
        ops.post_once(&format!("{nowhere}/prices"), &of("1", "2026-12-01")).await.problem(404, ProblemCode::NotFound);
        ops.post_once(&format!("{nowhere}/retire"), &json!({})).await.problem(404, ProblemCode::NotFound);
        assert_eq!(ops.read::<OperatorProduct>(&paths::operator_product(made.id)).await.prices.len(), 1);
    }
}

on_both_databases! {
    async fn a_price_migration_has_thirty_days_of_notice(engine) {
        let app = TestApp::start(engine).await;
        let ops = app.operator("ops@example.com").await;
        let made = product(&ops, "ai-writer").await;
        let (old, new) = (price(&ops, &made, "10", "2026-11-22").await, price(&ops, &made, "12", "2026-12-01").await);
        let late = price(&ops, &made, "14", "2027-06-01").await;
        let other = product(&ops, "painter").await;
        let foreign = price(&ops, &other, "12", "2026-11-22").await;
        let of = |from: PriceId, to: PriceId, on: &str| json!({"from_price_id": from, "to_price_id": to, "effective_on": on});
        let refused = async |body: Value, pointer: &str| {
            let problem = ops.post_once(paths::OPERATOR_PRICE_MIGRATIONS, &body).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer, "{problem:?}");
        };
        refused(of(old, new, "2026-12-21"), "/effective_on").await;
        refused(of(old, old, "2026-12-22"), "/to_price_id").await;
        refused(of(old, foreign, "2026-12-22"), "/to_price_id").await;
        refused(of(old, late, "2026-12-22"), "/to_price_id").await;
        refused(of("prc_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap(), new, "2026-12-22"), "/from_price_id").await;
        let announced = ops.post_once(paths::OPERATOR_PRICE_MIGRATIONS, &of(old, new, "2026-12-22")).await;
        assert_eq!(announced.status, 201);
        let announced: PriceMigration = announced.data();
        assert_eq!((announced.from_price_id, announced.to_price_id, announced.activation_count), (old, new, 0));
        refused(of(old, late, "2027-06-01"), "/from_price_id").await;
        // In a circle nobody would know what anything costs.
        refused(of(new, old, "2027-06-01"), "/to_price_id").await;
        ops.post_once(paths::OPERATOR_PRICE_MIGRATIONS, &of(new, late, "2027-06-01")).await.is_done();
        let listed: Page<PriceMigration> = ops.read(paths::OPERATOR_PRICE_MIGRATIONS).await;
        assert_eq!(listed.items.len(), 2);
    }
}
