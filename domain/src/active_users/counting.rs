//! What one new presence changes in the counters, and how counters become trailing figures.

use super::LocalDay;

/// A change of a trailing figure: one more from a day on, one fewer from another day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// First day on which the trailing figure is one higher.
    pub up_on: LocalDay,
    /// First day on which it no longer is.
    pub down_on: LocalDay,
}

/// What a new presence of one end user on one day adds to the counters of its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// The day whose count of distinct end users rises by one.
    pub day: LocalDay,
    /// The change of the trailing 7-day figure, if the end user was not in it throughout already.
    pub trailing_7: Option<Step>,
    /// The change of the trailing 30-day figure.
    pub trailing_30: Option<Step>,
    /// The Monday of the week whose count rises by one, if this is the end user's first presence in it.
    pub week: Option<LocalDay>,
    /// The first day of the month whose count rises by one.
    pub month: Option<LocalDay>,
}

/// One counter of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Distinct end users of the day.
    Day,
    /// Change of the trailing 7-day figure on the day.
    Change7,
    /// Change of the trailing 30-day figure on the day.
    Change30,
    /// Distinct end users of the week that starts on the day.
    Week,
    /// Distinct end users of the month that starts on the day.
    Month,
}

impl Contribution {
    /// The changes one by one: counter, day it is kept under, plus or minus one. At most seven.
    pub fn changes(&self) -> impl Iterator<Item = (Counter, LocalDay, i64)> {
        let steps = |counter: Counter, step: Option<Step>| {
            step.into_iter().flat_map(move |step| [(counter, step.up_on, 1), (counter, step.down_on, -1)])
        };
        std::iter::once((Counter::Day, self.day, 1))
            .chain(steps(Counter::Change7, self.trailing_7))
            .chain(steps(Counter::Change30, self.trailing_30))
            .chain(self.week.map(|first_day| (Counter::Week, first_day, 1)))
            .chain(self.month.map(|first_day| (Counter::Month, first_day, 1)))
    }
}

/// What a *new* presence on `day` contributes, given the same end user's nearest presences before and after it.
///
/// `previous` is earlier and `next` later than `day`. Presences may arrive in any order; a repeated one must not be
/// counted, so insert the presence first and contribute only if it was new (docs/domain.md §8).
pub fn contributions(day: LocalDay, previous: Option<LocalDay>, next: Option<LocalDay>) -> Contribution {
    let is_first_of = |start_of: fn(LocalDay) -> LocalDay| {
        let start = start_of(day);
        let is_known = [previous, next].into_iter().flatten().any(|neighbour| start_of(neighbour) == start);
        (!is_known).then_some(start)
    };
    Contribution {
        day,
        trailing_7: step(day, previous, next, 7),
        trailing_30: step(day, previous, next, 30),
        week: is_first_of(LocalDay::week_start),
        month: is_first_of(LocalDay::month_start),
    }
}

/// A presence on `d` is seen by the trailing figures of `d ..= d + width - 1`; those that a neighbour already covers do
/// not change.
fn step(day: LocalDay, previous: Option<LocalDay>, next: Option<LocalDay>, width: i32) -> Option<Step> {
    let first = previous.map_or(day, |previous| day.max(previous.plus(width)));
    let last = day.plus(width - 1);
    let last = next.map_or(last, |next| last.min(next.plus(-1)));
    (first <= last).then(|| Step { up_on: first, down_on: last.plus(1) })
}

/// The trailing figure of each day from `from` to `to`, both included.
///
/// `before` is the sum of all changes earlier than `from`; `changes` holds the days with changes in any order (days
/// outside the stretch are left out).
pub fn trailing(before: i64, changes: &[(LocalDay, i64)], from: LocalDay, to: LocalDay) -> Vec<i64> {
    let Ok(length) = usize::try_from(to.since(from) + 1) else { return Vec::new() };
    let mut figures = vec![0_i64; length];
    for (day, change) in changes {
        if let Some(figure) = usize::try_from(day.since(from)).ok().and_then(|index| figures.get_mut(index)) {
            *figure += change;
        }
    }
    let mut running = before;
    for figure in &mut figures {
        running += *figure;
        *figure = running;
    }
    figures
}
