//! P5: what taking in usage costs over HTTP, beside the statements that it takes sent by the driver alone.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use api::features::accounts::service as accounts;
use api::features::usage::service::{NewUsageEvent, ingest};
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::usage_event::RecordedUsageEvents;
use shared::paths;
use shared::vocab::{ActivationId, BillingInterval, Permission, UsageEventOutcome};
use tests::{Caller, Dice, Engine};

use crate::measure::probes;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, NOW, Stand, at, engines};

/// Taken in nearly as fast as the database takes it.
pub const PROOF: Proof = Proof {
    id: "P5",
    claim: "usage events over HTTP in batches of 1,000 from 2 senders: at least half as many a second as the same statements sent by \
            the driver alone; every count is exact, and a dashboard shows a batch within a second of its answer",
    run: |report, size| tests::block_on(run(report, size)),
};

/// Runs of each kind in turn; the best ratio counts.
const RUNS: usize = 3;
const SENDERS: usize = 2;
const LIMIT: f64 = 0.5;
const FRESH_WITHIN: Duration = Duration::from_secs(1);
/// Days over which the events are spread.
const DAYS: usize = 7;
/// What usage leaves behind, what depends on others first.
const TABLES: [&str; 6] =
    ["usage_presence", "usage_day_counts", "usage_bucket_counts", "usage_events", "end_users", "usage_states"];

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        let scene = Scene::new(engine, size).await;
        let batches = scene.statements().await;
        let (mut best, mut told) = (0.0_f64, String::new());
        for _ in 0..size.pick(RUNS, 1) {
            let driver = scene.drive(&batches).await;
            let ours = scene.send(report).await;
            scene.is_exact(report).await;
            let line = format!("{ours:.0} events/s over HTTP of {driver:.0} by the driver");
            Report::line(format!("{engine:?}: {line}"));
            if ours / driver > best {
                (best, told) = (ours / driver, line);
            }
        }
        let longest = scene.is_fresh(report, size).await;
        let statements: usize = batches.iter().map(Vec::len).sum();
        let figure = format!(
            "{engine:?}: {best:.2} ({told}), {} statements a batch of {}, on the dashboard after at most {} ms",
            statements / batches.len(),
            scene.events[0].len(),
            longest.as_millis()
        );
        report.check(best >= LIMIT || size == Size::Quick, figure.clone());
        report.figure(figure);
    }
    report.figure(probes());
}

/// A server, a reseller with activations that nobody used yet, and what is going to be sent.
struct Scene {
    stand: Stand,
    account: Account,
    caller: Caller,
    activations: Vec<ActivationId>,
    /// In batches.
    events: Vec<Vec<NewUsageEvent>>,
}

impl Scene {
    async fn new(engine: Engine, size: Size) -> Self {
        let stand = Stand::inside(engine, 1).await;
        let account = stand.account("usage", 900_000_000).await;
        let product = stand.product("writer", 1).await;
        let moments = vec![at(NOW) - TimeDelta::days(40); size.pick(100, 10)];
        let yearly = [BillingInterval::Yearly];
        let placed = crate::business::put_in_service(&stand, &account, product, &yearly, &moments).await;
        let activations: Vec<_> = placed.iter().map(|placed| placed.id).collect();
        let (batches, in_batch) = (size.pick(100, 4), size.pick(1_000, 100));
        let (mut dice, mut made) = (Dice::new(5), 0);
        let people = batches * in_batch / 25;
        let mut event = || {
            made += 1;
            let minutes = i64::try_from(dice.below(DAYS * 24 * 60)).unwrap();
            NewUsageEvent {
                id: format!("event-{made}"),
                activation_id: activations[dice.below(activations.len())],
                end_user_key: format!("person{}@example.com", dice.below(people)),
                occurred_at: at(NOW) - TimeDelta::minutes(minutes),
                label: None,
            }
        };
        let events = (0..batches).map(|_| (0..in_batch).map(|_| event()).collect()).collect();
        let scopes =
            [Permission::UsageWrite, Permission::UsageRead, Permission::ActivationsRead, Permission::WalletRead];
        let (_, secret) =
            accounts::create_api_key(&stand.db, &stand.clock, account.reseller.id, "usage", &scopes).await.unwrap();
        let authorization = format!("Bearer {}", secret.expose_secret());
        let caller = Caller::new(&stand.url()).with_header("authorization", &authorization);
        Self { stand, account, caller, activations, events }
    }

    /// As before the first event.
    async fn forget_usage(&self) {
        let pool = self.stand.db.pool();
        for table in TABLES {
            let truncate = if self.stand.engine == Engine::Sqlite { "DELETE FROM" } else { "TRUNCATE" };
            pool.execute_unprepared(&format!("{truncate} {table}")).await.unwrap();
        }
    }

    /// What each batch sends to the database, as the server does it.
    async fn statements(&self) -> Vec<Vec<Statement>> {
        let heard: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let ear = heard.clone();
        let told = move |statement: &Statement| ear.lock().unwrap().push(statement.clone());
        let db = api::db::connect_told(self.stand.database_url(), 1, told).await.unwrap();
        let (reseller, secret) = (&self.account.reseller, SecretString::from("of the proof"));
        let mut batches = Vec::with_capacity(self.events.len());
        for batch in &self.events {
            let work = async |tx: &api::db::WriteTx| ingest(tx, reseller, batch, None, at(NOW), &secret).await;
            db.write(reseller.id, work).await.unwrap();
            batches.push(std::mem::take(&mut *heard.lock().unwrap()));
        }
        db.pool().clone().close().await.unwrap();
        batches
    }

    /// Events a second where the driver sends those statements over one connection, a transaction for each batch.
    async fn drive(&self, batches: &[Vec<Statement>]) -> f64 {
        self.forget_usage().await;
        let db = api::db::connect(self.stand.database_url(), 1).await.unwrap();
        let begin = if self.stand.engine == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        let started = Instant::now();
        for batch in batches {
            db.pool().execute_unprepared(begin).await.unwrap();
            for statement in batch {
                db.pool().query_all_raw(statement.clone()).await.unwrap();
            }
            db.pool().execute_unprepared("COMMIT").await.unwrap();
        }
        let rate = self.rate_since(started);
        db.pool().clone().close().await.unwrap();
        rate
    }

    /// Events a second over HTTP.
    async fn send(&self, report: &mut Report) -> f64 {
        self.forget_usage().await;
        let bodies: VecDeque<_> = self.events.iter().map(|batch| body(batch)).collect();
        let (bodies, wrong) = (RefCell::new(bodies), RefCell::new(Vec::new()));
        let started = Instant::now();
        let senders = (0..SENDERS).map(|_| async {
            loop {
                let Some(body) = bodies.borrow_mut().pop_front() else { return };
                let recorded: RecordedUsageEvents = self.caller.post(paths::USAGE_EVENTS, &body).await.data();
                let all = recorded.items.iter().all(|item| item.outcome == UsageEventOutcome::Counted);
                if !all || recorded.items.len() != self.events[0].len() {
                    wrong.borrow_mut().push(format!("{:?}", recorded.totals));
                }
            }
        });
        join_all(senders).await;
        let rate = self.rate_since(started);
        for totals in wrong.take() {
            report.fail(format!("{:?}: a batch of new events answered {totals}", self.stand.engine));
        }
        rate
    }

    fn rate_since(&self, started: Instant) -> f64 {
        let events: usize = self.events.iter().map(Vec::len).sum();
        f64::from(u32::try_from(events).unwrap()) / started.elapsed().as_secs_f64()
    }

    /// The people of each day are those of sets.
    async fn is_exact(&self, report: &mut Report) {
        let mut people: BTreeMap<NaiveDate, HashSet<&str>> = BTreeMap::new();
        for event in self.events.iter().flatten() {
            people.entry(self.account.reseller.date_of(event.occurred_at)).or_default().insert(&event.end_user_key);
        }
        let path = format!("{}?range=30d", paths::ACTIVE_USERS);
        let series: ActiveUsersSeries = self.caller.read(&path).await;
        for point in &series.points {
            let expected = people.get(&point.from_on).map_or(0, HashSet::len);
            let found = point.value.unwrap_or(0);
            let is_equal = i64::try_from(expected) == Ok(found);
            let text = || format!("{:?}, {}: {found} instead of {expected}", self.stand.engine, point.from_on);
            report.check(is_equal, if is_equal { String::new() } else { text() });
        }
    }

    /// How long it takes from a batch's answer until a dashboard shows the new person in it, at most.
    async fn is_fresh(&self, report: &mut Report, size: Size) -> Duration {
        let mut longest = Duration::ZERO;
        for round in 0..size.pick(20, 3) {
            let before = self.ever_used().await;
            let event = NewUsageEvent {
                id: format!("fresh-{round}"),
                activation_id: self.activations[0],
                end_user_key: format!("new{round}@example.com"),
                occurred_at: at(NOW),
                label: None,
            };
            self.caller.post(paths::USAGE_EVENTS, &body(&[event])).await.is_done();
            let answered = Instant::now();
            while self.ever_used().await != before + 1 && answered.elapsed() < FRESH_WITHIN {}
            longest = longest.max(answered.elapsed());
        }
        let text = format!("{:?}: not on the dashboard after {} ms", self.stand.engine, longest.as_millis());
        report.check(longest < FRESH_WITHIN, text);
        longest
    }

    async fn ever_used(&self) -> i64 {
        let dashboard: Dashboard = self.caller.read(paths::DASHBOARD).await;
        let Section::Data(overview) = dashboard.overview else { panic!("no overview") };
        overview.total_active_users.ever_used
    }
}

fn body(batch: &[NewUsageEvent]) -> serde_json::Value {
    let written = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    let events = batch.iter().map(|event| {
        json!({
            "id": event.id,
            "activation_id": event.activation_id,
            "end_user_key": event.end_user_key,
            "occurred_at": written(event.occurred_at),
        })
    });
    json!({ "events": events.collect::<Vec<_>>() })
}
