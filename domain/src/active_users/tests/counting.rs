//! The counters against sets, with presences in any order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::day;
use crate::active_users::{Contribution, Counter, LocalDay, Step, contributions, trailing};

/// Keeps the counters as the server's tables do: insert or nothing, then contribute.
#[derive(Default)]
struct Counted {
    presences: BTreeMap<u32, BTreeSet<LocalDay>>,
    counters: BTreeMap<(Counter, LocalDay), i64>,
}

impl Counted {
    fn record(&mut self, end_user: u32, day: LocalDay) {
        let days = self.presences.entry(end_user).or_default();
        if !days.insert(day) {
            return;
        }
        let previous = days.range(..day).next_back().copied();
        let next = days.range(day.plus(1)..).next().copied();
        for (counter, day, change) in contributions(day, previous, next).changes() {
            *self.counters.entry((counter, day)).or_default() += change;
        }
    }

    fn value(&self, counter: Counter, day: LocalDay) -> i64 {
        self.counters.get(&(counter, day)).copied().unwrap_or(0)
    }

    fn trailing(&self, counter: Counter, from: LocalDay, to: LocalDay) -> Vec<i64> {
        let rows = self.counters.iter().filter(|((kind, _), _)| *kind == counter);
        let changes: Vec<(LocalDay, i64)> = rows.map(|((_, day), change)| (*day, *change)).collect();
        let before = changes.iter().filter(|(day, _)| *day < from).map(|(_, change)| change).sum();
        trailing(before, &changes, from, to)
    }

    /// The model: distinct end users with a presence between two days, both included.
    fn distinct(&self, from: LocalDay, to: LocalDay) -> i64 {
        let users = self.presences.values().filter(|days| days.range(from..=to).next().is_some());
        i64::try_from(users.count()).unwrap()
    }
}

fn month_end(start: LocalDay) -> LocalDay {
    start.plus(31).month_start().plus(-1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counters_equal_sets_in_any_order(
        presences in prop::collection::vec((0_u32..12, 0_i32..120), 0..150),
        first in 0_i32..60,
    ) {
        let mut counted = Counted::default();
        let origin = day("2026-01-07");
        for (end_user, offset) in &presences {
            counted.record(*end_user, origin.plus(*offset));
        }
        let (from, to) = (origin.plus(first), origin.plus(170));
        let (seven, thirty) = (counted.trailing(Counter::Change7, from, to), counted.trailing(Counter::Change30, from, to));
        for (index, today) in (from.0..=to.0).map(LocalDay).enumerate() {
            prop_assert_eq!(counted.value(Counter::Day, today), counted.distinct(today, today), "day {}", today);
            prop_assert_eq!(seven[index], counted.distinct(today.plus(-6), today), "7 days to {}", today);
            prop_assert_eq!(thirty[index], counted.distinct(today.plus(-29), today), "30 days to {}", today);
            let (week, month) = (today.week_start(), today.month_start());
            prop_assert_eq!(counted.value(Counter::Week, week), counted.distinct(week, week.plus(6)), "week {}", week);
            prop_assert_eq!(counted.value(Counter::Month, month), counted.distinct(month, month_end(month)), "month {}", month);
        }
    }
}

#[test]
fn a_lone_presence_counts_everywhere() {
    let today = day("2026-11-22");
    let expected = Contribution {
        day: today,
        trailing_7: Some(Step { up_on: today, down_on: day("2026-11-29") }),
        trailing_30: Some(Step { up_on: today, down_on: day("2026-12-22") }),
        week: Some(day("2026-11-16")),
        month: Some(day("2026-11-01")),
    };
    assert_eq!(contributions(today, None, None), expected);
    assert_eq!(expected.changes().count(), 7);
}

#[test]
fn neighbours_take_their_share() {
    let today = day("2026-11-22");
    let found = contributions(today, Some(day("2026-11-20")), Some(day("2026-11-23")));
    // The trailing 7 days of the 22nd hold the 20th already, and from the 23rd on its successor counts.
    assert_eq!((found.trailing_7, found.trailing_30, found.week, found.month), (None, None, None, None));
    let found = contributions(today, Some(day("2026-11-14")), None);
    assert_eq!(found.trailing_7, Some(Step { up_on: today, down_on: day("2026-11-29") }));
    assert_eq!(found.trailing_30, Some(Step { up_on: day("2026-12-14"), down_on: day("2026-12-22") }));
    assert_eq!((found.week, found.month), (Some(day("2026-11-16")), None));
}

#[test]
fn trailing_of_a_reversed_stretch_is_empty() {
    assert_eq!(trailing(3, &[], day("2026-11-22"), day("2026-11-20")), Vec::<i64>::new());
    assert_eq!(trailing(3, &[(day("2026-11-22"), -1)], day("2026-11-21"), day("2026-11-23")), [3, 2, 2]);
}
