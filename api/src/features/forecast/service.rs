//! The forecast of a reseller at a moment, and what is covered in it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::billing_calendar::{add_days, local_date};
use domain::forecast::{LOW_DAYS, ProjectedBalance, Runway, TOP_UP_DAYS, TopUp, WATCH_DAYS, due_before};
use sea_orm::ConnectionTrait;
use shared::vocab::{ActivationId, BalanceLevel, RunwayState};
use uuid::Uuid;

pub use super::outlook::{Outlook, Outlooks, changes, outlook, outlook_with};
use super::store::{self, GroupKey, RenewingRow};
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::{clients, products};

/// Renewals that are named where some fail.
pub const NAMED: usize = 20;

/// A renewal with names.
#[derive(Debug, Clone)]
pub struct NamedRenewal {
    /// The activation.
    pub row: RenewingRow,
    /// Its product's name.
    pub product_name: String,
    /// Its client's name.
    pub client_name: String,
    /// Its client's email address.
    pub client_email: Option<String>,
    /// When it is charged.
    pub at: DateTime<Utc>,
    /// What it costs, in minor units.
    pub price_minor: i64,
    /// Projected balance afterwards, in minor units.
    pub balance_after_minor: i64,
    /// What the wallet holds afterwards with what it does not pay left out, in minor units; none where charges are told of by
    /// whole days.
    pub left_over_minor: Option<i64>,
    /// Whether the wallet pays it.
    pub is_covered: bool,
}

/// How far the wallet reaches, with names.
#[derive(Debug)]
pub struct Reach {
    /// What the wallet holds, in minor units.
    pub available_minor: i64,
    /// The runway.
    pub runway: Runway,
    /// The renewals that fail on the first day that is not covered.
    pub failing: Vec<NamedRenewal>,
    /// How many these are.
    pub failing_count: u64,
    /// How urgent a top-up is.
    pub level: BalanceLevel,
    /// Activations in grace.
    pub failed_count: i64,
    /// What has to come in to leave the level, in minor units.
    pub needed_minor: i64,
    /// Until which day that reaches.
    pub needed_until_on: Option<chrono::NaiveDate>,
}

/// How far the wallet reaches.
pub async fn reach(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    outlook: &Outlook,
) -> Result<Reach, Error> {
    let runway = outlook.forecast()?.runway().map_err(Error::internal)?;
    let (mut failing, mut failing_count) = (Vec::new(), 0);
    if let Some(short) = runway.shortfall {
        (failing, failing_count) = failing_on(connection, reseller, as_of, outlook, short.on).await?;
    }
    let failed_count = store::failed_count(connection, reseller.id, as_of).await?;
    let within_a_day = due_before(&outlook.dates, as_of + TimeDelta::hours(24)).map_err(Error::internal)?;
    let forecast = outlook.forecast()?;
    let level = forecast.level(u64::try_from(failed_count).map_err(Error::internal)?, within_a_day);
    let level = level.map_err(Error::internal)?;
    let within = |days: i64| forecast.top_up(days).map_err(Error::internal);
    let today = reseller.date_of(as_of);
    let (needed_minor, needed_until_on) = match level {
        BalanceLevel::Ok => (0, None),
        BalanceLevel::Watch => (within(WATCH_DAYS)?.minor, Some(within(WATCH_DAYS)?.until_on)),
        BalanceLevel::Low => (within(LOW_DAYS)?.minor, Some(within(LOW_DAYS)?.until_on)),
        BalanceLevel::Blocked => (forecast.missing(within_a_day), Some(add_days(today, 1).map_err(Error::internal)?)),
    };
    Ok(Reach {
        available_minor: outlook.available_minor,
        runway,
        failing,
        failing_count,
        level,
        failed_count,
        needed_minor,
        needed_until_on,
    })
}

/// What the run would leave unpaid on a day, in the order of charging: the first few, and how many.
async fn failing_on(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    outlook: &Outlook,
    on: chrono::NaiveDate,
) -> Result<(Vec<NamedRenewal>, u64), Error> {
    let today = reseller.date_of(as_of);
    let day_of = |at: DateTime<Utc>| reseller.date_of(at).max(today);
    let end = domain::billing_calendar::local_midnight(add_days(on, 1).map_err(Error::internal)?, reseller.time_zone)
        .map_err(Error::internal)?;
    let cover = outlook.play(connection, reseller, end - TimeDelta::microseconds(1)).await?;
    let of_day: Vec<_> = cover.failing().iter().filter(|failing| day_of(failing.at) == on).collect();
    let count = of_day.iter().map(|failing| failing.count).sum();
    let mut found = Vec::new();
    let mut places = of_day.iter().map(|failing| failing.at).collect::<Vec<_>>();
    places.dedup();
    let balance_minor =
        outlook.forecast()?.balances(on).map_err(Error::internal)?.last().map_or(0, |day| day.balance_minor);
    for at in places {
        if found.len() >= NAMED {
            break;
        }
        let groups: Vec<usize> =
            of_day.iter().filter(|failing| failing.at == at).map(|failing| failing.group).collect();
        let is_failing = |group: usize, id: ActivationId| {
            of_day.iter().any(|failing| {
                failing.at == at
                    && failing.group == group
                    && failing.ids.as_ref().map_or(!cover.has_dropped(id), |ids| ids.contains(&id))
            })
        };
        let mut rows = cover.priced.rows_of(connection, reseller, &groups).await?;
        rows.retain(|(group, row)| is_failing(*group, ActivationId(row.id)));
        rows.sort_by_key(|(_, row)| (row.priority, row.id));
        rows.truncate(NAMED - found.len());
        for (group, row) in rows {
            let group = &cover.priced.groups[group];
            found.push((row, at, group.price_on(local_date(at, group.zone))));
        }
    }
    // The projection tells of whole days: every row of the day shows the balance at its end.
    let rows = found.into_iter().map(|(row, at, price_minor)| Unnamed {
        row,
        at,
        price_minor,
        balance_after_minor: balance_minor,
        left_over_minor: None,
        is_covered: false,
    });
    Ok((named(connection, reseller, rows.collect()).await?, count))
}

/// A renewal without names.
#[derive(Debug, Clone)]
pub struct Unnamed {
    /// The activation.
    pub row: RenewingRow,
    /// When it is charged.
    pub at: DateTime<Utc>,
    /// What it costs, in minor units.
    pub price_minor: i64,
    /// Projected balance afterwards, in minor units.
    pub balance_after_minor: i64,
    /// What the wallet holds afterwards with what it does not pay left out, in minor units; none where charges are told of by
    /// whole days.
    pub left_over_minor: Option<i64>,
    /// Whether the wallet pays it.
    pub is_covered: bool,
}

/// Looks the names up.
pub async fn named(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    rows: Vec<Unnamed>,
) -> Result<Vec<NamedRenewal>, Error> {
    let product_names = products::store::names(connection, rows.iter().map(|found| found.row.product_id)).await?;
    let client_names =
        clients::store::names(connection, reseller.id, rows.iter().map(|found| found.row.client_id)).await?;
    let with_names = rows.into_iter().map(|found| {
        let (client_name, client_email) = client_names.get(&found.row.client_id).cloned().unwrap_or_default();
        NamedRenewal {
            product_name: product_names.get(&found.row.product_id).cloned().unwrap_or_default(),
            client_name,
            client_email,
            at: found.at,
            price_minor: found.price_minor,
            balance_after_minor: found.balance_after_minor,
            left_over_minor: found.left_over_minor,
            is_covered: found.is_covered,
            row: found.row,
        }
    });
    Ok(with_names.collect())
}

/// Everything the forecast page shows.
#[derive(Debug)]
pub struct Figures {
    /// How far the wallet reaches.
    pub reach: Reach,
    /// Recommended top-ups by days.
    pub top_ups: Vec<(i64, TopUp)>,
    /// The projected balances, from today to the last day asked for.
    pub balances: Vec<ProjectedBalance>,
}

/// The forecast over so many days.
pub async fn forecast(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    outlook: &Outlook,
    days: i64,
) -> Result<Figures, Error> {
    let today = reseller.date_of(as_of);
    let last = add_days(today, days).map_err(Error::internal)?;
    let mut balances = outlook.forecast()?.balances(last).map_err(Error::internal)?;
    let quiet = |on, balance_minor| ProjectedBalance { on, due: domain::forecast::Due::default(), balance_minor };
    if balances.first().is_none_or(|day| day.on != today) {
        balances.insert(0, quiet(today, outlook.available_minor));
    }
    if let Some(end) = balances.last().copied().filter(|day| day.on != last) {
        balances.push(quiet(last, end.balance_minor));
    }
    let mut top_ups = Vec::with_capacity(TOP_UP_DAYS.len());
    for days in TOP_UP_DAYS {
        top_ups.push((days, outlook.forecast()?.top_up(days).map_err(Error::internal)?));
    }
    Ok(Figures { reach: reach(connection, reseller, as_of, outlook).await?, top_ups, balances })
}

/// Activations whose next renewal is not covered, in terms of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uncovered {
    /// Moments at which nothing that renews is covered.
    pub whole_moments: Vec<DateTime<Utc>>,
    /// Whole groups.
    pub groups: Vec<GroupKey>,
    /// Single activations.
    pub ids: Vec<Uuid>,
}

/// Everything whose next renewal is not covered.
pub async fn uncovered(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    outlook: &Outlook,
) -> Result<Uncovered, Error> {
    let mut found = Uncovered::default();
    let short = outlook.forecast()?.runway().map_err(Error::internal)?.state;
    let (Some(until), true) = (outlook.last_renews_at(), matches!(short, RunwayState::Short | RunwayState::ShortNow))
    else {
        return Ok(found);
    };
    let cover = outlook.play(connection, reseller, until).await?;
    let keys: HashMap<usize, &GroupKey> = cover.priced.places.iter().map(|(key, place)| (*place, key)).collect();
    for failing in cover.failing() {
        let Some(key) = keys.get(&failing.group).filter(|key| key.renews_at == failing.at) else { continue };
        match &failing.ids {
            None => found.groups.push((*key).clone()),
            Some(ids) => found.ids.extend(ids.iter().map(|id| id.0)),
        }
    }
    // Past the first shortfall nearly all is uncovered: few moments say what many groups would.
    let mut groups_at: HashMap<DateTime<Utc>, (usize, usize)> = HashMap::new();
    for group in cover.priced.groups.iter() {
        groups_at.entry(group.renews_at).or_default().0 += 1;
    }
    for key in &found.groups {
        groups_at.entry(key.renews_at).or_default().1 += 1;
    }
    let is_whole = |moment: &DateTime<Utc>| groups_at.get(moment).is_some_and(|(all, uncovered)| all == uncovered);
    found.groups.retain(|key| !is_whole(&key.renews_at));
    found.whole_moments = groups_at.keys().copied().filter(is_whole).collect();
    Ok(found)
}
