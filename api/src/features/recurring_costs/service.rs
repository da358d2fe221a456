//! The cards by interval and what they come to by the month.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use domain::recurring_costs::{Card, IntervalTotals, NextCharge, RecurringCosts, recurring_costs};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::store::{self, IntervalSums};
use crate::auth::Reseller;
use crate::db::Kept;
use crate::error::Error;

/// The cards with what only counts tell.
#[derive(Debug)]
pub struct Costs {
    /// The cards and their sum.
    pub all: RecurringCosts,
    /// The monthly equivalent of monthly and quarterly cards, in minor units.
    pub short_minor: i64,
    /// The sums that the cards come from.
    pub sums: Vec<IntervalSums>,
}

impl Costs {
    /// The sums behind a card; none if it is empty.
    pub fn sums_of(&self, card: &Card) -> Option<&IntervalSums> {
        self.sums.iter().find(|sums| sums.billing_interval.0 == card.totals.interval)
    }
}

/// The sums by interval as of a snapshot.
#[derive(Debug)]
pub struct Sums {
    /// What is due before this is due within 7 days; overdue renewals are.
    due_7_before: DateTime<Utc>,
    /// The same for 30 days.
    due_30_before: DateTime<Utc>,
    /// One row per interval that has any.
    pub rows: Vec<IntervalSums>,
}

/// The sums of resellers that wrote nothing since they were added up.
#[derive(Debug, Clone, Default)]
pub struct CostSums(Kept<Sums>);

impl CostSums {
    /// The sums of a snapshot at a moment.
    pub async fn at(
        &self,
        snapshot: &DatabaseTransaction,
        reseller: &Reseller,
        as_of: DateTime<Utc>,
    ) -> Result<Arc<Sums>, Error> {
        let today = reseller.date_of(as_of);
        let after = |days: i64| {
            add_days(today, days + 1).and_then(|date| local_midnight(date, reseller.time_zone)).map_err(Error::internal)
        };
        let (due_7_before, due_30_before) = (after(7)?, after(30)?);
        let fits = |kept: &Sums| (kept.due_7_before, kept.due_30_before) == (due_7_before, due_30_before);
        let read = async || {
            let rows = store::sums(snapshot, reseller.id, due_7_before, due_30_before).await?;
            Ok(Sums { due_7_before, due_30_before, rows })
        };
        self.0.get(snapshot, reseller.id, fits, read).await
    }
}

/// The recurring costs of all renewing activations, from their [`Sums`].
pub async fn get(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    sums: &[IntervalSums],
) -> Result<Costs, Error> {
    let mut totals = Vec::with_capacity(sums.len());
    for row in sums {
        totals.push(IntervalTotals {
            interval: row.billing_interval.0,
            renewing_count: u64::try_from(row.renewing_count).map_err(Error::internal)?,
            total_minor: row.renewing_minor,
            paused_count: u64::try_from(row.paused_count).map_err(Error::internal)?,
            paused_total_minor: row.paused_minor,
            next_charge: next_charge(connection, reseller, row).await?,
            due_7_minor: row.due_7_minor,
            due_30_minor: row.due_30_minor,
        });
    }
    let all = recurring_costs(&totals).map_err(Error::internal)?;
    totals.retain(|row| row.interval.months() <= 3);
    let short = recurring_costs(&totals).map_err(Error::internal)?;
    Ok(Costs { all, short_minor: short.monthly_equivalent_minor, sums: sums.to_vec() })
}

/// The day of the first renewal and everything of the interval that is charged on it.
async fn next_charge(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    row: &IntervalSums,
) -> Result<Option<NextCharge>, Error> {
    let Some(first) = row.first_renews_at else { return Ok(None) };
    let renews_on = reseller.date_of(first);
    let midnight = |date| local_midnight(date, reseller.time_zone).map_err(Error::internal);
    let (from, before) = (midnight(renews_on)?, midnight(add_days(renews_on, 1).map_err(Error::internal)?)?);
    let amount_minor = store::renewing_between(connection, reseller.id, row.billing_interval.0, from, before).await?;
    Ok(Some(NextCharge { renews_on, amount_minor }))
}
