//! The vectors of docs/domain.md §7.

mod properties;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use shared::vocab::{ActivationId, BalanceLevel, BillingInterval, RunwayState};
use uuid::Uuid;

use super::*;
use crate::billing_calendar::{Term, local_date, local_midnight};

const ZONE: Tz = Tz::Europe__Berlin;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn midnight(text: &str) -> DateTime<Utc> {
    local_midnight(day(text), ZONE).unwrap()
}

fn group(renews_on: &str, interval: BillingInterval, price_minor: i64, count: u64) -> Group {
    use chrono::Datelike;
    Group {
        renews_at: midnight(renews_on),
        interval,
        anchor_day: day(renews_on).day(),
        zone: ZONE,
        price_minor,
        changes: Vec::new(),
        count,
    }
}

/// What is charged on the same days, together.
fn by_date(groups: &[Group]) -> Vec<DateGroup> {
    let mut found: Vec<DateGroup> = Vec::new();
    for group in groups {
        let alone = DateGroup::try_from(group).unwrap();
        match found.iter_mut().find(|known| known.dates == alone.dates) {
            Some(known) => {
                known.count += alone.count;
                known.total_minor += alone.total_minor;
                known.changes.extend(alone.changes);
            }
            None => found.push(alone),
        }
    }
    found
}

fn id(number: u128) -> ActivationId {
    ActivationId(Uuid::from_u128(number))
}

/// A monthly 29.00; yearly B 39.00, C 20.00, D 30.00, E 5.00, the last three on one day.
fn example() -> Vec<Group> {
    let yearly = BillingInterval::Yearly;
    vec![
        group("2027-03-01", BillingInterval::Monthly, 2_900, 1),
        group("2027-03-10", yearly, 3_900, 1),
        group("2027-03-15", yearly, 2_000, 1),
        group("2027-03-15", yearly, 3_000, 1),
        group("2027-03-15", yearly, 500, 1),
    ]
}

fn at_noon(text: &str) -> DateTime<Utc> {
    format!("{text}T11:00:00Z").parse().unwrap()
}

/// The forecast at noon of a day, and how urgent a top-up is.
fn at(groups: &[Group], available_minor: i64, now: DateTime<Utc>) -> (Forecast, BalanceLevel) {
    let groups = by_date(groups);
    let forecast = Forecast::new(&groups, available_minor, local_date(now, ZONE), ZONE).unwrap();
    let within_a_day = due_before(&groups, now + TimeDelta::hours(24)).unwrap();
    let level = forecast.level(0, within_a_day).unwrap();
    (forecast, level)
}

#[test]
fn the_example_is_covered_until_14_march_and_lacks_23_on_the_15th() {
    let (forecast, level) = at(&example(), 10_000, at_noon("2027-02-20"));
    let runway = forecast.runway().unwrap();
    assert_eq!(runway.state, RunwayState::Short);
    assert_eq!(runway.covered_until_on, Some(day("2027-03-14")));
    assert_eq!(runway.shortfall, Some(Shortfall { on: day("2027-03-15"), minor: 2_300 }));
    let top_ups = TOP_UP_DAYS.map(|days| forecast.top_up(days).unwrap().minor);
    assert_eq!(top_ups, [2_300, 5_200, 8_100]);
    assert_eq!(level, BalanceLevel::Watch);
    let balances: Vec<_> = forecast
        .balances(day("2027-04-30"))
        .unwrap()
        .into_iter()
        .map(|balance| (balance.on.to_string(), balance.due.count, balance.balance_minor))
        .collect();
    let expected =
        [("2027-03-01", 1, 7_100), ("2027-03-10", 1, 3_200), ("2027-03-15", 3, -2_300), ("2027-04-01", 1, -5_200)];
    assert_eq!(balances, expected.map(|(on, count, minor)| (on.to_owned(), count, minor)));
}

#[test]
fn of_the_example_d_alone_fails_on_the_15th() {
    let groups = example();
    let mut coverage = Coverage::new(groups.into(), 10_000);
    let until = midnight("2027-03-16");
    // 32.00 are left on the 15th: C, D and E could each be paid, but not all of them.
    assert_eq!(coverage.play(until).unwrap(), Step::Ask(vec![2, 3, 4]));
    let candidates = [4, 3, 2].map(|group| Candidate { group, priority: 5, id: id(group as u128) });
    coverage.supply(candidates.to_vec()).unwrap();
    assert_eq!(coverage.play(until).unwrap(), Step::Done);
    let covered: Vec<_> = (0..5).map(|index| coverage.is_covered(index, id(index as u128))).collect();
    assert_eq!(covered, [true, true, true, false, true]);
    assert_eq!(coverage.failing(), [Failing { at: midnight("2027-03-15"), group: 3, count: 1, ids: None }]);
}

#[test]
fn priority_comes_before_id() {
    let groups = [group("2027-03-15", BillingInterval::Monthly, 1_000, 3)];
    let mut coverage = Coverage::new(groups.into(), 1_500);
    assert_eq!(coverage.play(midnight("2027-03-15")).unwrap(), Step::Ask(vec![0]));
    let candidates =
        [(1, 5), (2, 5), (3, 1)].map(|(number, priority)| Candidate { group: 0, priority, id: id(number) });
    coverage.supply(candidates.to_vec()).unwrap();
    assert_eq!([1, 2, 3].map(|number| coverage.is_covered(0, id(number))), [false, false, true]);
    assert_eq!(coverage.failing()[0].ids, Some(vec![id(1), id(2)]));
    assert!(coverage.has_uncovered(0));
    // The one that is left goes on and finds the rest too little a month later.
    assert_eq!(coverage.play(midnight("2027-04-15")).unwrap(), Step::Done);
    assert_eq!(coverage.failing()[1], Failing { at: midnight("2027-04-15"), group: 0, count: 1, ids: None });
}

#[test]
fn a_run_after_an_outage_takes_the_earliest_due_first() {
    // A and B monthly 10.00, both due 15 March and 15 April, seen on 20 April with 25.00.
    let groups = [group("2027-03-15", BillingInterval::Monthly, 1_000, 2)];
    let now = at_noon("2027-04-20");
    let (forecast, level) = at(&groups, 2_500, now);
    let first = forecast.balances(day("2027-04-20")).unwrap();
    assert_eq!(
        first,
        [ProjectedBalance { on: day("2027-04-20"), due: Due { count: 4, minor: 4_000 }, balance_minor: -1_500 }]
    );
    let runway = forecast.runway().unwrap();
    assert_eq!((runway.state, runway.covered_until_on), (RunwayState::ShortNow, None));
    assert_eq!(level, BalanceLevel::Blocked);
    let mut coverage = Coverage::new(groups.into(), 2_500);
    assert_eq!(coverage.play(now).unwrap(), Step::Done);
    assert_eq!(coverage.failing(), [Failing { at: midnight("2027-04-15"), group: 0, count: 2, ids: None }]);
    assert!(coverage.is_covered(0, id(1)), "the next renewal, of March, is paid");
}

#[test]
fn nothing_renews_is_not_beyond_the_horizon() {
    let (forecast, level) = at(&[], 100, at_noon("2027-02-20"));
    let runway = forecast.runway().unwrap();
    assert_eq!((runway.state, runway.covered_until_on, runway.shortfall), (RunwayState::NothingRenews, None, None));
    assert_eq!(level, BalanceLevel::Ok);
    assert_eq!(forecast.top_up(30).unwrap().minor, 0);
}

#[test]
fn enough_for_two_years_is_beyond_the_horizon_and_one_cent_less_is_not() {
    let groups = [group("2027-03-01", BillingInterval::Monthly, 1_000, 1)];
    let state = |minor| at(&groups, minor, at_noon("2027-02-20")).0.runway().unwrap();
    // 24 first days of a month lie between 20 February 2027 and 20 February 2029.
    assert_eq!(state(24_000).state, RunwayState::BeyondHorizon);
    assert_eq!(state(23_999).shortfall, Some(Shortfall { on: day("2029-02-01"), minor: 1 }));
}

#[test]
fn the_anchor_day_survives_short_months() {
    let mut month_end = group("2027-02-28", BillingInterval::Monthly, 1_000, 1);
    month_end.anchor_day = 31;
    let starts: Vec<_> = (0..4).map(|n| month_end.charge(n).unwrap().start_on.to_string()).collect();
    assert_eq!(starts, ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]);
}

#[test]
fn an_announced_price_counts_from_the_first_period_that_starts_in_it() {
    let mut announced = group("2026-04-15", BillingInterval::Monthly, 1_000, 1);
    announced.changes = vec![PriceChange { from_on: day("2026-05-01"), price_minor: 1_200 }];
    let prices: Vec<_> = (0..3).map(|n| announced.charge(n).unwrap().price_minor).collect();
    assert_eq!(prices, [1_000, 1_200, 1_200]);
}

#[test]
fn levels_follow_the_days_that_are_left() {
    let groups = [group("2027-03-15", BillingInterval::Yearly, 1_000, 1)];
    let level = |now: &str| at(&groups, 999, at_noon(now)).1;
    assert_eq!(level("2027-02-12"), BalanceLevel::Ok);
    assert_eq!(level("2027-02-13"), BalanceLevel::Watch);
    assert_eq!(level("2027-03-07"), BalanceLevel::Watch);
    assert_eq!(level("2027-03-08"), BalanceLevel::Low);
    assert_eq!(level("2027-03-13"), BalanceLevel::Low);
    assert_eq!(level("2027-03-14"), BalanceLevel::Blocked);
    let (covered, level) = at(&groups, 1_000, at_noon("2027-03-14"));
    assert_eq!(level, BalanceLevel::Ok);
    assert_eq!(covered.level(1, Due::default()).unwrap(), BalanceLevel::Blocked);
}

#[test]
fn days_are_those_of_the_reseller_not_of_the_activation() {
    let mut far = group("2027-03-15", BillingInterval::Yearly, 1_000, 1);
    far.zone = Tz::Asia__Tokyo;
    far.renews_at = local_midnight(day("2027-03-15"), far.zone).unwrap();
    let (forecast, _) = at(&[far], 0, at_noon("2027-03-01"));
    assert_eq!(forecast.runway().unwrap().shortfall.unwrap().on, day("2027-03-14"));
}
