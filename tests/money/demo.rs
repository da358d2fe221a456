//! The demo account shows what the screens are made for, whatever the day.

use api::clock::Clock;
use api::config::Secrets;
use api::features::demo::seed;
use api::features::ledger::verify::verify;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::ResellerId;
use tests::on_both_databases;

use super::stage::at;

async fn is_complete(engine: tests::Engine, now: &str) {
    let database = tests::TestDatabase::create(engine).await.unwrap();
    let db = database.connect().await;
    let seeded = seed(&db, &Clock::fixed(at(now)), &Secrets::ephemeral()).await.unwrap();
    assert_eq!(seeded.activations, 103);
    let pool = db.pool();
    let number = async |sql: &str| -> i64 {
        let row = pool.query_one_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap();
        row.unwrap().try_get_by_index(0).unwrap()
    };
    for (status, expected) in [("active", 86), ("paused", 5), ("expired", 4), ("pending", 1), ("deactivated", 7)] {
        let found = number(&format!("SELECT COUNT(*) FROM activations WHERE status = '{status}'")).await;
        assert_eq!(found, expected, "{status} on {now}");
    }
    let grace = "SELECT COUNT(*) FROM activations WHERE grace_until_at IS NOT NULL";
    let ending = "SELECT COUNT(*) FROM activations WHERE status = 'active' AND renews_at IS NULL";
    assert_eq!((number(grace).await, number(ending).await), (1, 3), "{now}");
    assert_eq!(number("SELECT balance_minor FROM ledger_accounts WHERE kind = 'wallet'").await, 47_610, "{now}");
    let active = number(
        "SELECT CAST(SUM(change_30) AS BIGINT) FROM usage_day_counts WHERE scope_kind = 0 \
         AND day <= (SELECT MAX(day) FROM usage_day_counts WHERE active > 0)",
    )
    .await;
    assert!((1_050..1_350).contains(&active), "{active} on {now}");
    let row = pool
        .query_one_raw(Statement::from_string(pool.get_database_backend(), "SELECT id FROM resellers"))
        .await
        .unwrap()
        .unwrap();
    let reseller_id = ResellerId(row.try_get_by_index(0).unwrap());
    assert_eq!(verify(pool, reseller_id).await.unwrap(), Vec::<String>::new());
    // A second time would double everything.
    assert!(seed(&db, &Clock::fixed(at(now)), &Secrets::ephemeral()).await.is_err());
}

on_both_databases! {
    async fn it_is_complete(engine) {
        is_complete(engine, "2026-11-22T13:02:00Z").await;
    }
}

#[test]
fn it_is_complete_just_after_midnight_and_at_the_turn_of_the_year() {
    tests::block_on(async {
        is_complete(tests::Engine::Sqlite, "2026-11-22T23:10:00Z").await;
        is_complete(tests::Engine::Sqlite, "2027-01-01T12:00:00Z").await;
    });
}
