//! Activations that nobody uses, and what they cost.

use std::collections::HashMap;

use chrono_tz::Tz;
use domain::active_users::LocalDay;
use domain::billing_calendar::{Period, local_date};
use domain::ledger::PaidPeriod;
use domain::reports::AtStake;
use shared::vocab::ActivationStatus;
use uuid::Uuid;

use super::{Context, Days, Key, NextPrices, Part, Placed, trailing};
use crate::error::Error;
use crate::features::activations::store::ListedActivation;
use crate::features::reports::store::{Facts, LivePeriod, Which, facts, live_periods};

/// What nobody uses.
#[derive(Debug)]
pub struct Unused {
    /// The days without use.
    pub window: Days,
    /// How many activations.
    pub count: usize,
    /// Those of them that were never used.
    pub never_used_count: usize,
    /// What all have at stake; none for callers that see no money.
    pub at_stake: Option<AtStake>,
    /// The rows asked for.
    pub rows: Vec<Placed<UnusedRow>>,
}

/// An activation that nobody uses.
#[derive(Debug)]
pub struct UnusedRow {
    /// As lists show it.
    pub listed: ListedActivation,
    /// The last day of counted use.
    pub last_used: Option<LocalDay>,
    /// Days since then, or since it was activated.
    pub unused_days: i64,
    /// What it has at stake.
    pub at_stake: Option<AtStake>,
}

struct Found {
    facts: Facts,
    last_used: Option<LocalDay>,
    unused_days: i64,
    at_stake: Option<AtStake>,
}

/// What was not used in the days that end today.
pub async fn unused(context: Context<'_>, days: u16, part: &Part) -> Result<Unused, Error> {
    let today = context.today();
    let (window, _) = trailing(today, i32::from(days));
    let usage = context.usage().await?;
    let unused = Which::Unused(context.as_of, window.from);
    let mut found = Vec::new();
    for facts in facts(context.connection, context.reseller.id, (usage.epoch, today), unused).await? {
        let day_of = |at| LocalDay::from_date(context.reseller.date_of(at));
        let last_used = facts.last_day.map(LocalDay::try_from).transpose().map_err(Error::internal)?;
        // Switched on within these days, it had less time than that to be used.
        let is_on = facts.status.0 == ActivationStatus::Active;
        let on_since = facts.on_from.filter(|_| is_on).unwrap_or(facts.usable_since());
        if day_of(on_since) >= window.from {
            continue;
        }
        let unused_days = today.since(last_used.unwrap_or(day_of(facts.usable_since())));
        found.push(Found { facts, last_used, unused_days, at_stake: None });
    }
    let at_stake = if context.sees_money() { Some(weigh(context, &mut found).await?) } else { None };
    let (count, never_used_count) = (found.len(), found.iter().filter(|found| found.last_used.is_none()).count());
    let mut placed = Vec::with_capacity(count);
    for found in found {
        let total_minor = found.at_stake.map(AtStake::total_minor).transpose().map_err(Error::internal)?;
        let order = vec![-total_minor.unwrap_or_default(), -found.unused_days];
        placed.push(Placed { key: Key(order, found.facts.id), row: found });
    }
    let rows = named(context, part.of(placed)).await?;
    Ok(Unused { window, count, never_used_count, at_stake, rows })
}

/// Tells what each has at stake, and all together.
async fn weigh(context: Context<'_>, found: &mut [Found]) -> Result<AtStake, Error> {
    let ids: Vec<Uuid> = found.iter().map(|found| found.facts.id).collect();
    let mut periods: HashMap<Uuid, Vec<LivePeriod>> = HashMap::new();
    for period in live_periods(context.connection, context.reseller.id, context.as_of, &ids).await? {
        periods.entry(period.activation_id).or_default().push(period);
    }
    let mut prices = NextPrices::read(context.connection).await?;
    let mut all = AtStake::default();
    for found in found {
        let zone: Tz = found.facts.time_zone.parse().map_err(|_| Error::internal("a time zone that is not known"))?;
        let paid = periods.remove(&found.facts.id).unwrap_or_default();
        let paid = paid.iter().map(paid_period).collect::<Result<Vec<_>, _>>()?;
        let renewal_minor = prices.of(&found.facts)?;
        let at_stake = AtStake::of(&paid, renewal_minor, local_date(context.as_of, zone)).map_err(Error::internal)?;
        all = all.and(at_stake).map_err(Error::internal)?;
        found.at_stake = Some(at_stake);
    }
    Ok(all)
}

fn paid_period(period: &LivePeriod) -> Result<PaidPeriod, Error> {
    let rule = Period {
        n: u32::try_from(period.period_no).map_err(Error::internal)?,
        start_on: period.start_on,
        end_on: period.end_on,
        starts_at: period.starts_at,
        ends_at: period.ends_at,
    };
    Ok(PaidPeriod { period: rule, charge_minor: period.left_minor.max(0) })
}

async fn named(context: Context<'_>, placed: Vec<Placed<Found>>) -> Result<Vec<Placed<UnusedRow>>, Error> {
    let ids: Vec<Uuid> = placed.iter().map(|placed| placed.row.facts.id).collect();
    let mut listed = context.listed(&ids).await?;
    let named = placed.into_iter().filter_map(|Placed { key, row }| {
        let Found { last_used, unused_days, at_stake, facts } = row;
        let listed = listed.remove(&facts.id)?;
        Some(Placed { key, row: UnusedRow { listed, last_used, unused_days, at_stake } })
    });
    Ok(named.collect())
}
