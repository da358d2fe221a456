//! P3: what the calls of the dashboard cost a small reseller, and the same on everything large, with a write before every read.

use std::time::{Duration, Instant};

use api::auth::Actor;
use api::features::accounts::service as accounts;
use api::features::lifecycle::service::{self as lifecycle, Context};
use chrono::{Datelike, NaiveDate, TimeDelta};
use sea_orm::ConnectionTrait;
use secrecy::ExposeSecret;
use shared::paths;
use shared::vocab::{BillingInterval, Role};
use tests::{Caller, Engine};

use crate::copies::{copy_activations, copy_reseller, keep_house_as_if_for_years, written};
use crate::measure::{Timings, probes};
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, at, engines};

/// Flat.
pub const PROOF: Proof = Proof {
    id: "P3",
    claim: "with a write before every read the p50 of every call of the dashboard grows at most 1.3 times from 1,000 to 100,000 \
            activations, from 1,000 to 100,000 end users, and from 10 to 10,000 resellers",
    run: |report, size| tests::block_on(run(report, size)),
};

const LIMIT: f64 = 1.3;
/// Intervals, and for how many days one is not due yet.
const INTERVALS: [(BillingInterval, i64); 4] = [
    (BillingInterval::Monthly, 28),
    (BillingInterval::Quarterly, 89),
    (BillingInterval::Semiannual, 179),
    (BillingInterval::Yearly, 359),
];
/// Days of usage. One in twenty uses something on a day, each every twentieth day.
const DAYS: i64 = 180;

async fn run(report: &mut Report, size: Size) {
    let rounds = size.pick(30, 2);
    for engine in engines() {
        let (many, few) = (size.pick(1_000, 40), size.pick(250, 10));
        let small = Side::new(engine, many).await;
        let large = Side::new(engine, many).await;
        copy_activations(&large.stand, large.account.reseller.id, size.pick(99, 3)).await;
        compare(report, &format!("{engine:?}, activations × {}", size.pick(100, 4)), size, rounds, &small, &large)
            .await;

        // The same stand, which has few end users, beside one that has many.
        let large = Side::new(engine, many).await;
        for (side, users) in [(&small, size.pick(1_000, 100)), (&large, size.pick(100_000, 400))] {
            side.add_users(users).await;
        }
        compare(report, &format!("{engine:?}, end users × {}", size.pick(100, 4)), size, rounds, &small, &large).await;
        drop((small, large));

        let small = Side::new(engine, few).await;
        copy_reseller(&small.stand, small.account.reseller.id, 9).await;
        let large = Side::new(engine, few).await;
        copy_reseller(&large.stand, large.account.reseller.id, size.pick(9_999, 39)).await;
        compare(report, &format!("{engine:?}, resellers × {}", size.pick(1_000, 4)), size, rounds, &small, &large)
            .await;
    }
    report.figure(format!("{rounds} rounds, a write before every read"));
    report.figure(probes());
}

/// A server and the reseller that is looked at.
struct Side {
    stand: Stand,
    account: Account,
    caller: Caller,
}

impl Side {
    async fn new(engine: Engine, activations: i64) -> Self {
        let stand = Stand::inside(engine, 1).await;
        let account = stand.account("growth", 900_000_000_000).await;
        let products = 5;
        for number in 0..products {
            let product = stand.product(&format!("product {number}"), 500 + 150 * number).await;
            let moment = |index: i64| {
                let (_, days) = INTERVALS[usize::try_from(index % 4).unwrap()];
                stand.clock.now(&account.reseller) - TimeDelta::days((index * products + number) / 4 % days)
            };
            let moments: Vec<_> = (0..activations / products).map(moment).collect();
            let intervals = INTERVALS.map(|(interval, _)| interval);
            crate::business::put_in_service(&stand, &account, product, &intervals, &moments).await;
        }
        let (id, scopes) = (account.reseller.id, Role::Owner.permissions());
        let (_, secret) = accounts::create_api_key(&stand.db, &stand.clock, id, "growth", scopes).await.unwrap();
        let authorization = format!("Bearer {}", secret.expose_secret());
        let caller = Caller::new(&stand.url()).with_header("authorization", &authorization);
        keep_house_as_if_for_years(&stand).await;
        Self { stand, account, caller }
    }

    async fn write(&self) {
        let actor = Actor::system();
        let context = Context::new(&self.account.reseller, self.stand.clock.system_now(), &actor);
        let credit = async |tx: &api::db::WriteTx| lifecycle::top_up(tx, &context, 1, "Growth", None).await;
        self.stand.db.write(self.account.reseller.id, credit).await.unwrap();
    }

    async fn time(&self, path: &str) -> Duration {
        self.write().await;
        let path = path.replace("{client}", &self.account.client_id.to_string());
        let started = Instant::now();
        self.caller.get(&path).await.is_done();
        started.elapsed()
    }

    /// So many end users, one in twenty of whom uses something on each of the last days, past the counting.
    async fn add_users(&self, users: i64) {
        let engine = self.stand.engine;
        let (reseller, client) =
            (written(engine, self.account.reseller.id.0), written(engine, self.account.client_id.0));
        let (new_id, nobody) = match engine {
            Engine::Sqlite => ("randomblob(16)", "zeroblob(16)"),
            Engine::Postgres => ("gen_random_uuid()", "CAST('00000000-0000-0000-0000-000000000000' AS uuid)"),
        };
        let hash = if engine == Engine::Sqlite { "randomblob(32)" } else { "decode(md5(CAST(n AS text)), 'hex')" };
        let today_on = at(crate::stand::NOW).date_naive();
        let (today, first) = (day_number(today_on), day_number(today_on) - DAYS + 1);
        let seen = "'2026-11-20T10:00:00+00:00'";
        let numbers = |end: i64| format!("n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {end} - 1)");
        let days = format!("d(d) AS (SELECT {first} UNION ALL SELECT d + 1 FROM d WHERE d < {today})");
        let each_day = users / 20;
        let mut weeks = Vec::new();
        let mut monday = today - i64::from(today_on.weekday().num_days_from_monday());
        while monday >= first {
            weeks.push(format!("({reseller}, 1, 0, {nobody}, 'week', {monday}, {})", each_day * 7));
            monday -= 7;
        }
        let statements = [
            format!(
                "UPDATE usage_states SET next_end_user_no = {users}, first_day = {first}, ever_used = {users} \
                 WHERE reseller_id = {reseller}"
            ),
            format!(
                "INSERT INTO end_users (reseller_id, no, id, client_id, key_hash, first_used_at, last_used_at) \
                 WITH RECURSIVE {} SELECT {reseller}, n, {new_id}, {client}, {hash}, {seen}, {seen} FROM n",
                numbers(users)
            ),
            format!(
                "INSERT INTO usage_presence (reseller_id, epoch, end_user_no, scope_kind, scope_id, day) \
                 WITH RECURSIVE {}, {days} SELECT {reseller}, 1, n, 0, {nobody}, d FROM n CROSS JOIN d WHERE (n + d) % 20 = 0",
                numbers(users)
            ),
            format!(
                "INSERT INTO usage_day_counts (reseller_id, epoch, scope_kind, scope_id, day, active, change_7, change_30) \
                 WITH RECURSIVE {days} SELECT {reseller}, 1, 0, {nobody}, d, {each_day}, 0, \
                 CASE WHEN d < {first} + 20 THEN {each_day} ELSE 0 END FROM d"
            ),
            format!(
                "INSERT INTO usage_bucket_counts (reseller_id, epoch, scope_kind, scope_id, bucket, first_day, active) VALUES {}",
                weeks.join(", ")
            ),
            // All belong to the one client.
            format!(
                "INSERT INTO usage_day_counts (reseller_id, epoch, scope_kind, scope_id, day, active, change_7, change_30) \
                 SELECT reseller_id, epoch, 3, {client}, day, active, change_7, change_30 FROM usage_day_counts \
                 WHERE reseller_id = {reseller} AND scope_kind = 0"
            ),
            format!(
                "INSERT INTO usage_bucket_counts (reseller_id, epoch, scope_kind, scope_id, bucket, first_day, active) \
                 SELECT reseller_id, epoch, 3, {client}, bucket, first_day, active FROM usage_bucket_counts \
                 WHERE reseller_id = {reseller} AND scope_kind = 0"
            ),
        ];
        let added = self.stand.db.write_shared(async |tx| {
            if engine == Engine::Postgres {
                tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            }
            for statement in &statements {
                let statement = if engine == Engine::Postgres {
                    statement.replace(seen, &format!("CAST({seen} AS timestamptz)"))
                } else {
                    statement.clone()
                };
                tx.execute_unprepared(&statement).await?;
            }
            Ok(())
        });
        added.await.unwrap();
        keep_house_as_if_for_years(&self.stand).await;
    }
}

fn day_number(on: NaiveDate) -> i64 {
    i64::from(on.to_epoch_days())
}

/// What the dashboard asks for, and the page of a client.
fn calls() -> Vec<String> {
    let mut calls: Vec<String> = [
        paths::SESSION,
        paths::OVERVIEW,
        paths::RECURRING_COSTS,
        paths::ACTIVATION_COUNTS,
        paths::WALLET,
        paths::FORECAST,
        paths::UPCOMING_RENEWALS,
        paths::PRODUCTS,
    ]
    .map(str::to_owned)
    .into();
    for range in ["7d", "30d", "6m"] {
        calls.push(format!("{}?range={range}", paths::DASHBOARD));
        calls.push(format!("{}?range={range}", paths::ACTIVE_USERS));
    }
    calls.push(format!("{}?client={{client}}&range=6m", paths::ACTIVE_USERS));
    calls.push(format!("{}?limit=25&include_total=true", paths::ACTIVATIONS));
    calls.push(format!("{}?limit=25", paths::END_USERS));
    calls
}

/// Each call on both sides in turn, so that both have the same neighbours.
async fn compare(report: &mut Report, name: &str, size: Size, rounds: usize, small: &Side, large: &Side) {
    let mut worst = (0.0_f64, String::new());
    // Each connection prepares, and PostgreSQL plans, a statement anew the first times.
    for _ in 0..size.pick(10, 1) {
        for path in calls() {
            for side in [small, large] {
                side.time(&path).await;
            }
        }
    }
    for path in calls() {
        let (mut of_small, mut of_large) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            of_small.push(small.time(&path).await);
            of_large.push(large.time(&path).await);
        }
        let (one, other) = (Timings::new(of_small).percentile(50), Timings::new(of_large).percentile(50));
        let growth = other / one;
        let line = format!("{path} {one:.2} to {other:.2} ms, {growth:.2} times");
        Report::line(format!("{name}: {line}"));
        report.check(growth <= LIMIT || size == Size::Quick, format!("{name}: {line}"));
        if growth > worst.0 {
            worst = (growth, line);
        }
    }
    report.figure(format!("{name}: at most {}", worst.1));
}
