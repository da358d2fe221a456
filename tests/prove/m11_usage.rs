//! M11: usage that comes in any order, again and again, late, from several senders at once, to servers that are killed. Every
//! counter equals sets of people.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use api::auth::Actor;
use api::features::accounts::service as accounts;
use api::features::clients::store::{ClientDetails, insert as insert_client};
use api::features::lifecycle::service::{self as lifecycle, Context, NewActivation};
use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, TimeDelta, Utc, Weekday};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use shared::dto::usage_event::RecordedUsageEvents;
use shared::paths;
use shared::vocab::{ActivationId, BillingInterval, ClientId, Permission, ProductId};
use tests::{Caller, Dice, Engine};
use uuid::Uuid;

use crate::measure::probes;
use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, NOW, Stand, at, engines};

/// Each event once, each person once a day.
pub const PROOF: Proof = Proof {
    id: "M11",
    claim: "1,000,000 usage events, 30 % of them sent again, 10 % late, in no order, from 4 senders through 20 kills of the server: \
            every count of active users equals a set-based model (PostgreSQL: 2 servers)",
    run: |report, size| tests::block_on(run(report, size)),
};

const SENDERS: usize = 4;
/// Nothing else happens in these servers.
const NO_TICKS: (&str, &str) = ("RESELLPORTAL_RENEWAL_TICK_SECONDS", "0");

async fn run(report: &mut Report, size: Size) {
    if !has_program() {
        let text = "without the program there is nothing to kill: `cargo xtask` builds it and says where";
        Report::line(text);
        report.check(size == Size::Quick, text);
        return;
    }
    for engine in engines() {
        let mut stand = Stand::without_server(engine).await;
        let world = World::new(&stand, size).await;
        stand.serve(if engine == Engine::Sqlite { 1 } else { 2 }, &[NO_TICKS]);
        let sent = send(report, stand, &world, size).await;
        judge(report, &sent, &world, engine).await;
    }
    report.figure(probes());
}

/// An activation, and when it was on.
struct Served {
    id: ActivationId,
    client: ClientId,
    product: ProductId,
    on_to: Option<DateTime<Utc>>,
}

struct Event {
    served: usize,
    person: usize,
    at: DateTime<Utc>,
}

struct World {
    account: Account,
    authorization: String,
    served: Vec<Served>,
    events: Vec<Event>,
    /// Places in `events`, in batches, in the order of sending.
    batches: Vec<Vec<usize>>,
}

impl World {
    async fn new(stand: &Stand, size: Size) -> Self {
        let account = stand.account("usage", 900_000_000).await;
        let scopes = [Permission::UsageWrite, Permission::UsageRead, Permission::ActivationsRead];
        let id = account.reseller.id;
        let (_, secret) = accounts::create_api_key(&stand.db, &stand.clock, id, "usage", &scopes).await.unwrap();
        let mut world = Self {
            account,
            authorization: format!("Bearer {}", secret.expose_secret()),
            served: Vec::new(),
            events: Vec::new(),
            batches: Vec::new(),
        };
        world.activate(stand).await;
        world.make_events(size);
        world
    }

    /// Three products at three clients since October; three of the nine are paused while usage goes on.
    async fn activate(&mut self, stand: &Stand) {
        let (since, paused_at) = (at("2026-10-10T08:00:00Z"), at("2026-11-17T10:30:00Z"));
        let mut products = Vec::new();
        for name in ["writer", "painter", "reader"] {
            products.push(stand.product(name, 1).await);
        }
        let actor = Actor::system();
        for number in 0..3 {
            let client = ClientId(Uuid::now_v7());
            let name = format!("client {number}");
            let details = ClientDetails { name, email: None, external_reference: None, notes: None };
            for (place, product) in products.iter().enumerate() {
                let reseller = &self.account.reseller;
                let new = NewActivation {
                    id: None,
                    client_id: client,
                    product_id: *product,
                    interval: BillingInterval::Yearly,
                    auto_renew: true,
                    priority: 5,
                    price_id: None,
                    external_reference: None,
                    notes: None,
                };
                let context = Context::new(reseller, since, &actor);
                let work = async |tx: &api::db::WriteTx| {
                    if place == 0 {
                        insert_client(tx, reseller.id, client, &details, since).await?;
                    }
                    let made = lifecycle::activate(tx, &context, &new).await?;
                    if place == number {
                        lifecycle::pause(tx, &context.at(paused_at), made.id, None, None).await?;
                    }
                    Ok(made.id)
                };
                let id = stand.db.write(reseller.id, work).await.unwrap();
                let on_to = (place == number).then_some(paused_at);
                self.served.push(Served { id, client, product: *product, on_to });
            }
        }
    }

    fn make_events(&mut self, size: Size) {
        let (all, in_batch) = (size.pick(1_000_000_usize, 8_000), size.pick(1_000, 200));
        let mut dice = Dice::new(11);
        let (now, distinct) = (at(NOW), all * 7 / 10);
        let people = distinct / 25;
        for _ in 0..distinct {
            // Nine in ten are of the last three days; the others come as late as is accepted.
            let reach = if dice.below(10) == 0 { 29 * 24 * 60 } else { 3 * 24 * 60 };
            let minutes = i64::try_from(dice.below(reach)).unwrap();
            let event =
                Event { served: dice.below(9), person: dice.below(people), at: now - TimeDelta::minutes(minutes) };
            self.events.push(event);
        }
        let mut order: Vec<usize> = (0..distinct).collect();
        order.extend((distinct..all).map(|_| dice.below(distinct)));
        for place in (1..order.len()).rev() {
            order.swap(place, dice.below(place + 1));
        }
        self.batches = order.chunks(in_batch).map(<[usize]>::to_vec).collect();
    }

    fn is_counted(&self, event: &Event) -> bool {
        self.served[event.served].on_to.is_none_or(|on_to| event.at < on_to)
    }

    fn body(&self, batch: &[usize]) -> Value {
        let events = batch.iter().map(|place| {
            let event = &self.events[*place];
            json!({
                "id": format!("{place:x}"),
                "activation_id": self.served[event.served].id,
                "end_user_key": format!("person{}@example.com", event.person),
                "occurred_at": event.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            })
        });
        json!({ "events": events.collect::<Vec<_>>() })
    }
}

/// Sends every batch until it is answered, and kills a server every so many batches.
async fn send(report: &mut Report, stand: Stand, world: &World, size: Size) -> Stand {
    let kills = size.pick(20, 3);
    let open: RefCell<VecDeque<&[usize]>> = RefCell::new(world.batches.iter().map(Vec::as_slice).collect());
    let (stand, done, killed, again) = (RefCell::new(stand), Cell::new(0), Cell::new(0), Cell::new(0));
    let wrong: RefCell<Vec<String>> = RefCell::default();
    let started = std::time::Instant::now();
    let senders = (0..SENDERS).map(|_| {
        let (open, stand, done, killed, again, wrong) = (&open, &stand, &done, &killed, &again, &wrong);
        async move {
            let http = reqwest::Client::new();
            loop {
                let Some(batch) = open.borrow_mut().pop_front() else { return };
                let body = world.body(batch).to_string();
                loop {
                    let url = format!("{}{}", stand.borrow().url(), paths::USAGE_EVENTS);
                    match post(&http, &url, &world.authorization, &body).await {
                        Some(Ok(recorded)) => {
                            check(world, batch, &recorded, &mut wrong.borrow_mut());
                            break;
                        }
                        Some(Err(text)) => {
                            wrong.borrow_mut().push(text);
                            return;
                        }
                        None => {
                            again.set(again.get() + 1);
                            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                        }
                    }
                }
                done.set(done.get() + 1);
                if killed.get() < kills && done.get() * (kills + 1) >= world.batches.len() * (killed.get() + 1) {
                    let count = stand.borrow().server_count();
                    // Blocks this thread: the other senders' requests are under way.
                    stand.borrow_mut().kill_and_restart(killed.get() % count);
                    killed.set(killed.get() + 1);
                }
            }
        }
    });
    join_all(senders).await;
    for text in wrong.take() {
        report.fail(text);
    }
    let stand = stand.into_inner();
    report.check(killed.get() == kills, format!("{:?}: {} kills of {kills}", stand.engine, killed.get()));
    let events: usize = world.batches.iter().map(Vec::len).sum();
    report.figure(format!(
        "{:?}: {events} events, {} kills, {} batches sent again, {:.0} s",
        stand.engine,
        killed.get(),
        again.get(),
        started.elapsed().as_secs_f64()
    ));
    stand
}

/// The answer; none if there was none, or one of trouble.
async fn post(
    http: &reqwest::Client,
    url: &str,
    authorization: &str,
    body: &str,
) -> Option<Result<RecordedUsageEvents, String>> {
    let request = http.post(url).header("authorization", authorization).header("content-type", "application/json");
    let response = request.body(body.to_owned()).send().await.ok()?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await.ok()?;
    match status {
        200 => Some(serde_json::from_slice(&bytes).map_err(|error| error.to_string())),
        // A fault is none that may pass: an outage says 503.
        503 => None,
        _ => Some(Err(format!("{status} {}", String::from_utf8_lossy(&bytes)))),
    }
}

fn check(world: &World, batch: &[usize], recorded: &RecordedUsageEvents, wrong: &mut Vec<String>) {
    use shared::vocab::UsageEventOutcome::{Counted, Duplicate, NotCounted};
    if recorded.items.len() != batch.len() {
        wrong.push(format!("{} events, {} outcomes", batch.len(), recorded.items.len()));
    }
    for (place, item) in batch.iter().zip(&recorded.items) {
        let is_counted = world.is_counted(&world.events[*place]);
        let is_right = item.outcome == Duplicate || item.outcome == if is_counted { Counted } else { NotCounted };
        if (!is_right || item.id != format!("{place:x}")) && wrong.len() < 10 {
            wrong.push(format!("event {place:x}: {item:?}"));
        }
    }
}

type Scope = (i64, Uuid);
type PeopleByDay = BTreeMap<NaiveDate, HashSet<(ClientId, usize)>>;

async fn judge(report: &mut Report, stand: &Stand, world: &World, engine: Engine) {
    let mut people: HashMap<Scope, PeopleByDay> = HashMap::new();
    for event in world.events.iter().filter(|event| world.is_counted(event)) {
        let served = &world.served[event.served];
        let day = world.account.reseller.date_of(event.at);
        for scope in [(0, Uuid::nil()), (1, served.product.0), (2, served.id.0), (3, served.client.0)] {
            people.entry(scope).or_default().entry(day).or_default().insert((served.client, event.person));
        }
    }
    let counted = counters(stand).await;
    let buckets = bucket_counters(stand).await;
    let (mut compared, mut differences) = (0_usize, Vec::new());
    let mut compare = |name: String, found: i64, expected: usize| {
        compared += 1;
        if i64::try_from(expected) != Ok(found) && differences.len() < 20 {
            differences.push(format!("{name}: {found} instead of {expected}"));
        }
    };
    let today = world.account.reseller.date_of(at(NOW));
    for (scope, days) in &people {
        let distinct = |from: NaiveDate, to: NaiveDate| {
            days.range(from..=to).flat_map(|(_, people)| people).collect::<HashSet<_>>().len()
        };
        let of_scope = counted.get(scope).cloned().unwrap_or_default();
        for day in today.checked_sub_days(Days::new(45)).unwrap().iter_days().take(80) {
            let number = i64::from(day.to_epoch_days());
            let figures = of_scope.get(&number).copied().unwrap_or_default();
            let trailing = |figure: usize| of_scope.range(..=number).map(|(_, figures)| figures[figure]).sum::<i64>();
            compare(format!("{scope:?} on {day}"), figures[0], distinct(day, day));
            compare(format!("{scope:?}, 7 days to {day}"), trailing(1), distinct(day - Days::new(6), day));
            compare(format!("{scope:?}, 30 days to {day}"), trailing(2), distinct(day - Days::new(29), day));
            let week = day.week(Weekday::Mon);
            let month = day.with_day(1).unwrap();
            let month_end = month + Days::new(u64::from(month.num_days_in_month()) - 1);
            for (word, first, last) in [("week", week.first_day(), week.last_day()), ("month", month, month_end)] {
                let key = (scope.0, scope.1, word.to_owned(), i64::from(first.to_epoch_days()));
                compare(
                    format!("{scope:?}, {word} of {day}"),
                    buckets.get(&key).copied().unwrap_or(0),
                    distinct(first, last),
                );
            }
        }
    }
    let kept = stand.number("SELECT COUNT(*) FROM usage_events").await;
    compare("events kept".to_owned(), kept, world.events.len());
    let caller = Caller::new(&stand.url()).with_header("authorization", &world.authorization);
    let overview: Value = caller.read(paths::OVERVIEW).await;
    let total: &PeopleByDay = &people[&(0, Uuid::nil())];
    let distinct = |from: NaiveDate| total.range(from..).flat_map(|(_, people)| people).collect::<HashSet<_>>().len();
    let figure = |name: &str| overview["total_active_users"][name].as_i64().unwrap_or(-1);
    compare("total active users".to_owned(), figure("value"), distinct(today - Days::new(29)));
    compare("ever used".to_owned(), figure("ever_used"), distinct(NaiveDate::MIN));
    report.check(compared > 5_000, format!("{engine:?}: only {compared} figures were compared"));
    let count = differences.len();
    for difference in differences {
        report.fail(format!("{engine:?}: {difference}"));
    }
    report.figure(format!("{engine:?}: {compared} figures compared, {count} differ"));
}

async fn rows(stand: &Stand, sql: &str) -> Vec<sea_orm::QueryResult> {
    let pool = stand.db.pool();
    pool.query_all_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap()
}

async fn counters(stand: &Stand) -> HashMap<Scope, BTreeMap<i64, [i64; 3]>> {
    let mut counted: HashMap<Scope, BTreeMap<i64, [i64; 3]>> = HashMap::new();
    let sql =
        "SELECT CAST(scope_kind AS BIGINT) AS kind, scope_id, day, active, change_7, change_30 FROM usage_day_counts";
    for row in rows(stand, sql).await {
        let scope = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let figures = [3, 4, 5].map(|column| row.try_get_by_index::<i64>(column).unwrap());
        counted.entry(scope).or_default().insert(row.try_get_by_index(2).unwrap(), figures);
    }
    counted
}

async fn bucket_counters(stand: &Stand) -> HashMap<(i64, Uuid, String, i64), i64> {
    let sql = "SELECT CAST(scope_kind AS BIGINT) AS kind, scope_id, bucket, first_day, active FROM usage_bucket_counts";
    let rows = rows(stand, sql).await;
    let key = |row: &sea_orm::QueryResult| {
        let (kind, id) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        (kind, id, row.try_get_by_index(2).unwrap(), row.try_get_by_index(3).unwrap())
    };
    rows.iter().map(|row| (key(row), row.try_get_by_index(4).unwrap())).collect()
}
