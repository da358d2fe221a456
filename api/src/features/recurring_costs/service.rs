//! The cards by interval and what they come to by the month.

use chrono::{DateTime, NaiveDate, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use domain::recurring_costs::{Card, IntervalTotals, NextCharge, RecurringCosts, recurring_costs};
use sea_orm::ConnectionTrait;
use shared::vocab::BillingInterval;

use super::store;
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::forecast::next::NextRenewals;

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
    /// The sums behind a card.
    pub fn sums_of(&self, card: &Card) -> Option<&IntervalSums> {
        self.sums.iter().find(|sums| sums.interval == card.totals.interval)
    }
}

/// The renewing and paused activations of one interval. Amounts are in minor units; what is due is what the next renewal takes, at
/// the interval and the price that will be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntervalSums {
    /// The interval.
    pub interval: BillingInterval,
    /// Activations that will renew.
    pub renewing_count: i64,
    /// Their prices.
    pub renewing_minor: i64,
    /// Those due within 7 days, overdue ones included.
    pub due_7_count: i64,
    /// What they take.
    pub due_7_minor: i64,
    /// Those due within 30 days, overdue ones included.
    pub due_30_count: i64,
    /// What they take.
    pub due_30_minor: i64,
    /// Paused activations.
    pub paused_count: i64,
    /// Their prices.
    pub paused_minor: i64,
    /// The day of the first renewal and everything of the interval that is charged on it.
    pub next_charge: Option<NextCharge>,
}

/// The sums of every interval at a moment, from the next renewals.
pub async fn sums(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    next: &[NextRenewals],
) -> Result<Vec<IntervalSums>, Error> {
    let paused = store::paused(connection, reseller.id).await?;
    let today = reseller.date_of(as_of);
    let midnight = |date: NaiveDate, days: i64| {
        add_days(date, days).and_then(|date| local_midnight(date, reseller.time_zone)).map_err(Error::internal)
    };
    let (due_7_before, due_30_before) = (midnight(today, 8)?, midnight(today, 31)?);
    let of = |interval: BillingInterval| {
        let rows = || next.iter().filter(move |row| row.billing_interval == interval);
        let next_charge = match rows().map(|row| row.renews_at).min() {
            Some(first) => {
                let renews_on = reseller.date_of(first);
                let (from, before) = (midnight(renews_on, 0)?, midnight(renews_on, 1)?);
                let on_it = rows().filter(|row| row.renews_at >= from && row.renews_at < before);
                Some(NextCharge { renews_on, amount_minor: due(on_it)?.1 })
            }
            None => None,
        };
        let (renewing_count, renewing_minor) = added(rows(), |row| row.price_minor)?;
        let (due_7_count, due_7_minor) = due(rows().filter(|row| row.renews_at < due_7_before))?;
        let (due_30_count, due_30_minor) = due(rows().filter(|row| row.renews_at < due_30_before))?;
        let paused = paused.iter().find(|row| row.billing_interval.0 == interval);
        let (paused_count, paused_minor) = paused.map_or((0, 0), |row| (row.count, row.price_minor));
        Ok(IntervalSums {
            interval,
            renewing_count,
            renewing_minor,
            due_7_count,
            due_7_minor,
            due_30_count,
            due_30_minor,
            paused_count,
            paused_minor,
            next_charge,
        })
    };
    BillingInterval::ALL.iter().map(|interval| of(*interval)).collect()
}

/// How many these are, and what their renewals take.
fn due<'a>(rows: impl Iterator<Item = &'a NextRenewals>) -> Result<(i64, i64), Error> {
    added(rows, |row| row.due_minor)
}

/// How many these are, and an amount of all of them.
fn added<'a>(
    mut rows: impl Iterator<Item = &'a NextRenewals>,
    minor_of: impl Fn(&NextRenewals) -> i64,
) -> Result<(i64, i64), Error> {
    let sum = rows.try_fold((0_i64, 0_i64), |(count, minor), row| {
        Some((count.checked_add(row.count)?, minor.checked_add(minor_of(row))?))
    });
    sum.ok_or_else(|| Error::internal("the sum of the prices is out of range"))
}

/// The recurring costs of all renewing activations, from their [`sums`].
pub fn get(sums: Vec<IntervalSums>) -> Result<Costs, Error> {
    let mut totals = Vec::with_capacity(sums.len());
    for row in &sums {
        totals.push(IntervalTotals {
            interval: row.interval,
            renewing_count: u64::try_from(row.renewing_count).map_err(Error::internal)?,
            total_minor: row.renewing_minor,
            paused_count: u64::try_from(row.paused_count).map_err(Error::internal)?,
            paused_total_minor: row.paused_minor,
            next_charge: row.next_charge,
            due_7_minor: row.due_7_minor,
            due_30_minor: row.due_30_minor,
        });
    }
    let all = recurring_costs(&totals).map_err(Error::internal)?;
    totals.retain(|row| row.interval.months() <= 3);
    let short = recurring_costs(&totals).map_err(Error::internal)?;
    Ok(Costs { all, short_minor: short.monthly_equivalent_minor, sums })
}
