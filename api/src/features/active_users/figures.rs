//! The figures of buckets, from counters.

use std::collections::HashMap;

use domain::active_users::{LocalDay, Span, trailing};
use sea_orm::ConnectionTrait;
use shared::vocab::{Bucket, Measure, ResellerId};

use super::filter::Filter;
use super::store::{self, UsageState};
use crate::error::Error;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// For whom.
    pub reseller_id: ResellerId,
    /// Whose users.
    pub filter: Filter,
    /// What one figure counts over.
    pub bucket: Bucket,
    /// Whom it counts.
    pub measure: Measure,
    /// The day that has come; later ones do not count.
    pub today: LocalDay,
}

/// Figures by the first day of their buckets; none is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures(HashMap<LocalDay, i64>);

impl Figures {
    /// The figure of a bucket.
    pub fn of(&self, span: &Span) -> u64 {
        u64::try_from(self.0.get(&span.first_day).copied().unwrap_or_default()).unwrap_or_default()
    }
}

/// The figures of all buckets that begin in stretches of days, each of whole buckets but for today's.
pub async fn read(
    connection: &impl ConnectionTrait,
    state: Option<&UsageState>,
    counted: &Counted,
    stretches: &[(LocalDay, LocalDay)],
) -> Result<Figures, Error> {
    let Some(state) = state else { return Ok(Figures::default()) };
    let mut figures = HashMap::new();
    for (from, to) in stretches {
        let (from, to) = (*from, (*to).min(counted.today));
        let found = match counted.measure.trailing_days() {
            Some(_) => counted.trailing(connection, state, from, to).await?,
            None => counted.distinct(connection, state, from, to).await?,
        };
        figures.extend(found);
    }
    Ok(Figures(figures))
}

impl Counted {
    async fn distinct(
        &self,
        connection: &impl ConnectionTrait,
        state: &UsageState,
        from: LocalDay,
        to: LocalDay,
    ) -> Result<Vec<(LocalDay, i64)>, Error> {
        let (id, epoch, scope) = (self.reseller_id, state.epoch, self.filter.scope());
        if self.bucket == Bucket::Day {
            let rows = store::day_counts(connection, id, epoch, scope, from.into(), to.into()).await?;
            return rows.into_iter().map(|row| Ok((day(row.day)?, row.active))).collect();
        }
        let rows = store::bucket_counts(connection, id, epoch, scope, self.bucket, from.into(), to.into()).await?;
        let mut figures =
            rows.into_iter().map(|(first, active)| Ok((day(first)?, active))).collect::<Result<Vec<_>, Error>>()?;
        if to == self.today {
            self.leave_out_days_to_come(connection, state, &mut figures).await?;
        }
        Ok(figures)
    }

    /// The counter of the running week or month has uses of days that have not come, if a sender's clock is ahead: then the
    /// bucket is counted anew up to today, as the list of its people is.
    async fn leave_out_days_to_come(
        &self,
        connection: &impl ConnectionTrait,
        state: &UsageState,
        figures: &mut [(LocalDay, i64)],
    ) -> Result<(), Error> {
        let first_day = if self.bucket == Bucket::Week { self.today.week_start() } else { self.today.month_start() };
        let Some(running) = figures.iter_mut().find(|(day, _)| *day == first_day) else { return Ok(()) };
        let (id, epoch, scope) = (self.reseller_id, state.epoch, self.filter.scope());
        let (next, last) = (self.today.plus(1), self.today.plus(31));
        if store::day_counts(connection, id, epoch, scope, next.into(), last.into()).await?.is_empty() {
            return Ok(());
        }
        running.1 = match self.filter {
            Filter::Client(client) => {
                store::count_present_of_client(connection, id, epoch, client, first_day, self.today).await?
            }
            _ => store::count_present(connection, id, epoch, scope, first_day, self.today).await?,
        };
        Ok(())
    }

    async fn trailing(
        &self,
        connection: &impl ConnectionTrait,
        state: &UsageState,
        from: LocalDay,
        to: LocalDay,
    ) -> Result<Vec<(LocalDay, i64)>, Error> {
        let (id, epoch, scope) = (self.reseller_id, state.epoch, self.filter.scope());
        let is_week = self.measure == Measure::Trailing7;
        let before = if is_week {
            store::change_7_before(connection, id, epoch, scope, from.into()).await?
        } else {
            store::change_30_before(connection, id, epoch, scope, from.into()).await?
        };
        let rows = store::day_counts(connection, id, epoch, scope, from.into(), to.into()).await?;
        let change = |row: store::DayCount| Ok((day(row.day)?, if is_week { row.change_7 } else { row.change_30 }));
        let changes = rows.into_iter().map(change).collect::<Result<Vec<_>, Error>>()?;
        Ok(by_day(from, trailing(before, &changes, from, to)))
    }
}

fn by_day(from: LocalDay, figures: Vec<i64>) -> Vec<(LocalDay, i64)> {
    (from.0..).map(LocalDay).zip(figures).collect()
}

fn day(number: i64) -> Result<LocalDay, Error> {
    LocalDay::try_from(number).map_err(Error::internal)
}
