//! A calendar day as a number, the form in which presences and counters are keyed.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::billing_calendar::{local_date, month_start, week_start};

/// A calendar day in the reseller's zone, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDay(pub i32);

impl LocalDay {
    /// The number of a date.
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// The day of `instant` in `zone`.
    pub fn of(instant: DateTime<Utc>, zone: Tz) -> Self {
        Self::from_date(local_date(instant, zone))
    }

    /// The date of this day; the nearest one that can be represented if the number lies beyond.
    pub fn date(self) -> NaiveDate {
        let nearest = if self.0 < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
        NaiveDate::from_epoch_days(self.0).unwrap_or(nearest)
    }

    /// The day `days` later, or earlier if negative; stops at the ends of the number range.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this day.
    pub fn since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// The Monday of this day's week.
    pub fn week_start(self) -> Self {
        Self::from_date(week_start(self.date()))
    }

    /// The first day of this day's month.
    pub fn month_start(self) -> Self {
        Self::from_date(month_start(self.date()))
    }
}

impl std::fmt::Display for LocalDay {
    /// The ISO date, such as `2026-11-22`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.date().fmt(formatter)
    }
}

impl From<LocalDay> for i64 {
    fn from(day: LocalDay) -> Self {
        Self::from(day.0)
    }
}

impl TryFrom<i64> for LocalDay {
    type Error = std::num::TryFromIntError;

    /// Reads a stored day number.
    fn try_from(number: i64) -> Result<Self, Self::Error> {
        i32::try_from(number).map(Self)
    }
}
