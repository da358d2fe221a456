//! The wallet never falls below zero, however many spend at once.

use api::db::KeyedRequest;
use api::error::Error;
use sea_orm::{ConnectionTrait, Statement};
use shared::problem::ProblemCode;
use tests::{Engine, on_both_databases};

use super::stage::{Stage, at, code};

on_both_databases! {
    async fn of_many_at_once_exactly_as_many_succeed_as_the_balance_covers(engine) {
        let stage = Stage::new(engine).await;
        let (product, client) = (stage.product("ai-writer", 1_000).await, stage.client("kestrel").await);
        stage.top_up("2026-03-01", 10_500).await;
        let attempts = (0..32).map(|_| stage.activate("2026-03-01T09:00:00Z", product, client));
        let outcomes = futures_util::future::join_all(attempts).await;
        let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 10);
        assert!(refused.into_iter().all(|refused| code(refused) == ProblemCode::InsufficientBalance));
        assert_eq!(stage.balance().await, 500);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_refusal_leaves_no_trace(engine) {
        let stage = Stage::new(engine).await;
        let (product, client) = (stage.product("ai-writer", 1_000).await, stage.client("kestrel").await);
        stage.top_up("2026-03-01", 999).await;
        let refused = stage.activate("2026-03-01T09:00:00Z", product, client).await.unwrap_err();
        let problem = refused.problem("req_1");
        let amounts = [problem.required, problem.available, problem.shortfall].map(|money| money.unwrap().minor);
        assert_eq!((refused.code(), amounts), (ProblemCode::InsufficientBalance, [1_000, 999, 1]));
        assert_eq!(stage.balance().await, 999);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn an_adjustment_cannot_take_more_than_there_is(engine) {
        use api::features::lifecycle::service::adjust;
        let stage = Stage::new(engine).await;
        stage.top_up("2026-03-01", 500).await;
        let too_much = stage
            .act("2026-03-01", async |tx, context| adjust(tx, &context, -501, "Correction", None).await)
            .await;
        assert_eq!(code(too_much), ProblemCode::InsufficientBalance);
        let entry = stage
            .act("2026-03-01", async |tx, context| adjust(tx, &context, -500, "Correction", None).await)
            .await
            .unwrap();
        assert_eq!((entry.sequence, entry.wallet_minor, entry.balance_after_minor), (2, -500, 0));
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_key_posts_once(engine) {
        use api::features::lifecycle::service::{Context, top_up};
        let stage = Stage::new(engine).await;
        let post = async || {
            stage
                .act("2026-03-01", async |tx, context| {
                    let context = Context { idempotency_key: Some("key-1"), ..context };
                    top_up(tx, &context, 100, "Bank transfer", None).await
                })
                .await
        };
        assert!(post().await.is_ok());
        assert!(post().await.is_err());
        assert_eq!((stage.balance().await, at("2026-03-01").timestamp() > 0), (100, true));
        stage.prove().await;
    }
}

/// A caller that hangs up ends its turn while its effect is on its way to the disk: who asks with the same key at that
/// moment gets its answer, and not `idempotency_key_reused`.
#[test]
fn an_answer_that_is_being_committed_is_replayed() {
    tests::block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        let (reseller_id, received_at) = (stage.reseller.id, at("2026-01-02"));
        let request = KeyedRequest { key: "once", fingerprint: b"the same", received_at };
        let begun = tokio::sync::Notify::new();
        let first = stage.db.write(reseller_id, async |tx| {
            begun.notify_one();
            // So long that the other one has looked, and found nothing.
            for _ in 0..50 {
                stage.db.ping().await?;
            }
            let sql = "INSERT INTO idempotency_keys (reseller_id, key, fingerprint, status, body, created_at, expires_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let values: [sea_orm::Value; 7] = [
                reseller_id.0.into(),
                request.key.into(),
                request.fingerprint.to_vec().into(),
                201_i16.into(),
                b"done".to_vec().into(),
                received_at.into(),
                (received_at + chrono::TimeDelta::days(7)).into(),
            ];
            let statement = Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, values);
            tx.connection().execute_raw(statement).await?;
            Ok(())
        });
        let second = async {
            begun.notified().await;
            stage.db.write_once(reseller_id, request, async |_| Err(Error::not_found())).await
        };
        let (first, second) = futures_util::future::join(first, second).await;
        first.unwrap();
        let answered = second.unwrap();
        assert!(answered.is_replayed);
        assert_eq!((answered.answer.status, answered.answer.body), (201, b"done".to_vec()));
    });
}
