//! Counters against a plain model: sets of people per day.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use api::features::lifecycle::service as lifecycle;
use api::features::usage::service::{NewUsageEvent, Outcome, Window, ingest};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::SecretString;
use shared::vocab::ActivationId;
use tests::{Dice, on_both_databases};
use uuid::Uuid;

use Outcome::{Counted, Duplicate, InvalidId, InvalidKey, NotCounted, UnknownActivation};

use super::stage::{Stage, at};

impl Stage {
    pub async fn ingest(&self, batch: &[NewUsageEvent], window: Option<Window>, now: &str) -> Vec<Outcome> {
        let secret = SecretString::from("a secret of the instance".to_owned());
        self.db
            .write(self.reseller.id, async |tx| ingest(tx, &self.reseller, batch, window, at(now), &secret).await)
            .await
            .unwrap()
    }

    pub async fn rows(&self, sql: &str) -> Vec<sea_orm::QueryResult> {
        let pool = self.db.pool();
        pool.query_all_raw(Statement::from_string(pool.get_database_backend(), sql)).await.unwrap()
    }
}

pub fn event(id: &str, activation_id: ActivationId, end_user: &str, at: DateTime<Utc>) -> NewUsageEvent {
    NewUsageEvent { id: id.to_owned(), activation_id, end_user_key: end_user.to_owned(), occurred_at: at, label: None }
}

fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// A use that counts: client, person, product, activation, local day.
pub type Use = (Uuid, String, Uuid, Uuid, NaiveDate);

/// By scope and day: the three figures of a day.
pub type DayCounts = BTreeMap<(i64, Uuid, i64), [i64; 3]>;
/// By scope, bucket and first day: people in it.
pub type BucketCounts = BTreeMap<(i64, Uuid, String, i64), i64>;
type PeopleByDay<'a> = BTreeMap<NaiveDate, BTreeSet<(Uuid, &'a str)>>;

/// Every counter, worked out from the uses alone.
pub fn model(uses: &HashSet<Use>) -> (DayCounts, BucketCounts) {
    let mut people: HashMap<(i64, Uuid), PeopleByDay<'_>> = HashMap::new();
    for (client, person, product, activation, day) in uses {
        for scope in [(0, Uuid::nil()), (1, *product), (2, *activation), (3, *client)] {
            people.entry(scope).or_default().entry(*day).or_default().insert((*client, person));
        }
    }
    let (mut days, mut buckets) = (BTreeMap::new(), BTreeMap::new());
    for ((kind, id), by_day) in people {
        let distinct = |from: NaiveDate, to: NaiveDate| {
            let people: BTreeSet<_> = by_day.range(from..=to).flat_map(|(_, people)| people).collect();
            i64::try_from(people.len()).unwrap()
        };
        let first = *by_day.keys().next().unwrap();
        let last = *by_day.keys().next_back().unwrap() + Days::new(31);
        for day in first.iter_days().take_while(|day| *day <= last) {
            let trailing = [7, 30].map(|width| distinct(day - Days::new(width - 1), day));
            days.insert((kind, id, day_number(day)), [distinct(day, day), trailing[0], trailing[1]]);
            if by_day.contains_key(&day) {
                let monday = day.week(chrono::Weekday::Mon);
                let month = day.with_day(1).unwrap();
                let month_end = month.with_day(u32::from(month.num_days_in_month())).unwrap();
                let week = (kind, id, "week".to_owned(), day_number(monday.first_day()));
                buckets.insert(week, distinct(monday.first_day(), monday.last_day()));
                buckets.insert((kind, id, "month".to_owned(), day_number(month)), distinct(month, month_end));
            }
        }
    }
    (days, buckets)
}

on_both_databases! {
    async fn every_counter_equals_a_plain_model_in_any_order_of_arrival(engine) {
        let stage = Stage::new(engine).await;
        let mut activations = Vec::new();
        let mut clients = Vec::new();
        for name in ["a", "b"] {
            clients.push(stage.client(name).await);
        }
        let products = [stage.product("x", 1).await, stage.product("y", 1).await];
        stage.top_up("2026-01-01", 100).await;
        for (product, client) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let made = stage.activate("2026-01-01", products[product], clients[client]).await.unwrap();
            activations.push((made.id, clients[client].0, products[product]));
        }
        let mut dice = Dice::new(7);
        for round in 0..6 {
            let stage = &stage;
            let mut uses: HashSet<Use> = HashSet::new();
            let mut batches: Vec<Vec<NewUsageEvent>> = Vec::new();
            // Each round in a stretch of its own, far from the others.
            let first = at("2026-01-10") + TimeDelta::days(round * 150);
            for number in 0..400 {
                let (activation_id, client, product) = activations[usize::try_from(dice.roll(4)).unwrap()];
                let person = format!("person {}", dice.roll(if round % 2 == 0 { 3 } else { 12 }));
                let span = if round < 3 { 70 } else { 12 };
                let minutes = i64::try_from(dice.roll(span * 24 * 60)).unwrap();
                let occurred_at = first + TimeDelta::minutes(minutes);
                if batches.is_empty() || dice.roll(40) == 0 {
                    batches.push(Vec::new());
                }
                batches.last_mut().unwrap().push(event(&format!("{round}-{number}"), activation_id, &person, occurred_at));
                let day = stage.reseller.date_of(occurred_at);
                uses.insert((client, person, product.0, activation_id.0, day));
            }
            for batch in &batches {
                stage.ingest(batch, None, "2029-01-01").await;
            }
            // Once more: nothing may change.
            let repeated = stage.ingest(&batches[0], None, "2029-01-01").await;
            assert!(repeated.iter().all(|outcome| *outcome == Outcome::Duplicate));

            let (days, buckets) = model(&uses);
            let from = day_number(stage.reseller.date_of(first));
            let to = from + 149;
            let mut counted: BTreeMap<(i64, Uuid), BTreeMap<i64, [i64; 3]>> = BTreeMap::new();
            let sql = format!(
                "SELECT CAST(scope_kind AS BIGINT) AS kind, scope_id, day, active, change_7, change_30 \
                 FROM usage_day_counts WHERE day BETWEEN {from} AND {to}"
            );
            for row in stage.rows(&sql).await {
                let scope = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
                let figures = [3, 4, 5].map(|column| row.try_get_by_index::<i64>(column).unwrap());
                counted.entry(scope).or_default().insert(row.try_get_by_index(2).unwrap(), figures);
            }
            for ((kind, id, day), expected) in &days {
                let of_scope = &counted[&(*kind, *id)];
                let active = of_scope.get(day).map_or(0, |figures| figures[0]);
                let trailing = [1, 2].map(|figure| of_scope.range(..=day).map(|(_, f)| f[figure]).sum::<i64>());
                assert_eq!([active, trailing[0], trailing[1]], *expected, "round {round}, scope {kind}, day {day}");
            }
            let sql = format!(
                "SELECT CAST(scope_kind AS BIGINT) AS kind, scope_id, bucket, first_day, active \
                 FROM usage_bucket_counts WHERE first_day BETWEEN {} AND {to}", from - 31
            );
            let mut found = BTreeMap::new();
            for row in stage.rows(&sql).await {
                let key: (i64, Uuid, String, i64) = (
                    row.try_get_by_index(0).unwrap(),
                    row.try_get_by_index(1).unwrap(),
                    row.try_get_by_index(2).unwrap(),
                    row.try_get_by_index(3).unwrap(),
                );
                found.insert(key, row.try_get_by_index::<i64>(4).unwrap());
            }
            assert_eq!(found, buckets, "round {round}");
        }
    }
}

on_both_databases! {
    async fn events_while_it_was_off_are_kept_but_not_counted(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-03-01", "a", 1_000).await;
        stage.act("2026-03-10", async |tx, context| lifecycle::pause(tx, &context, id, None, None).await).await.unwrap();
        stage.act("2026-03-12", async |tx, context| lifecycle::resume(tx, &context, id, None).await).await.unwrap();
        let batch = [
            event("1", id, "mia", at("2026-02-28T12:00:00Z")),
            event("2", id, "mia", at("2026-03-01")),
            event("3", id, " Mia@Example.com", at("2026-03-09T22:59:59Z")),
            event("4", id, "mia@example.com ", at("2026-03-10")),
            event("5", id, "mia@example.com", at("2026-03-12")),
            event("5", id, "mia@example.com", at("2026-03-12")),
            event("6", ActivationId(Uuid::max()), "mia", at("2026-03-12")),
            event("7", id, "  ", at("2026-03-12")),
            event("", id, "mia", at("2026-03-12")),
        ];
        let outcomes = stage.ingest(&batch, None, "2026-03-12").await;
        assert_eq!(outcomes[..7], [NotCounted, Counted, Counted, NotCounted, Counted, Duplicate, UnknownActivation]);
        assert!(matches!(outcomes[7], InvalidKey(_)));
        assert_eq!(outcomes[8], InvalidId);
        let row = &stage.rows("SELECT ever_used, next_end_user_no, first_day FROM usage_states").await[0];
        let figures = [0, 1, 2].map(|column| row.try_get_by_index::<i64>(column).unwrap());
        assert_eq!(figures, [2, 3, day_number("2026-03-01".parse().unwrap())]);
    }
}

on_both_databases! {
    async fn a_request_takes_30_days_back_and_5_minutes_ahead(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-01", "a", 1_000).await;
        let batch = [
            event("1", id, "mia", at("2026-01-29T12:00:00Z")),
            event("2", id, "mia", at("2026-01-29T11:59:59Z")),
            event("3", id, "mia", at("2026-02-28T12:05:00Z")),
            event("4", id, "mia", at("2026-02-28T12:05:01Z")),
        ];
        let outcomes = stage.ingest(&batch, Some(Window::REQUEST), "2026-02-28T12:00:00Z").await;
        assert_eq!(outcomes, [Outcome::Counted, Outcome::TooOld, Outcome::Counted, Outcome::InFuture]);
    }
}

on_both_databases! {
    /// How long 100,000 rows take is printed, not judged: machines differ.
    async fn a_hundred_thousand_rows_are_taken_at_once(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-01-01", "a", 1_000).await;
        let mut dice = Dice::new(11);
        let batch: Vec<NewUsageEvent> = (0..100_000)
            .map(|number| {
                let person = format!("person{}@example.com", dice.roll(3_000));
                let minutes = i64::try_from(dice.roll(31 * 24 * 60)).unwrap();
                event(&format!("{number}"), id, &person, at("2026-01-01") + TimeDelta::minutes(minutes))
            })
            .collect();
        let started = std::time::Instant::now();
        let outcomes = stage.ingest(&batch, None, "2026-02-01").await;
        let elapsed = started.elapsed();
        #[expect(clippy::print_stdout, reason = "a figure to read")]
        {
            println!("100,000 rows on {engine:?}: {elapsed:?}");
        }
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Counted));
        let kept = &stage.rows("SELECT COUNT(*) FROM usage_events").await[0];
        assert_eq!(kept.try_get_by_index::<i64>(0).unwrap(), 100_000);
    }
}
