//! When periods start and end, and which instant a local day begins at.
//!
//! Dates are reckoned in the activation's own zone and become instants last (docs/domain.md §2). Every period is
//! computed from the term's anchor, never from the period before, so nothing drifts. Knows nothing of money or states.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::{GapInfo, Tz};
use shared::vocab::BillingInterval;

/// Grace given after a failed renewal when the product names none, in days (docs/domain.md §6).
pub const DEFAULT_GRACE_DAYS: u32 = 7;

/// Why a date could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Beyond the dates that can be represented.
    #[error("the date is out of range")]
    OutOfRange,
    /// An anchor day outside 1 to 31.
    #[error("the anchor day {0} is not between 1 and 31")]
    AnchorDay(u32),
}

/// A run of periods with one interval, one anchor day and one zone (docs/domain.md §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// First day of period 0. Only its month is reckoned with; the day comes from [`Self::anchor_day`].
    pub anchor_on: NaiveDate,
    /// Day of the month, 1 to 31, from which periods are counted; clamped to each month's length.
    pub anchor_day: u32,
    /// Length of one period.
    pub interval: BillingInterval,
    /// The activation's zone, frozen at activation.
    pub zone: Tz,
}

/// The n-th stretch of a term, half-open: the end belongs to the next period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Position in the term, from 0.
    pub n: u32,
    /// First local day.
    pub start_on: NaiveDate,
    /// Local day after the last one.
    pub end_on: NaiveDate,
    /// Local midnight of [`Self::start_on`].
    pub starts_at: DateTime<Utc>,
    /// Local midnight of [`Self::end_on`].
    pub ends_at: DateTime<Utc>,
}

impl Period {
    /// Calendar days in the period.
    pub fn total_days(&self) -> i64 {
        self.end_on.signed_duration_since(self.start_on).num_days()
    }

    /// Whether `instant` lies in the period; the end does not.
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.starts_at <= instant && instant < self.ends_at
    }
}

impl Term {
    /// A term whose period 0 starts on `start_on`, which also gives the anchor day.
    pub fn starting(start_on: NaiveDate, interval: BillingInterval, zone: Tz) -> Self {
        Self { anchor_on: start_on, anchor_day: start_on.day(), interval, zone }
    }

    /// A term that opens at a renewal: it starts in the month of `start_on` and keeps an earlier term's anchor day.
    pub fn continuing(
        start_on: NaiveDate,
        anchor_day: u32,
        interval: BillingInterval,
        zone: Tz,
    ) -> Result<Self, CalendarError> {
        if !(1..=31).contains(&anchor_day) {
            return Err(CalendarError::AnchorDay(anchor_day));
        }
        Ok(Self { anchor_on: start_on, anchor_day, interval, zone })
    }

    /// The local day on which period `n` starts: `clamp(first month + n × interval, anchor day)`.
    pub fn period_start(&self, n: u32) -> Result<NaiveDate, CalendarError> {
        let months = n.checked_mul(self.interval.months()).ok_or(CalendarError::OutOfRange)?;
        let month =
            month_start(self.anchor_on).checked_add_months(Months::new(months)).ok_or(CalendarError::OutOfRange)?;
        let last_day = u32::from(month.num_days_in_month());
        month.with_day(self.anchor_day.clamp(1, last_day)).ok_or(CalendarError::OutOfRange)
    }

    /// The instant at which period `n` starts.
    pub fn period_starts_at(&self, n: u32) -> Result<DateTime<Utc>, CalendarError> {
        local_midnight(self.period_start(n)?, self.zone)
    }

    /// Period `n` with its days and instants. Its end is the start of period `n + 1`.
    pub fn period(&self, n: u32) -> Result<Period, CalendarError> {
        let next = n.checked_add(1).ok_or(CalendarError::OutOfRange)?;
        let (start_on, end_on) = (self.period_start(n)?, self.period_start(next)?);
        Ok(Period {
            n,
            start_on,
            end_on,
            starts_at: local_midnight(start_on, self.zone)?,
            ends_at: local_midnight(end_on, self.zone)?,
        })
    }

    /// The period that contains `instant`, or `None` before the term.
    pub fn period_at(&self, instant: DateTime<Utc>) -> Result<Option<Period>, CalendarError> {
        let today = local_date(instant, self.zone);
        let months = i64::from(today.year() - self.anchor_on.year()) * 12 + i64::from(today.month())
            - i64::from(self.anchor_on.month());
        let guess = months.div_euclid(i64::from(self.interval.months()));
        // The clamped day, or a midnight that the zone moved, may put the instant one period beside the guess.
        for n in [guess - 1, guess, guess + 1] {
            let Ok(n) = u32::try_from(n) else { continue };
            let period = self.period(n)?;
            if period.contains(instant) {
                return Ok(Some(period));
            }
        }
        Ok(None)
    }
}

/// The instant at which the local day `date` begins in `zone`.
///
/// If the clock skips midnight, the first valid instant after it; if midnight happens twice, the earlier one.
pub fn local_midnight(date: NaiveDate, zone: Tz) -> Result<DateTime<Utc>, CalendarError> {
    let midnight = date.and_time(NaiveTime::MIN);
    if let Some(instant) = zone.from_local_datetime(&midnight).earliest() {
        return Ok(instant.to_utc());
    }
    GapInfo::new(&midnight, &zone).and_then(|gap| gap.end).map(|end| end.to_utc()).ok_or(CalendarError::OutOfRange)
}

/// The calendar day of `instant` in `zone`.
pub fn local_date(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let utc = instant.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    // Only within a day of the end of representable time is there no local date; the UTC date is the nearest.
    utc.checked_add_offset(offset).map_or(utc.date(), |local| local.date())
}

/// The Monday of the week of `date`.
pub fn week_start(date: NaiveDate) -> NaiveDate {
    date.week(Weekday::Mon).checked_first_day().unwrap_or(NaiveDate::MIN)
}

/// The first day of the month of `date`.
pub fn month_start(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// `date` and `days` more (or fewer, when negative).
pub fn add_days(date: NaiveDate, days: i64) -> Result<NaiveDate, CalendarError> {
    let distance = Days::new(days.unsigned_abs());
    let moved = if days < 0 { date.checked_sub_days(distance) } else { date.checked_add_days(distance) };
    moved.ok_or(CalendarError::OutOfRange)
}

/// Until when an activation stays on after a renewal that could not be paid (docs/domain.md §6).
///
/// The later of local midnight `grace_days` after `due_on`, and 24 hours after the failure was recorded.
pub fn grace_until(
    due_on: NaiveDate,
    grace_days: u32,
    zone: Tz,
    failed_at: DateTime<Utc>,
) -> Result<DateTime<Utc>, CalendarError> {
    let by_date = local_midnight(add_days(due_on, i64::from(grace_days))?, zone)?;
    let by_failure = failed_at.checked_add_signed(TimeDelta::hours(24)).ok_or(CalendarError::OutOfRange)?;
    Ok(by_date.max(by_failure))
}

#[cfg(test)]
mod tests;
