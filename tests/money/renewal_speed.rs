//! How fast renewals are charged: run by name, with `--ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::time::Instant;

use api::clock::Clock;
use api::features::renewals::service::tick;
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::BillingInterval;
use tests::{Engine, block_on};

use super::stage::{Stage, at};

/// Activations of one reseller.
const EACH: usize = 100;

impl Stage {
    async fn portfolio(&self, now: &str, count: usize) {
        let (product_id, client_id) =
            (self.product(&uuid::Uuid::now_v7().to_string(), 1_000).await, self.client("c").await);
        self.act(now, async |tx, context| {
            use api::features::lifecycle::service::{NewActivation, activate, top_up};
            top_up(tx, &context, 100_000_000, "Bank transfer", None).await?;
            for _ in 0..count {
                let new = NewActivation {
                    id: None,
                    client_id,
                    product_id,
                    interval: BillingInterval::Monthly,
                    auto_renew: true,
                    priority: 5,
                    price_id: None,
                    external_reference: None,
                    notes: None,
                };
                activate(tx, &context, &new).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    }

    async fn count(&self, sql: &str) -> i64 {
        let row = self.db.pool().query_one_raw(Statement::from_string(self.db.backend(), sql)).await.unwrap().unwrap();
        row.try_get("", "count").unwrap()
    }
}

async fn charge_ten_thousand(engine: Engine) {
    let stage = Stage::new(engine).await;
    for _ in 0..100 {
        stage.second_reseller().await.portfolio("2026-02-15", EACH).await;
    }
    let db = stage.replica().await;
    let started = Instant::now();
    let done = tick(&db, &Clock::fixed(at("2026-03-15"))).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    println!("{engine:?}: {} renewals in {seconds:.2} s", done.charged);
    assert_eq!(done.charged, 10_000);
    assert_eq!(stage.count("SELECT COUNT(*) AS count FROM ledger_entries WHERE kind = 'renewal_charge'").await, 10_000);
}

/// A year, day by day: every charge is that of the calendar, and there is no other.
async fn pass_a_year(engine: Engine) {
    let stage = Stage::new(engine).await;
    let mut day = at("2026-01-01");
    for _ in 0..10 {
        stage.portfolio(&day.to_rfc3339(), EACH).await;
        day += TimeDelta::days(3);
    }
    let clock = Clock::fixed(day);
    let started = Instant::now();
    for _ in 0..365 {
        clock.set(clock.system_now() + TimeDelta::days(1));
        tick(&stage.db, &clock).await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64();
    let charged = stage.count("SELECT COUNT(*) AS count FROM ledger_entries WHERE kind = 'renewal_charge'").await;
    println!("{engine:?}: a year, {charged} renewals in {seconds:.2} s");
    // The closed form: of each activation every period that has begun, at the calendar's dates, and none twice.
    let mut expected = 0;
    let sql = "SELECT a.id AS id FROM activations a ORDER BY a.id";
    for row in stage.db.pool().query_all_raw(Statement::from_string(stage.db.backend(), sql)).await.unwrap() {
        let id = shared::vocab::ActivationId(row.try_get("", "id").unwrap());
        let state = stage.load(id).await.state;
        let running = state.term.period_at(clock.system_now()).unwrap().unwrap();
        assert_eq!((state.next_n, state.paid_until_at), (running.n + 1, Some(running.ends_at)));
        expected += i64::from(running.n);
    }
    assert_eq!(charged, expected);
    stage.prove().await;
}

#[test]
#[ignore = "a measurement: run by name"]
fn ten_thousand_renewals_on_sqlite() {
    block_on(charge_ten_thousand(Engine::Sqlite));
}

#[test]
#[ignore = "a measurement: run by name"]
fn ten_thousand_renewals_on_postgres() {
    block_on(charge_ten_thousand(Engine::Postgres));
}

#[test]
#[ignore = "a measurement: run by name"]
fn a_year_day_by_day_on_sqlite() {
    block_on(pass_a_year(Engine::Sqlite));
}

#[test]
#[ignore = "a measurement: run by name"]
fn a_year_day_by_day_on_postgres() {
    block_on(pass_a_year(Engine::Postgres));
}
