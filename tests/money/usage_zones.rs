//! Every counter in any zone, before, during and after a change of it, against sets of people per day.

use std::collections::{BTreeMap, HashSet};

use ::migrations::{Migrator, MigratorTrait};
use api::clock::Clock;
use api::features::lifecycle::service as lifecycle;
use api::features::usage::rebuild::{self, Requested, STEP_EVENTS, Step, request, step};
use api::features::usage::service::{NewUsageEvent, Outcome};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use shared::vocab::ActivationId;
use tests::{Dice, Engine, on_both_databases};
use uuid::Uuid;

use super::stage::{Stage, at};
use super::usage::{Use, event, model};

const NOW: &str = "2026-04-25";

/// An activation with its client, product, and when it was on.
struct Served {
    id: ActivationId,
    client: Uuid,
    product: Uuid,
    on: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

/// A kept event, as the model sees it.
struct Kept {
    served: usize,
    person: String,
    at: DateTime<Utc>,
}

struct World {
    stage: Stage,
    served: Vec<Served>,
    kept: BTreeMap<String, Kept>,
    dice: Dice,
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl World {
    async fn new(engine: Engine, seed: u64) -> Self {
        let stage = Stage::new(engine).await;
        let clients = [stage.client("a").await, stage.client("b").await];
        let products = [stage.product("x", 1).await, stage.product("y", 1).await];
        stage.top_up("2026-01-01", 1_000).await;
        let mut served = Vec::new();
        for (product, client) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let id = stage.activate("2026-02-20", products[product], clients[client]).await.unwrap().id;
            let on = vec![(at("2026-02-20"), None)];
            served.push(Served { id, client: clients[client].0, product: products[product].0, on });
        }
        let mut world = Self { stage, served, kept: BTreeMap::new(), dice: Dice::new(seed) };
        world.switch_on_and_off().await;
        world
    }

    fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.dice.roll(u64::try_from(sides).unwrap())).unwrap()
    }

    /// Any moment from 1 March to 20 April, often close to the days on which clocks change.
    fn moment(&mut self) -> DateTime<Utc> {
        let around = ["2026-03-08T07:00:00Z", "2026-03-29T01:00:00Z", "2026-04-04T15:00:00Z", "2026-03-01T00:00:00Z"];
        let (first, minutes) = match self.roll(3) {
            0 => (at(around[self.roll(4)]) - TimeDelta::hours(12), 24 * 60),
            _ => (at("2026-03-01T00:00:00Z"), 50 * 24 * 60),
        };
        first + TimeDelta::seconds(i64::try_from(self.roll(minutes * 60)).unwrap())
    }

    async fn switch_on_and_off(&mut self) {
        let mut moments: Vec<DateTime<Utc>> = (0..12).map(|_| self.moment()).collect();
        moments.sort();
        for moment in moments {
            let place = self.roll(4);
            let served = &mut self.served[place];
            let id = served.id;
            let last = served.on.last_mut().unwrap();
            let now = text(moment);
            if last.1.is_none() {
                last.1 = Some(moment);
                let pause = async |tx: &api::db::WriteTx, context: lifecycle::Context<'_>| {
                    lifecycle::pause(tx, &context, id, None, None).await
                };
                self.stage.act(&now, pause).await.unwrap();
            } else {
                served.on.push((moment, None));
                let resume = async |tx: &api::db::WriteTx, context: lifecycle::Context<'_>| {
                    lifecycle::resume(tx, &context, id, None).await
                };
                self.stage.act(&now, resume).await.unwrap();
            }
        }
    }

    fn was_on(&self, served: usize, at: DateTime<Utc>) -> bool {
        self.served[served].on.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
    }

    /// Sends events in no order, some of them again, and checks what was done with each.
    async fn send(&mut self, count: usize) {
        let mut batch: Vec<NewUsageEvent> = Vec::new();
        for _ in 0..count {
            let is_repeated = self.roll(10) < 3 && !self.kept.is_empty();
            let (id, expected) = if is_repeated {
                let place = self.roll(self.kept.len());
                (self.kept.keys().nth(place).unwrap().clone(), Outcome::Duplicate)
            } else {
                // Ids in no order either, so that some come before and some behind the place that a change has come to.
                (format!("{:016x}", self.dice.roll(u64::MAX)), Outcome::Counted)
            };
            if expected == Outcome::Counted {
                let kept = Kept { served: self.roll(4), person: format!("person {}", self.roll(8)), at: self.moment() };
                self.kept.insert(id.clone(), kept);
            }
            let kept = &self.kept[&id];
            batch.push(event(&id, self.served[kept.served].id, &kept.person, kept.at));
        }
        let outcomes = self.stage.ingest(&batch, None, NOW).await;
        let mut seen = HashSet::new();
        for (event, outcome) in batch.iter().zip(outcomes) {
            let kept = &self.kept[&event.id];
            let is_on = self.was_on(kept.served, kept.at);
            match outcome {
                Outcome::Duplicate => {}
                Outcome::Counted => assert!(is_on && seen.insert(&event.id), "{event:?}"),
                Outcome::NotCounted => assert!(!is_on && seen.insert(&event.id), "{event:?}"),
                other => panic!("{event:?}: {other:?}"),
            }
        }
    }

    /// The valid counters are those of the events so far, on the days of this zone.
    async fn check(&self, zone: Tz, when: &str) {
        let uses: HashSet<Use> = self
            .kept
            .values()
            .filter(|kept| self.was_on(kept.served, kept.at))
            .map(|kept| {
                let served = &self.served[kept.served];
                let day = kept.at.with_timezone(&zone).date_naive();
                (served.client, kept.person.clone(), served.product, served.id.0, day)
            })
            .collect();
        let (days, buckets) = model(&uses);
        let mut counted: BTreeMap<(i64, Uuid), BTreeMap<i64, [i64; 3]>> = BTreeMap::new();
        let sql = "SELECT CAST(scope_kind AS BIGINT) AS kind, scope_id, day, active, change_7, change_30 \
                   FROM usage_day_counts AS c JOIN usage_states AS s ON s.reseller_id = c.reseller_id AND s.epoch = c.epoch";
        for row in self.stage.rows(sql).await {
            let scope = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
            let figures = [3, 4, 5].map(|column| row.try_get_by_index::<i64>(column).unwrap());
            counted.entry(scope).or_default().insert(row.try_get_by_index(2).unwrap(), figures);
        }
        for ((kind, id, day), expected) in &days {
            let of_scope = &counted[&(*kind, *id)];
            let active = of_scope.get(day).map_or(0, |figures| figures[0]);
            let trailing = [1, 2].map(|figure| of_scope.range(..=day).map(|(_, f)| f[figure]).sum::<i64>());
            assert_eq!([active, trailing[0], trailing[1]], *expected, "{when}, {zone}, scope {kind}, day {day}");
        }
        let total =
            |figure: usize| counted.values().flat_map(BTreeMap::values).map(|figures| figures[figure]).sum::<i64>();
        assert_eq!(total(0), days.values().map(|figures| figures[0]).sum::<i64>(), "{when}, {zone}");
        assert_eq!((total(1), total(2)), (0, 0), "whoever came has left again: {when}, {zone}");
        let sql = "SELECT CAST(scope_kind AS BIGINT) AS kind, scope_id, bucket, c.first_day, active \
                   FROM usage_bucket_counts AS c JOIN usage_states AS s ON s.reseller_id = c.reseller_id AND s.epoch = c.epoch";
        let mut found = BTreeMap::new();
        for row in self.stage.rows(sql).await {
            let key: (i64, Uuid, String, i64) = (
                row.try_get_by_index(0).unwrap(),
                row.try_get_by_index(1).unwrap(),
                row.try_get_by_index(2).unwrap(),
                row.try_get_by_index(3).unwrap(),
            );
            found.insert(key, row.try_get_by_index::<i64>(4).unwrap());
        }
        assert_eq!(found, buckets, "{when}, {zone}");
        let row = &self.stage.rows("SELECT time_zone, first_day, ever_used FROM usage_states").await[0];
        let people: HashSet<_> = uses.iter().map(|(client, person, ..)| (client, person)).collect();
        let first = uses.iter().map(|of| i64::from(of.4.to_epoch_days())).min();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), zone.name(), "{when}");
        assert_eq!(row.try_get_by_index::<Option<i64>>(1).unwrap(), first, "{when}, {zone}");
        assert_eq!(row.try_get_by_index::<i64>(2).unwrap(), i64::try_from(people.len()).unwrap(), "{when}, {zone}");
    }

    async fn count(&self, sql: &str) -> i64 {
        self.stage.rows(sql).await[0].try_get_by_index(0).unwrap()
    }
}

/// What an older version left to the migration: it counts what is there, under both epochs.
async fn count_clients_by_migration(world: &World) {
    let clients = async || world.count("SELECT COUNT(*) FROM usage_day_counts WHERE scope_kind = 3").await;
    let counted = clients().await;
    let place =
        Migrator::migrations().iter().rposition(|migration| migration.name() == "m20261129_000003_count_clients");
    let steps = u32::try_from(Migrator::migrations().len() - place.unwrap()).unwrap();
    Migrator::down(world.stage.db.pool(), Some(steps)).await.unwrap();
    assert_eq!(clients().await, 0);
    Migrator::up(world.stage.db.pool(), None).await.unwrap();
    assert!(counted > 0 && clients().await > 0);
}

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

on_both_databases! {
    async fn a_change_of_zone_counts_anew_while_the_old_days_serve(engine) {
        for (seed, name) in [(1, "Australia/Lord_Howe"), (2, "America/New_York"), (3, "Asia/Kathmandu")] {
            let mut world = World::new(engine, seed).await;
            let (berlin, other) = (zone("Europe/Berlin"), zone(name));
            let id = world.stage.reseller.id;
            let clock = Clock::fixed(at(NOW));
            for _ in 0..4 {
                world.send(60).await;
            }
            world.check(berlin, "before").await;
            assert_eq!(request(&world.stage.db, &clock, id, other).await.unwrap(), Requested::Begins);
            assert_eq!(request(&world.stage.db, &clock, id, other).await.unwrap(), Requested::IsUnderWay);
            // Two processes take the steps in turn, and usage goes on coming in.
            let replica = world.stage.replica().await;
            let mut steps = 0;
            loop {
                let db = if steps % 2 == 0 { &world.stage.db } else { &replica };
                match step(db, &clock, id, 40).await.unwrap() {
                    Step::Counted(count) => assert!(count <= 40),
                    Step::Switched => break,
                    other => panic!("{other:?}"),
                }
                steps += 1;
                world.check(berlin, "while it is under way").await;
                if steps < 4 {
                    world.send(30).await;
                }
                if steps == 2 {
                    count_clients_by_migration(&world).await;
                    world.check(berlin, "counted by the migration").await;
                }
            }
            assert!(steps > 4, "{steps}");
            world.check(other, "after").await;
            let named = "SELECT COUNT(*) FROM resellers WHERE time_zone = '".to_owned() + name + "'";
            assert_eq!(world.count(&named).await, 1);
            world.send(60).await;
            world.check(other, "later").await;
            // What was before stays until nobody can remember its zone any more.
            assert_eq!(step(&replica, &clock, id, STEP_EVENTS).await.unwrap(), Step::Idle);
            assert_eq!(world.count("SELECT COUNT(DISTINCT epoch) FROM usage_presence").await, 2);
            clock.set(at(NOW) + TimeDelta::seconds(2));
            assert!(rebuild::work(&replica, &clock).await.unwrap() > 1);
            for table in ["usage_presence", "usage_day_counts", "usage_bucket_counts"] {
                assert_eq!(world.count(&format!("SELECT COUNT(DISTINCT epoch) FROM {table}")).await, 1, "{table}");
            }
            assert_eq!(world.count("SELECT COUNT(*) FROM usage_rebuilds").await, 0);
            world.check(other, "in the end").await;
        }
    }
}

on_both_databases! {
    async fn a_change_can_be_given_up_or_replaced(engine) {
        let mut world = World::new(engine, 4).await;
        let id = world.stage.reseller.id;
        let clock = Clock::fixed(at(NOW));
        world.send(100).await;
        let db = world.stage.db.clone();
        request(&db, &clock, id, zone("Asia/Tokyo")).await.unwrap();
        assert_eq!(step(&db, &clock, id, 30).await.unwrap(), Step::Counted(30));
        assert_eq!(request(&db, &clock, id, zone("Europe/Berlin")).await.unwrap(), Requested::IsSo);
        world.send(20).await;
        // Before anything of it is removed, another one.
        assert_eq!(request(&db, &clock, id, zone("America/Lima")).await.unwrap(), Requested::Begins);
        assert_eq!(step(&db, &clock, id, 30).await.unwrap(), Step::Counted(30));
        assert_eq!(request(&db, &clock, id, zone("Pacific/Apia")).await.unwrap(), Requested::Begins);
        world.check(zone("Europe/Berlin"), "after three requests").await;
        while step(&db, &clock, id, 30).await.unwrap() != Step::Switched {}
        world.check(zone("Pacific/Apia"), "after").await;
        clock.set(at(NOW) + TimeDelta::seconds(2));
        rebuild::work(&db, &clock).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(DISTINCT epoch) FROM usage_presence").await, 1);
        world.check(zone("Pacific/Apia"), "in the end").await;
    }
}
