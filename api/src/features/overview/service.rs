//! The figures, with what they were a month ago and on the days between.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::active_users::LocalDay;
use domain::billing_calendar::{add_days, local_midnight};
use sea_orm::ConnectionTrait;

use super::store;
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::active_users::service::{self as active_users, TotalUsers};
use crate::features::recurring_costs::service::IntervalSums;

/// Days that a trend shows, today included.
pub const TREND_DAYS: i32 = 30;

/// Activations that are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveSoftware {
    /// Now.
    pub value: i64,
    /// At the same local time 30 days ago.
    pub previous: i64,
    /// At the end of each of the last 29 days and now.
    pub trend: Vec<i64>,
}

/// The wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// What it holds, in minor units.
    pub balance_minor: i64,
    /// What renewals take until 30 days from today, in minor units.
    pub due_minor: i64,
    /// How many renewals that are.
    pub due_count: i64,
}

/// The figures.
#[derive(Debug)]
pub struct Overview {
    /// Distinct end users.
    pub users: TotalUsers,
    /// Activations that are on.
    pub software: ActiveSoftware,
    /// The wallet; none for callers that may not read it.
    pub balance: Option<Balance>,
}

/// The figures as of a moment; without the sums of renewals, which only some callers may see, there is no balance.
pub async fn get(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    sums: Option<&[IntervalSums]>,
) -> Result<Overview, Error> {
    let today = LocalDay::from_date(reseller.date_of(as_of));
    let users = active_users::total_users(connection, reseller, today, TREND_DAYS).await?;
    let software = active_software(connection, reseller, as_of).await?;
    let balance = match sums {
        Some(sums) => Some(balance(connection, reseller, sums).await?),
        None => None,
    };
    Ok(Overview { users, software, balance })
}

async fn balance(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    sums: &[IntervalSums],
) -> Result<Balance, Error> {
    Ok(Balance {
        balance_minor: store::balance_minor(connection, reseller.id).await?,
        due_minor: sums.iter().map(|row| row.due_30_minor).sum(),
        due_count: sums.iter().map(|row| row.due_30_count).sum(),
    })
}

async fn active_software(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
) -> Result<ActiveSoftware, Error> {
    let moments = moments(as_of, reseller.time_zone)?;
    let value = store::active_count(connection, reseller.id).await?;
    let changes = store::changes_from(connection, reseller.id, &moments).await?;
    let (previous, trend) = walk_back(value, &changes);
    Ok(ActiveSoftware { value, previous, trend })
}

/// The moments to count at: the same local time 30 days ago, then the ends of the last 29 days.
fn moments(as_of: DateTime<Utc>, zone: Tz) -> Result<Vec<DateTime<Utc>>, Error> {
    let today = as_of.with_timezone(&zone).date_naive();
    let day = |days: i64| add_days(today, days).map_err(Error::internal);
    // One microsecond later: what begins at that very moment is on by then.
    let mut moments = vec![same_time_on(day(-i64::from(TREND_DAYS))?, as_of, zone)? + TimeDelta::microseconds(1)];
    for days in 1 - TREND_DAYS..0 {
        moments.push(local_midnight(day(i64::from(days) + 1)?, zone).map_err(Error::internal)?);
    }
    Ok(moments)
}

/// The time of day of `as_of` on another date; where the clock skips it, the first valid moment of that day after midnight.
fn same_time_on(date: NaiveDate, as_of: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>, Error> {
    let local = date.and_time(as_of.with_timezone(&zone).time()).and_local_timezone(zone);
    match local.earliest() {
        Some(moment) => Ok(moment.with_timezone(&Utc)),
        None => local_midnight(date, zone).map_err(Error::internal),
    }
}

/// From the number that are on now back to each moment.
fn walk_back(value: i64, changes: &[i64]) -> (i64, Vec<i64>) {
    let mut trend = vec![value];
    let mut running = value;
    for change in changes.iter().skip(1).rev() {
        running -= change;
        trend.push(running);
    }
    trend.reverse();
    (running - changes.first().copied().unwrap_or_default(), trend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_the_present_less_what_changed_since() {
        // 30 days ago to the first midnight +4, then +2, then -1 until now.
        assert_eq!(walk_back(86, &[4, 2, -1]), (81, vec![85, 87, 86]));
        assert_eq!(walk_back(3, &[]), (3, vec![3]));
    }

    #[test]
    fn thirty_moments_follow_the_local_calendar() {
        // Berlin leaves summer time on 25 October 2026.
        let as_of = "2026-11-22T13:02:00Z".parse().unwrap();
        let moments = moments(as_of, Tz::Europe__Berlin).unwrap();
        let text: Vec<String> = moments.iter().map(ToString::to_string).collect();
        assert_eq!(moments.len(), 30);
        assert_eq!(text[0], "2026-10-23 12:02:00.000001 UTC");
        assert_eq!(text[1], "2026-10-24 22:00:00 UTC");
        assert_eq!(text[2], "2026-10-25 23:00:00 UTC");
        assert_eq!(text[29], "2026-11-21 23:00:00 UTC");
    }
}
