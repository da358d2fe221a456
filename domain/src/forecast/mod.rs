//! What renewals will take from the wallet, and how long it lasts (docs/domain.md §7).
//!
//! Activations that are charged on the same days arrive as one [`DateGroup`], so the work depends on the number of dates and
//! not on the number of activations. Only who of them is paid, where not all are, takes a [`Group`] a price. Nothing is assumed to be topped up and nothing is guessed: the dates are those of the
//! billing calendar, the prices those that are pinned or announced. Knows no names and no rows.

mod coverage;
mod dates;

use std::collections::BTreeMap;

use chrono::{DateTime, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use shared::vocab::{BalanceLevel, BillingInterval, RunwayState};

use crate::billing_calendar::{CalendarError, add_days};

pub use coverage::{Candidate, Coverage, Failing, Step};
pub use dates::{Change, DateGroup, Dates};

/// How far the forecast looks.
pub const HORIZON_MONTHS: u32 = 24;
/// For so many days a top-up is recommended.
pub const TOP_UP_DAYS: [i64; 3] = [30, 60, 90];
/// Something uncovered within so many days is `low`.
pub const LOW_DAYS: i64 = 7;
/// Something uncovered within so many days is `watch`.
pub const WATCH_DAYS: i64 = 30;

/// Why a forecast cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// A date beyond the calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// More money than can be counted.
    #[error("the sum of the renewals is out of range")]
    OutOfRange,
}

/// A price that is in force for periods that start on a day or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceChange {
    /// The first such day.
    pub from_on: NaiveDate,
    /// The price, in minor units.
    pub price_minor: i64,
}

/// Activations that renew by themselves, on the same days, at the same prices.
///
/// A change of interval that waits for the renewal is in the group already: its interval and price apply from the next
/// renewal on, and the anchor day stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// When they are charged next; in the past while they are overdue.
    pub renews_at: DateTime<Utc>,
    /// How often they are charged from then on.
    pub interval: BillingInterval,
    /// Day of the month from which their periods are counted.
    pub anchor_day: u32,
    /// The zone of their calendar.
    pub zone: Tz,
    /// What a period costs, in minor units, until a change is in force.
    pub price_minor: i64,
    /// Announced changes, earliest first.
    pub changes: Vec<PriceChange>,
    /// How many activations these are.
    pub count: u64,
}

/// One charge of every activation of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// When.
    pub at: DateTime<Utc>,
    /// The first day of the period it pays, in the group's zone.
    pub start_on: NaiveDate,
    /// What one activation pays, in minor units.
    pub price_minor: i64,
}

impl Group {
    /// When it is charged.
    pub fn dates(&self) -> Dates {
        Dates { renews_at: self.renews_at, interval: self.interval, anchor_day: self.anchor_day, zone: self.zone }
    }

    /// The `n`-th charge from now, the next one being 0.
    pub fn charge(&self, n: u32) -> Result<Charge, CalendarError> {
        let (at, start_on) = self.dates().nth(n)?;
        Ok(Charge { at, start_on, price_minor: self.price_on(start_on) })
    }

    /// What a period costs that starts on a day, in minor units.
    pub fn price_on(&self, start_on: NaiveDate) -> i64 {
        price_on(self.price_minor, &self.changes, start_on)
    }
}

/// What a period costs that starts on a day, in minor units, given its price and what was announced of it.
pub fn price_on(price_minor: i64, changes: &[PriceChange], start_on: NaiveDate) -> i64 {
    let in_force = changes.iter().rev().find(|change| change.from_on <= start_on);
    in_force.map_or(price_minor, |change| change.price_minor)
}

/// What is charged on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// How many charges.
    pub count: u64,
    /// All of them together, in minor units.
    pub minor: i64,
}

impl Due {
    fn add(self, other: Self) -> Result<Self, ForecastError> {
        Ok(Self {
            count: self.count.checked_add(other.count).ok_or(ForecastError::OutOfRange)?,
            minor: self.minor.checked_add(other.minor).ok_or(ForecastError::OutOfRange)?,
        })
    }
}

/// The balance at the end of a day, if nothing is topped up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectedBalance {
    /// The day.
    pub on: NaiveDate,
    /// What is charged on it; on the first day with everything overdue.
    pub due: Due,
    /// The balance at its end, in minor units; negative past a shortfall.
    pub balance_minor: i64,
}

/// The first day that is not covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// The day.
    pub on: NaiveDate,
    /// What is missing at the end of it, in minor units.
    pub minor: i64,
}

/// How far the wallet reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runway {
    /// In one word.
    pub state: RunwayState,
    /// The last day on which everything is covered, where there is one before a shortfall.
    pub covered_until_on: Option<NaiveDate>,
    /// The first day that is not covered.
    pub shortfall: Option<Shortfall>,
}

/// What has to be topped up to cover a number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopUp {
    /// The last of these days.
    pub until_on: NaiveDate,
    /// Everything due until then.
    pub due: Due,
    /// What is missing for it, in minor units.
    pub minor: i64,
}

/// The renewals of the next two years, day by day in the reseller's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    today: NaiveDate,
    available_minor: i64,
    days: BTreeMap<NaiveDate, Due>,
    has_groups: bool,
}

impl Forecast {
    /// Lays out the charges of `groups` from `today` on. What is overdue is due today.
    pub fn new(groups: &[DateGroup], available_minor: i64, today: NaiveDate, zone: Tz) -> Result<Self, ForecastError> {
        let horizon_on = today.checked_add_months(Months::new(HORIZON_MONTHS)).ok_or(CalendarError::OutOfRange)?;
        let mut days: BTreeMap<NaiveDate, Due> = BTreeMap::new();
        for group in groups.iter().filter(|group| group.count > 0) {
            for (on, start_on) in group.dates.until(today, horizon_on, zone)? {
                let due = Due { count: group.count, minor: group.minor_on(start_on)? };
                let day = days.entry(on).or_default();
                *day = day.add(due)?;
            }
        }
        let has_groups = groups.iter().any(|group| group.count > 0);
        Ok(Self { today, available_minor, days, has_groups })
    }

    /// The balance at the end of every day on which something is due, up to `until_on`.
    pub fn balances(&self, until_on: NaiveDate) -> Result<Vec<ProjectedBalance>, ForecastError> {
        let mut balance_minor = self.available_minor;
        let mut balances = Vec::new();
        for (on, due) in self.days.range(..=until_on) {
            balance_minor = balance_minor.checked_sub(due.minor).ok_or(ForecastError::OutOfRange)?;
            balances.push(ProjectedBalance { on: *on, due: *due, balance_minor });
        }
        Ok(balances)
    }

    /// How far the wallet reaches.
    pub fn runway(&self) -> Result<Runway, ForecastError> {
        let short = self.balances(NaiveDate::MAX)?.into_iter().find(|day| day.balance_minor < 0);
        let Some(short) = short else {
            let state = if self.has_groups { RunwayState::BeyondHorizon } else { RunwayState::NothingRenews };
            return Ok(Runway { state, covered_until_on: None, shortfall: None });
        };
        let shortfall = Some(Shortfall { on: short.on, minor: -short.balance_minor });
        if short.on == self.today {
            return Ok(Runway { state: RunwayState::ShortNow, covered_until_on: None, shortfall });
        }
        Ok(Runway { state: RunwayState::Short, covered_until_on: Some(add_days(short.on, -1)?), shortfall })
    }

    /// What to top up so that everything due in the next `days` days is paid.
    pub fn top_up(&self, days: i64) -> Result<TopUp, ForecastError> {
        let until_on = add_days(self.today, days)?;
        let mut due = Due::default();
        for day in self.days.range(..=until_on).map(|(_, day)| *day) {
            due = due.add(day)?;
        }
        Ok(TopUp { until_on, due, minor: self.missing(due) })
    }

    /// How urgent a top-up is, given how many activations are in grace and what is [due](due_before) within 24 hours.
    pub fn level(&self, failed_count: u64, within_a_day: Due) -> Result<BalanceLevel, ForecastError> {
        if failed_count > 0 || self.missing(within_a_day) > 0 {
            return Ok(BalanceLevel::Blocked);
        }
        if self.top_up(LOW_DAYS)?.minor > 0 {
            return Ok(BalanceLevel::Low);
        }
        Ok(if self.top_up(WATCH_DAYS)?.minor > 0 { BalanceLevel::Watch } else { BalanceLevel::Ok })
    }

    /// What has to come in to pay for this, in minor units.
    pub fn missing(&self, due: Due) -> i64 {
        due.minor.saturating_sub(self.available_minor).max(0)
    }
}

/// Everything charged before a moment, overdue charges included.
pub fn due_before(groups: &[DateGroup], end: DateTime<Utc>) -> Result<Due, ForecastError> {
    let mut due = Due::default();
    for group in groups.iter().filter(|group| group.count > 0 && group.dates.renews_at < end) {
        for n in 0.. {
            let (at, start_on) = group.dates.nth(n)?;
            if at >= end {
                break;
            }
            due = due.add(Due { count: group.count, minor: group.minor_on(start_on)? })?;
        }
    }
    Ok(due)
}

/// When something is charged next after a moment.
pub fn next_charge_after(groups: &[DateGroup], after: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, ForecastError> {
    let mut next: Option<DateTime<Utc>> = None;
    for group in groups.iter().filter(|group| group.count > 0) {
        for n in 0.. {
            let (at, _) = group.dates.nth(n)?;
            if at > after {
                next = Some(next.map_or(at, |known| known.min(at)));
                break;
            }
        }
    }
    Ok(next)
}

#[cfg(test)]
mod tests;
