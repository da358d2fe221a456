//! How much software is on: now, a month ago and on the days between, against a plain model of who was on when.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::json;
use shared::dto::overview::Overview;
use shared::paths;
use shared::vocab::{ActivationAction, ActivationId, BillingInterval};
use tests::app::at;
use tests::{Dice, Engine, Shop, on_both_databases};

use crate::active_users::open_in;

const DAYS: u64 = 30;

/// From when to when one was on.
type On = (DateTime<Utc>, Option<DateTime<Utc>>);

/// Activates, pauses, resumes and ends at moments that only go forward, often about those that are asked for in the end.
async fn every_day_is_right(engine: Engine, zone: &str, now: &str, seed: u64) {
    let now = at(now);
    let shop = open_in(engine, zone, &(now - TimeDelta::days(40)).to_rfc3339()).await;
    shop.top_up(100_000_000).await;
    let product = shop.product("AI Writer", &[(BillingInterval::Yearly, 1_000)]).await;
    let mut dice = Dice::new(seed);
    let mut on: HashMap<ActivationId, Vec<On>> = HashMap::new();
    for moment in moments(&shop, now, &mut dice) {
        shop.app.set_time(&moment.to_rfc3339());
        let mut known: Vec<ActivationId> = on.keys().copied().collect();
        known.sort();
        if known.len() < 4 || dice.percent(40) {
            let id = shop.activate(product, BillingInterval::Yearly).await;
            on.insert(id, vec![(moment, None)]);
            continue;
        }
        let id = dice.pick(&known);
        let intervals = on.get_mut(&id).unwrap();
        let last = intervals.last_mut().unwrap();
        let action = if last.1.is_some() {
            intervals.push((moment, None));
            ActivationAction::Resume
        } else {
            last.1 = Some(moment);
            ActivationAction::Pause
        };
        shop.act(id, action, json!({})).await.is_done();
    }
    shop.app.set_time(&now.to_rfc3339());
    let shown = shop.owner.read::<Overview>(paths::OVERVIEW).await.total_active_software;
    let count = |is_on: &dyn Fn(DateTime<Utc>, Option<DateTime<Utc>>) -> bool| {
        let intervals = on.values().flatten();
        i64::try_from(intervals.filter(|(from, to)| is_on(*from, *to)).count()).unwrap()
    };
    let today = shop.reseller.date_of(now);
    // What begins at the end of a day belongs to the next day.
    let mut days: Vec<i64> = (1..DAYS)
        .rev()
        .map(|days| midnight(&shop, today - Days::new(days - 1)))
        .map(|end| count(&|from, to| from < end && to.is_none_or(|to| to >= end)))
        .collect();
    days.push(count(&|_, to| to.is_none()));
    assert_eq!(shown.trend, days, "{zone}");
    let month_ago = month_ago(&shop, now);
    let then = count(&|from, to| from <= month_ago && to.is_none_or(|to| to > month_ago));
    assert_eq!((shown.value, shown.previous), (days[days.len() - 1], then), "{zone}");
    assert!(days.iter().any(|day| *day > then + 5) && then > 0, "nothing happened: {days:?}");
}

fn midnight(shop: &Shop, date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_local_timezone(shop.reseller.time_zone).earliest().unwrap().to_utc()
}

/// The same time of day in the reseller's zone.
fn month_ago(shop: &Shop, now: DateTime<Utc>) -> DateTime<Utc> {
    let local = now.with_timezone(&shop.reseller.time_zone);
    let then = (local.date_naive() - Days::new(DAYS)).and_time(local.time());
    then.and_local_timezone(shop.reseller.time_zone).earliest().unwrap().to_utc()
}

/// Moments of forty days until now, in order: some at random, some at the end of a day or a month ago, or a moment around it.
fn moments(shop: &Shop, now: DateTime<Utc>, dice: &mut Dice) -> Vec<DateTime<Utc>> {
    let nudge = |dice: &mut Dice| dice.pick(&[-3_600_000_000, -1_000, -1, 0, 0, 1, 1_800_000_000]);
    let mut moments: Vec<_> = (0..120)
        .map(|number| {
            let base = match number % 4 {
                0 => month_ago(shop, now),
                1 | 2 => midnight(shop, shop.reseller.date_of(now) - Days::new(dice.roll(32))),
                _ => now - TimeDelta::minutes(i64::try_from(1 + dice.roll(39 * 24 * 60)).unwrap()),
            };
            (base + TimeDelta::microseconds(nudge(dice))).min(now)
        })
        .collect();
    moments.sort();
    moments
}

on_both_databases! {
    /// Days end on full hours of UTC.
    async fn in_whole_hours(engine) {
        every_day_is_right(engine, "Europe/Berlin", "2026-11-05T13:02:00Z", 31).await;
    }
}

on_both_databases! {
    /// Days end on half hours, and the clock changes by half an hour.
    async fn in_half_hours(engine) {
        every_day_is_right(engine, "Australia/Lord_Howe", "2026-04-20T21:45:30.000001Z", 32).await;
    }
}

on_both_databases! {
    /// The reseller looks at the full hour.
    async fn on_the_hour(engine) {
        every_day_is_right(engine, "Asia/Kathmandu", "2026-11-22T13:00:00Z", 33).await;
    }
}
