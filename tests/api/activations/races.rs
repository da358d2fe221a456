//! Many at once: nothing is spent twice, and nothing is lost.

use serde_json::json;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ActivationAction::{Deactivate, Pause, Renew};
use shared::vocab::BillingInterval;
use tests::{Answer, Engine, Shop, on_both_databases};

fn succeeded(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status.is_success()).count()
}

on_both_databases! {
    async fn exactly_as_many_are_activated_as_there_is_money_for(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        shop.top_up(1_000).await;
        let replica = (engine == Engine::Postgres).then(|| shop.app.replica());
        let callers = [shop.owner.clone(), replica.as_ref().map_or_else(|| shop.owner.clone(), |it| shop.owner.at(&it.url()))];
        let body = json!({"client_id": client, "product_id": product, "billing_interval": "monthly"});
        let calls = (0..64).map(|index| callers[index % 2].post_once(paths::ACTIVATIONS, &body));
        let answers = futures_util::future::join_all(calls).await;
        assert_eq!(succeeded(&answers), 10);
        for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
            answer.problem(409, ProblemCode::InsufficientBalance);
        }
        assert_eq!((shop.balance().await, shop.entries().await), (0, 11));
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_period_is_paid_once_however_many_renew(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(100_000).await;
        let answers = futures_util::future::join_all((0..16).map(|_| shop.act(id, Renew, json!({})))).await;
        assert_eq!((succeeded(&answers), shop.balance().await), (1, 97_100));
        for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
            answer.problem(409, ProblemCode::AlreadyRenewedAhead);
        }
        shop.prove().await;
    }
}

on_both_databases! {
    async fn mixed_actions_leave_books_that_agree(engine) {
        let shop = Shop::open(engine).await;
        let mut ids = Vec::new();
        for index in 0..4 {
            ids.push(shop.activated(&format!("Product {index}"), 1_000).await);
        }
        shop.top_up(5_000).await;
        let calls = (0..32_usize).map(|index| {
            let action = [Renew, Pause, Deactivate, Renew][index % 4];
            let body = if action == Deactivate { json!({"takes_effect": "now"}) } else { json!({}) };
            shop.act(ids[(index / 4) % 4], action, body)
        });
        let answers = futures_util::future::join_all(calls).await;
        for answer in &answers {
            assert!(matches!(answer.status.as_u16(), 200 | 409), "{} {}", answer.status, answer.text());
        }
        shop.prove().await;
    }
}
