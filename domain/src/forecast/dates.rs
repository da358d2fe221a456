//! When something renews, and what is charged on the same days.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use shared::vocab::BillingInterval;

use super::{ForecastError, Group};
use crate::billing_calendar::{CalendarError, Term, local_date, local_midnight};

/// When something is charged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dates {
    /// When it is charged next; in the past while it is overdue.
    pub renews_at: DateTime<Utc>,
    /// How often it is charged from then on.
    pub interval: BillingInterval,
    /// Day of the month from which its periods are counted.
    pub anchor_day: u32,
    /// The zone of its calendar.
    pub zone: Tz,
}

impl Dates {
    fn term(&self) -> Result<Term, CalendarError> {
        Term::continuing(local_date(self.renews_at, self.zone), self.anchor_day, self.interval, self.zone)
    }

    /// The `n`-th charge from now, the next one being 0: its moment, and the first day that it pays.
    pub fn nth(&self, n: u32) -> Result<(DateTime<Utc>, NaiveDate), CalendarError> {
        let start_on = self.term()?.period_start(n)?;
        let at = if n == 0 { self.renews_at } else { local_midnight(start_on, self.zone)? };
        Ok((at, start_on))
    }

    /// For every charge up to a day: the day on which it is due in a zone, not before `today`, and the first day that it pays.
    pub(super) fn until(
        &self,
        today: NaiveDate,
        last: NaiveDate,
        zone: Tz,
    ) -> Result<Vec<(NaiveDate, NaiveDate)>, CalendarError> {
        let mut dates = Vec::new();
        let term = self.term()?;
        for n in 0.. {
            let start_on = term.period_start(n)?;
            let at = || if n == 0 { Ok(self.renews_at) } else { local_midnight(start_on, self.zone) };
            // The same day in both zones, unless the instant is looked at from another one.
            let on = if self.zone == zone { start_on } else { local_date(at()?, zone) }.max(today);
            if on > last {
                break;
            }
            dates.push((on, start_on));
        }
        Ok(dates)
    }
}

/// By how much what a group costs changes for periods that start on a day or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The first such day.
    pub from_on: NaiveDate,
    /// By how much, in minor units.
    pub minor: i64,
}

/// Activations that renew by themselves on the same days, whatever each of them costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateGroup {
    /// When.
    pub dates: Dates,
    /// How many activations these are.
    pub count: u64,
    /// What all of them cost at the next renewal, in minor units, until a change is in force.
    pub total_minor: i64,
    /// What was announced of it, in any order.
    pub changes: Vec<Change>,
}

impl DateGroup {
    /// What all of them pay for the period that starts on a day, in minor units.
    pub fn minor_on(&self, start_on: NaiveDate) -> Result<i64, ForecastError> {
        let in_force = self.changes.iter().filter(|change| change.from_on <= start_on);
        let mut total = self.total_minor;
        for change in in_force {
            total = total.checked_add(change.minor).ok_or(ForecastError::OutOfRange)?;
        }
        Ok(total)
    }

    /// Takes in what was announced of a price that some of them hold.
    pub fn announce(&mut self, held: &Group) -> Result<(), ForecastError> {
        let count = i64::try_from(held.count).map_err(|_| ForecastError::OutOfRange)?;
        let mut before_minor = held.price_minor;
        for change in &held.changes {
            let each = change.price_minor.checked_sub(before_minor).ok_or(ForecastError::OutOfRange)?;
            let minor = each.checked_mul(count).ok_or(ForecastError::OutOfRange)?;
            self.changes.push(Change { from_on: change.from_on, minor });
            before_minor = change.price_minor;
        }
        Ok(())
    }
}

impl TryFrom<&Group> for DateGroup {
    type Error = ForecastError;

    /// A group by itself.
    fn try_from(group: &Group) -> Result<Self, ForecastError> {
        let count = i64::try_from(group.count).map_err(|_| ForecastError::OutOfRange)?;
        let total_minor = group.price_minor.checked_mul(count).ok_or(ForecastError::OutOfRange)?;
        let mut alone = Self { dates: group.dates(), count: group.count, total_minor, changes: Vec::new() };
        alone.announce(group)?;
        Ok(alone)
    }
}
