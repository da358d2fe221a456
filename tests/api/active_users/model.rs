//! Every figure against a plain model: sets of people by day, over random uses, in zones near and far, over days on which the
//! clock changes. The model knows nothing of counters: it looks through all uses for each figure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use shared::dto::active_users::{ActiveUsersPoint, ActiveUsersSeries};
use shared::dto::end_user::EndUser;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{BillingInterval, Bucket, Compare, Measure};
use tests::{Dice, Shop, on_both_databases};

use super::{activate, open_in, take, used};

/// A filter as a parameter, and which activations (client, product) it keeps.
type Filter = (String, Vec<(usize, usize)>);

struct World {
    shop: Shop,
    filters: Vec<Filter>,
    /// By activation: the days of each person.
    uses: BTreeMap<(usize, usize), BTreeMap<NaiveDate, BTreeSet<u64>>>,
    today: NaiveDate,
    first_event: NaiveDate,
}

impl World {
    /// Two products for two clients, used for two years and more until now.
    async fn make(engine: tests::Engine, zone: &str, now: &str, seed: u64) -> Self {
        let shop = open_in(engine, zone, now).await;
        let now: DateTime<Utc> = tests::app::at(now);
        let zone = shop.reseller.time_zone;
        let start = now - TimeDelta::days(800);
        let mut products = Vec::new();
        let mut clients = Vec::new();
        for name in ["AI Writer", "AI Chat"] {
            products.push(shop.product(name, &[(BillingInterval::Monthly, 100)]).await);
            clients.push(shop.client(name).await);
        }
        let mut activations = BTreeMap::new();
        for (client, product) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let id = activate(&shop, &start.to_rfc3339(), products[product], clients[client]).await;
            activations.insert((client, product), id);
        }
        let mut dice = Dice::new(seed);
        let mut uses: BTreeMap<(usize, usize), BTreeMap<NaiveDate, BTreeSet<u64>>> = BTreeMap::new();
        let mut batch = Vec::new();
        // Denser towards now, nothing for the first weeks, and many close to midnight.
        for _ in 0..1_500 {
            let most = 1 + dice.roll(760);
            let days = dice.roll(most);
            let minutes = i64::try_from(days * 24 * 60 + dice.roll(24 * 60)).unwrap();
            let mut at = now - TimeDelta::minutes(minutes);
            if dice.roll(4) == 0 {
                let midnight = at.with_timezone(&zone).date_naive().and_time(chrono::NaiveTime::MIN);
                let midnight = midnight.and_local_timezone(zone).earliest().map_or(at, |midnight| midnight.to_utc());
                at = (midnight - TimeDelta::seconds(i64::try_from(dice.roll(2)).unwrap())).min(now);
            }
            let place = (usize::try_from(dice.roll(2)).unwrap(), usize::try_from(dice.roll(2)).unwrap());
            let person = dice.roll(9);
            uses.entry(place).or_default().entry(at.with_timezone(&zone).date_naive()).or_default().insert(person);
            batch.push(used(activations[&place], &format!("person {person}"), at));
        }
        for chunk in batch.chunks(400) {
            take(&shop, chunk).await;
        }
        let all = vec![(0, 0), (0, 1), (1, 0), (1, 1)];
        let filters = vec![
            (String::new(), all),
            (format!("&product={}", products[1]), vec![(0, 1), (1, 1)]),
            (format!("&client={}", clients[0]), vec![(0, 0), (0, 1)]),
            (format!("&client={}", clients[1]), vec![(1, 0), (1, 1)]),
            (format!("&activation={}", activations[&(1, 0)]), vec![(1, 0)]),
        ];
        let first_event = *uses.values().flat_map(BTreeMap::keys).min().unwrap();
        Self { today: now.with_timezone(&zone).date_naive(), first_event, shop, filters, uses }
    }

    /// People from one day to another, both included; none before anybody ever used anything.
    fn figure(&self, filter: &Filter, from: NaiveDate, to: NaiveDate) -> Option<i64> {
        let of_place = |place: &(usize, usize)| {
            let days = self.uses.get(place).into_iter().flat_map(move |days| days.range(from..=to));
            days.flat_map(|(_, people)| people).map(|person| (place.0, *person)).collect::<BTreeSet<_>>()
        };
        let people: BTreeSet<_> = filter.1.iter().flat_map(of_place).collect();
        (self.first_event <= to).then(|| i64::try_from(people.len()).unwrap())
    }

    /// The figure of the bucket that begins on a day.
    fn of_bucket(&self, filter: &Filter, first: NaiveDate, bucket: Bucket, measure: Measure) -> Option<i64> {
        let last = last_day(first, bucket);
        match measure {
            Measure::Distinct if last >= self.first_event => {
                self.figure(filter, first, last.min(self.today)).or(Some(0))
            }
            Measure::Distinct => None,
            Measure::Trailing7 => self.figure(filter, first - Days::new(6), first),
            Measure::Trailing30 => self.figure(filter, first - Days::new(29), first),
        }
    }
}

fn last_day(first: NaiveDate, bucket: Bucket) -> NaiveDate {
    match bucket {
        Bucket::Day => first,
        Bucket::Week => first + Days::new(6),
        Bucket::Month => first + Months::new(1) - Days::new(1),
    }
}

/// Where the bucket lies that a point is compared with.
fn earlier(series: &ActiveUsersSeries, point: &ActiveUsersPoint) -> Option<NaiveDate> {
    let (first, last) = (series.points[0].from_on, series.points[series.points.len() - 1].from_on);
    match (series.compare, series.bucket) {
        (Compare::None, _) => None,
        (Compare::Prev, Bucket::Month) => {
            Some(point.from_on - Months::new(u32::try_from(series.points.len()).unwrap()))
        }
        (Compare::Year, Bucket::Month) => Some(point.from_on - Months::new(12)),
        (Compare::Year, _) => Some(point.from_on - Days::new(364)),
        (Compare::Prev, bucket) => {
            let length = u64::try_from((last_day(last, bucket) - first).num_days() + 1).unwrap();
            Some(point.from_on - Days::new(length.div_ceil(7) * 7))
        }
    }
}

fn check(world: &World, filter: &Filter, query: &str, series: &ActiveUsersSeries) {
    let (bucket, measure) = (series.bucket, series.measure);
    assert!(!series.points.is_empty(), "{query}");
    for (index, point) in series.points.iter().enumerate() {
        let name = format!("{query}: {}", point.from_on);
        let last = last_day(point.from_on, bucket);
        assert_eq!(point.to_on, last.min(world.today), "{name}");
        assert_eq!(point.is_running, last >= world.today, "{name}");
        match bucket {
            Bucket::Day => {}
            Bucket::Week => assert_eq!(point.from_on.weekday(), chrono::Weekday::Mon, "{name}"),
            Bucket::Month => assert_eq!(point.from_on.day(), 1, "{name}"),
        }
        if let Some(next) = series.points.get(index + 1) {
            assert_eq!(next.from_on, last + Days::new(1), "{name}");
        }
        assert_eq!(point.value, world.of_bucket(filter, point.from_on, bucket, measure), "{name}");
        let before = earlier(series, point);
        assert_eq!(point.previous_from_on, before, "{name}");
        assert_eq!(point.previous, before.and_then(|first| world.of_bucket(filter, first, bucket, measure)), "{name}");
    }
    let full: Vec<_> = series.points.iter().filter(|point| !point.is_running && point.value.is_some()).collect();
    let mean = |values: Vec<Option<i64>>| {
        let values: Option<Vec<i64>> = values.into_iter().collect();
        values.filter(|values| !values.is_empty()).map(|values| {
            let count = i64::try_from(values.len()).unwrap();
            (values.iter().sum::<i64>() * 2 + count) / (count * 2)
        })
    };
    assert_eq!(series.summary.average, mean(full.iter().map(|point| point.value).collect()), "{query}");
    assert_eq!(series.summary.previous_average, mean(full.iter().map(|point| point.previous).collect()), "{query}");
    let highest = full.iter().filter_map(|point| point.value).max().filter(|value| *value > 0);
    assert_eq!(series.summary.peak.as_ref().map(|peak| peak.value), highest, "{query}");
}

/// The list of people and its total, and both downloads, against a point.
async fn check_people(world: &World, filter: &Filter, query: &str, series: &ActiveUsersSeries, dice: &mut Dice) {
    let point = dice.pick(&series.points);
    let reach = series.measure.trailing_days().map_or(0, |days| u64::try_from(days - 1).unwrap());
    let window = format!("active_from={}&active_to={}{}", point.from_on - Days::new(reach), point.to_on, filter.0);
    let owner = &world.shop.owner;
    let listed: Page<EndUser> =
        owner.read(&format!("{}?limit=200&include_total=true&{window}", paths::END_USERS)).await;
    let expected = point.value.unwrap_or(0);
    let count = i64::try_from(listed.items.len()).unwrap();
    assert_eq!((count, listed.page.total), (expected, Some(expected)), "{query}: {window}");
    let csv = owner.get(&format!("{}?{window}", paths::END_USERS_CSV)).await.text();
    assert_eq!(i64::try_from(csv.lines().count() - 1).unwrap(), expected, "{query}: {window}");
    let csv = owner.get(&format!("{}?{query}", paths::ACTIVE_USERS_CSV)).await.text();
    let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let rows: Vec<String> = csv.lines().skip(1).map(str::to_owned).collect();
    let points = series.points.iter().map(|point| {
        let previous = point.previous_from_on.map(|day| day.to_string()).unwrap_or_default();
        format!("{},{},{},{previous},{}", point.from_on, point.to_on, text(point.value), text(point.previous))
    });
    assert_eq!(rows, points.collect::<Vec<_>>(), "{query}");
}

async fn every_series_is_right(engine: tests::Engine, zone: &str, now: &str, seed: u64, rounds: usize) {
    let world = World::make(engine, zone, now, seed).await;
    let mut dice = Dice::new(seed + 1);
    let today = world.today;
    let (mut asked, mut refused) = (0, 0);
    while asked < rounds {
        let filter = dice.pick(&world.filters);
        let days = if dice.roll(5) < 3 {
            format!("range={}", dice.pick(&["7d", "30d", "6m"]))
        } else {
            let from = today - Days::new(1 + dice.roll(790));
            let longest = dice.pick(&[3, 40, 300, 729]);
            let length = 1 + dice.roll(longest);
            format!("from={from}&to={}", from + Days::new(length))
        };
        let bucket = dice.pick(&["", "&bucket=day", "&bucket=week", "&bucket=month"]);
        let compare = dice.pick(&["", "&compare=prev", "&compare=year", "&compare=none"]);
        let measure = dice.pick(&["", "&measure=distinct", "&measure=trailing_7", "&measure=trailing_30"]);
        let query = format!("{days}{bucket}{compare}{measure}{}", filter.0);
        let answer = world.shop.owner.get(&format!("{}?{query}", paths::ACTIVE_USERS)).await;
        let is_impossible = bucket.ends_with("week") && (days.ends_with("7d") || measure.contains("trailing"))
            || bucket.ends_with("month")
                && (days.ends_with('d') && days.starts_with("range") || measure.contains("trailing"));
        if is_impossible {
            assert_eq!(answer.status, 422, "{query}");
            refused += 1;
            continue;
        }
        let series: ActiveUsersSeries = answer.data();
        check(&world, &filter, &query, &series);
        check_people(&world, &filter, &query, &series, &mut dice).await;
        asked += 1;
    }
    assert!(refused < rounds, "{refused} of {asked}");
    let people = world.figure(&world.filters[0], today - Days::new(29), today);
    let overview: serde_json::Value = world.shop.owner.read(paths::OVERVIEW).await;
    assert_eq!(overview["total_active_users"]["value"].as_i64(), people);
}

on_both_databases! {
    async fn every_series_equals_sets_of_people_in_berlin(engine) {
        every_series_is_right(engine, "Europe/Berlin", tests::app::NOW, 11, 150).await;
    }
}

on_both_databases! {
    async fn every_series_equals_sets_of_people_where_the_clock_changes_by_half_an_hour(engine) {
        // A Monday, the day after the one with 24.5 hours.
        every_series_is_right(engine, "Australia/Lord_Howe", "2026-04-05T20:00:00Z", 23, 60).await;
    }
}

on_both_databases! {
    async fn every_series_equals_sets_of_people_at_both_ends_of_the_world(engine) {
        // The first of a month in Kiritimati, the last of one twelve zones behind Greenwich.
        every_series_is_right(engine, "Pacific/Kiritimati", "2026-10-31T10:30:00Z", 31, 60).await;
        every_series_is_right(engine, "Etc/GMT+12", "2026-11-01T11:30:00Z", 47, 60).await;
    }
}
