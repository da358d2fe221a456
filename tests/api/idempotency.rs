//! `Idempotency-Key`: an effect happens at most once, and its answer is given again byte for byte.

use serde_json::{Value, json};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationAction, ActivationId, BillingInterval, Role};
use tests::shop::new_key;
use tests::{Answer, Shop, on_both_databases};

fn renew(id: ActivationId) -> String {
    paths::activation_action(id, ActivationAction::Renew)
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

on_both_databases! {
    async fn the_same_request_again_gets_the_same_bytes_and_moves_nothing(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(10_000).await;
        let first = shop.owner.post_keyed(&renew(id), "k", &json!({})).await;
        first.is_done();
        assert!(!is_replay(&first));
        let (balance, entries) = (shop.balance().await, shop.entries().await);
        // Whatever has happened since: the answer is the one of then.
        shop.act(id, ActivationAction::Deactivate, json!({"takes_effect": "now"})).await.is_done();
        let after = (shop.balance().await, shop.entries().await);
        let again = shop.owner.post_keyed(&renew(id), "k", &json!({})).await;
        assert!(is_replay(&again));
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
        assert_eq!((shop.balance().await, shop.entries().await), after);
        assert_ne!((balance, entries), after);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_created_activation_is_answered_again_with_201(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 2_900)]).await;
        let client = shop.client("Ana").await;
        shop.top_up(10_000).await;
        let body = json!({"client_id": client, "product_id": product, "billing_interval": "monthly"});
        let first = shop.owner.post_keyed(paths::ACTIVATIONS, "k", &body).await;
        let again = shop.owner.post_keyed(paths::ACTIVATIONS, "k", &body).await;
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
        assert_eq!((first.bytes == again.bytes, is_replay(&again)), (true, true));
        let page: Value = shop.owner.read("/api/v1/activations?include_total=true").await;
        assert_eq!((page["page"]["total"].as_i64(), shop.balance().await), (Some(1), 7_100));
    }
}

on_both_databases! {
    async fn a_key_stands_for_one_request(engine) {
        let shop = Shop::open(engine).await;
        let (id, other) = (shop.activated("a", 2_900).await, shop.activated("b", 2_900).await);
        shop.top_up(10_000).await;
        let pause = paths::activation_action(id, ActivationAction::Pause);
        shop.owner.post_keyed(&pause, "k", &json!({})).await.is_done();
        let reused = ProblemCode::IdempotencyKeyReused;
        shop.owner.post_keyed(&pause, "k", &json!({"reason": "Other"})).await.problem(422, reused);
        shop.owner.post_keyed(&renew(other), "k", &json!({})).await.problem(422, reused);
        shop.owner.post_keyed(paths::CLIENTS, "k", &json!({"name": "Ana"})).await.problem(422, reused);
        // Another reseller's keys are its own.
        let rival = shop.app.reseller("Rival").await;
        let rival = shop.app.with_key(rival, Role::Owner.permissions()).await;
        rival.post_keyed(paths::CLIENTS, "k", &json!({"name": "Ana"})).await.is_done();
        assert_eq!(shop.balance().await, 10_000);
    }
}

on_both_databases! {
    async fn a_key_is_needed_and_must_be_one(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        for path in [paths::ACTIVATIONS.to_owned(), paths::ACTIVATIONS_BULK.to_owned(), paths::CLIENTS.to_owned(), renew(id)] {
            shop.owner.post(&path, &json!({})).await.problem(400, ProblemCode::IdempotencyKeyMissing);
        }
        let long = "k".repeat(65);
        for key in ["", long.as_str()] {
            shop.owner.post_keyed(&renew(id), key, &json!({})).await.problem(400, ProblemCode::Malformed);
        }
    }
}

on_both_databases! {
    async fn a_refusal_keeps_nothing_so_the_same_key_may_be_tried_again(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        let problem = shop.owner.post_keyed(&renew(id), "k", &json!({})).await.problem(409, ProblemCode::InsufficientBalance);
        let amounts = [problem.required, problem.available, problem.shortfall].map(|money| money.unwrap().amount());
        assert_eq!(amounts, ["29.00", "0.00", "29.00"]);
        shop.top_up(2_900).await;
        // With another body too.
        let answer = shop.owner.post_keyed(&renew(id), "k", &json!({"expected": null})).await;
        answer.is_done();
        assert!(!is_replay(&answer));
        assert_eq!(shop.balance().await, 0);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn permission_and_syntax_come_before_the_key(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(2_900).await;
        shop.owner.post_keyed(&renew(id), "k", &json!({})).await.is_done();
        let viewer = shop.app.with_key(shop.id(), Role::Viewer.permissions()).await;
        viewer.post_keyed(&renew(id), "k", &json!({})).await.problem(403, ProblemCode::PermissionDenied);
        shop.app.anonymous().post_keyed(&renew(id), "k", &json!({})).await.problem(401, ProblemCode::Unauthenticated);
        let unknown = shop.owner.post_keyed(&renew(id), "k", &json!({"expectd": null})).await;
        assert!(unknown.problem(422, ProblemCode::ValidationFailed).errors[0].message.contains("expected"));
    }
}

on_both_databases! {
    async fn after_seven_days_a_key_is_new_unless_money_was_moved_with_it(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(10_000).await;
        let body = json!({"name": "Ana"});
        let first = shop.owner.post_keyed(paths::CLIENTS, "client", &body).await;
        shop.owner.post_keyed(&renew(id), "money", &json!({})).await.is_done();
        shop.app.set_time("2026-11-29T13:01:59Z");
        assert_eq!(shop.owner.post_keyed(paths::CLIENTS, "client", &body).await.bytes, first.bytes);
        shop.app.set_time("2026-11-29T13:02:00Z");
        let later = shop.owner.post_keyed(paths::CLIENTS, "client", &body).await;
        assert_eq!((later.status.as_u16(), is_replay(&later)), (201, false));
        assert_ne!(later.bytes, first.bytes);
        let other = shop.activated("Other", 2_900).await;
        let balance = shop.balance().await;
        // The ledger remembers for good: at most one posting per key.
        shop.owner.post_keyed(&renew(other), "money", &json!({})).await.problem(422, ProblemCode::IdempotencyKeyReused);
        assert_eq!(shop.balance().await, balance);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn a_storm_of_duplicates_has_one_effect_and_one_answer(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        shop.top_up(100_000).await;
        let body = json!({"client_id": client, "product_id": product, "billing_interval": "monthly"});
        for _ in 0..5 {
            let (key, before) = (new_key(), shop.balance().await);
            let send = || async {
                loop {
                    let answer = shop.owner.post_keyed(paths::ACTIVATIONS, &key, &body).await;
                    if answer.status.as_u16() != 409 {
                        return answer;
                    }
                    answer.problem(409, ProblemCode::IdempotencyInFlight);
                    assert_eq!(answer.header("retry-after"), Some("1"));
                    tokio::task::yield_now().await;
                }
            };
            let answers = futures_util::future::join_all((0..20).map(|_| send())).await;
            for answer in &answers {
                assert_eq!((answer.status.as_u16(), answer.text()), (201, answers[0].text()));
            }
            assert_eq!(answers.iter().filter(|answer| !is_replay(answer)).count(), 1);
            assert_eq!(before - shop.balance().await, 100);
        }
        shop.prove().await;
    }
}

on_both_databases! {
    async fn two_processes_do_not_do_it_twice_either(engine) {
        if engine == tests::Engine::Sqlite {
            return;
        }
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 2_900).await;
        shop.top_up(10_000).await;
        let replica = shop.app.replica();
        for round in 0..10 {
            let (key, body) = (new_key(), json!({"reason": format!("{round}")}));
            let action = if round % 2 == 0 { ActivationAction::Pause } else { ActivationAction::Resume };
            let path = paths::activation_action(id, action);
            let callers = [shop.owner.clone(), shop.owner.at(&replica.url())];
            let answers = futures_util::future::join_all(callers.iter().map(|it| it.post_keyed(&path, &key, &body))).await;
            let effects = answers.iter().filter(|answer| answer.status.is_success() && !is_replay(answer)).count();
            assert_eq!(effects, 1, "{answers:?}");
            for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
                answer.problem(409, ProblemCode::IdempotencyInFlight);
            }
        }
    }
}
