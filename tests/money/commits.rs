//! Writers that wait at the same time share a commit; what one of them does or suffers is no business of the others.

use std::time::Duration;

use api::features::ledger::store::find_wallet;
use api::features::lifecycle::service as lifecycle;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use shared::problem::ProblemCode;
use tests::{Engine, on_both_databases};
use tokio::time::timeout;

use super::stage::{Stage, at, code};

const NOW: &str = "2026-03-01";

on_both_databases! {
    async fn who_is_answered_is_durable_and_who_is_refused_left_nothing(engine) {
        let stage = Stage::new(engine).await;
        stage.top_up(NOW, 1_000).await;
        let replica = stage.replica().await;
        // Every other one takes more than there is.
        let post = async |number: i64| {
            let minor = if number % 2 == 0 { number } else { -100_000 };
            let posted = stage.act(NOW, async |tx, context| {
                lifecycle::adjust(tx, &context, minor, &format!("Number {number}"), None).await
            });
            let posted = posted.await;
            // Answered means that every other process sees it.
            if let Ok(entry) = &posted {
                let wallet = find_wallet(replica.pool(), stage.reseller.id).await.unwrap().unwrap();
                assert!(wallet.last_sequence >= entry.sequence, "{number} was answered before its commit");
            }
            (number, posted)
        };
        for (number, posted) in join_all((1..=40).map(post)).await {
            match number % 2 {
                0 => assert!(posted.is_ok(), "{number}: {posted:?}"),
                _ => assert_eq!(code(posted), ProblemCode::InsufficientBalance),
            }
        }
        assert_eq!(stage.balance().await, 1_000 + (2..=40).step_by(2).sum::<i64>());
        stage.prove().await;
    }
}

#[test]
fn sixty_four_at_once_wait_for_the_disk_a_few_times() {
    tests::block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        stage.top_up(NOW, 1_000).await;
        let post = async |number: i64| {
            stage.act(NOW, async |tx, context| lifecycle::adjust(tx, &context, number, "At once", None).await).await
        };
        stage.db.pool().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        let before = stage.wal();
        for number in 1..=3 {
            post(number).await.unwrap();
        }
        let alone = stage.wal();
        assert_eq!(alone.commits_since(before), Some(3), "one after the other");
        let together = join_all((1..=64).map(post)).await;
        assert!(together.iter().all(Result::is_ok), "{together:?}");
        let commits = stage.wal().commits_since(alone).unwrap();
        // The first begins; those that wait by then share its commit. Who comes later shares the next.
        assert!((1..=4).contains(&commits), "64 writers made {commits} commits");
        stage.prove().await;
    });
}

on_both_databases! {
    async fn a_writer_that_is_cut_off_takes_nobody_with_it(engine) {
        let stage = Stage::new(engine).await;
        stage.top_up(NOW, 1_000).await;
        let post = |minor: i64, pause: Duration| {
            let stage = &stage;
            async move {
                let work = async |tx: &api::db::WriteTx, context: lifecycle::Context<'_>| {
                    let entry = lifecycle::adjust(tx, &context, minor, "Correction", None).await?;
                    tokio::time::sleep(pause).await;
                    Ok(entry)
                };
                stage.act(NOW, work).await
            }
        };
        // The first begins the transaction and is dropped in the middle of it, as a closed connection would; the others wait behind.
        let cut_off = timeout(Duration::from_millis(150), post(-700, Duration::from_mins(1)));
        let others = join_all((1..=5).map(|minor| post(minor, Duration::ZERO)));
        let (cut_off, others) = timeout(Duration::from_secs(20), async { tokio::join!(cut_off, others) }).await.unwrap();
        assert!(cut_off.is_err() && others.iter().all(Result::is_ok), "{others:?}");
        assert_eq!(stage.balance().await, 1_000 + 15);
        // Nothing holds the database: another process writes at once.
        let (replica, actor) = (stage.replica().await, api::auth::Actor::system());
        let context = lifecycle::Context::new(&stage.reseller, at(NOW), &actor);
        let write = replica.write(stage.reseller.id, async |tx| {
            lifecycle::adjust(tx, &context, 5, "From another process", None).await
        });
        timeout(Duration::from_secs(3), write).await.unwrap().unwrap();
        assert_eq!(stage.balance().await, 1_020);
        stage.prove().await;
    }
}

on_both_databases! {
    async fn a_rehearsal_among_writers_is_undone_alone(engine) {
        let stage = Stage::new(engine).await;
        stage.top_up(NOW, 1_000).await;
        let actor = api::auth::Actor::system();
        let rehearse = async || {
            let now = at(NOW);
            let work = async |tx: &api::db::WriteTx| {
                let context = lifecycle::Context::new(&stage.reseller, now, &actor);
                lifecycle::adjust(tx, &context, -999, "Rehearsed", None).await
            };
            stage.db.rehearse(stage.reseller.id, work).await
        };
        let write = async |minor: i64| {
            stage.act(NOW, async |tx, context| lifecycle::adjust(tx, &context, minor, "Kept", None).await).await
        };
        let (rehearsed, written) =
            tokio::join!(join_all((0..8).map(|_| rehearse())), join_all((1..=8).map(&write)));
        assert!(written.iter().all(Result::is_ok), "{written:?}");
        assert!(rehearsed.iter().all(Result::is_ok), "{rehearsed:?}");
        assert_eq!(stage.balance().await, 1_036);
        stage.prove().await;
    }
}
