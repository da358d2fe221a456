//! The charges of the next days one by one, in the order of charging.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use domain::forecast::Failing;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use shared::vocab::ActivationId;
use uuid::Uuid;

use super::outlook::Outlook;
use super::service::{NamedRenewal, Unnamed, named};
use crate::auth::Reseller;
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// Where a charge stands in the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(pub DateTime<Utc>, pub i16, pub Uuid);

/// The key of a charge.
pub fn key_of(renewal: &NamedRenewal) -> Key {
    Key(renewal.at, renewal.row.priority, renewal.row.id)
}

/// What is charged at one moment: the groups with their prices.
#[derive(Debug)]
struct Moment {
    at: DateTime<Utc>,
    prices: HashMap<usize, i64>,
    count: u64,
    minor: i64,
}

/// A page of charges, one more than asked for where there are more, and how many there are.
///
/// The groups tell what is due when; activations are read for the moments of the page alone.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    outlook: &Outlook,
    today: NaiveDate,
    days: i64,
    edge: Option<&Cursor<Key>>,
    limit: u16,
) -> Result<(Vec<NamedRenewal>, i64), Error> {
    let last = add_days(today, days + 1).map_err(Error::internal)?;
    let before = local_midnight(last, reseller.time_zone).map_err(Error::internal)?;
    let moments = moments(outlook, before)?;
    let total = i64::try_from(moments.iter().map(|moment| moment.count).sum::<u64>()).map_err(Error::internal)?;
    let wanted = usize::from(limit) + 1;
    let page = page(&moments, edge, wanted);
    let mut charges = charges(connection, reseller, outlook, &moments, page, before).await?;
    let key = |charge: &Unnamed| Key(charge.at, charge.row.priority, charge.row.id);
    match edge {
        Some(Cursor { direction: Direction::Previous, key: edge }) => {
            charges.truncate(charges.partition_point(|charge| key(charge) < *edge));
            charges.drain(..charges.len().saturating_sub(wanted));
        }
        Some(Cursor { direction: Direction::Next, key: edge }) => {
            charges.drain(..charges.partition_point(|charge| key(charge) <= *edge));
            charges.truncate(wanted);
        }
        None => charges.truncate(wanted),
    }
    Ok((named(connection, reseller, charges).await?, total))
}

/// Every moment before `before` at which something is charged, in order.
fn moments(outlook: &Outlook, before: DateTime<Utc>) -> Result<Vec<Moment>, Error> {
    let mut found: BTreeMap<DateTime<Utc>, Moment> = BTreeMap::new();
    let due = |group: &&(usize, &domain::forecast::Group)| group.1.count > 0 && group.1.renews_at < before;
    for (place, group) in outlook.groups.iter().enumerate().filter(|group| due(&group)) {
        let count = i64::try_from(group.count).map_err(Error::internal)?;
        for n in 0.. {
            let charge = group.charge(n).map_err(Error::internal)?;
            if charge.at >= before {
                break;
            }
            let new = || Moment { at: charge.at, prices: HashMap::new(), count: 0, minor: 0 };
            let moment = found.entry(charge.at).or_insert_with(new);
            moment.prices.insert(place, charge.price_minor);
            moment.count += group.count;
            moment.minor = moment.minor.saturating_add(charge.price_minor.saturating_mul(count));
        }
    }
    Ok(found.into_values().collect())
}

/// The moments that hold a page: that of its edge, and as many on from there as give so many charges.
fn page(moments: &[Moment], edge: Option<&Cursor<Key>>, wanted: usize) -> Range<usize> {
    let mut left = u64::try_from(wanted).unwrap_or(u64::MAX);
    let mut is_enough = |moment: &Moment| {
        let was_enough = left == 0;
        left = left.saturating_sub(moment.count);
        was_enough
    };
    match edge {
        Some(Cursor { direction: Direction::Previous, key: Key(at, ..) }) => {
            let end = moments.partition_point(|moment| moment.at <= *at);
            let before = moments.partition_point(|moment| moment.at < *at);
            let start = moments[..before].iter().rposition(&mut is_enough).map_or(0, |enough| enough + 1);
            start..end
        }
        other => {
            let at = other.map(|cursor| cursor.key.0);
            let start = at.map_or(0, |at| moments.partition_point(|moment| moment.at < at));
            let after = at.map_or(0, |at| moments.partition_point(|moment| moment.at <= at));
            let end = moments[after..].iter().position(&mut is_enough).map_or(moments.len(), |enough| after + enough);
            start..end
        }
    }
}

/// The charges of these moments one by one, each with the projected balance after it and whether the run pays it.
async fn charges(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    outlook: &Outlook,
    moments: &[Moment],
    page: Range<usize>,
    before: DateTime<Utc>,
) -> Result<Vec<Unnamed>, Error> {
    let earlier_minor = moments[..page.start].iter().fold(0_i64, |sum, moment| sum.saturating_add(moment.minor));
    let coverage = outlook.play(connection, reseller, before - TimeDelta::microseconds(1)).await?;
    let mut failing: HashMap<usize, Vec<&Failing>> = HashMap::new();
    for unpaid in coverage.failing() {
        failing.entry(unpaid.group).or_default().push(unpaid);
    }
    let taken_minor = taken(&moments[..page.start], &failing)?;
    let mut groups: Vec<usize> =
        moments[page.clone()].iter().flat_map(|moment| moment.prices.keys().copied()).collect();
    groups.sort_unstable();
    groups.dedup();
    let rows = outlook.rows_of(connection, reseller, &groups).await?;
    let mut charges = Vec::new();
    for moment in &moments[page] {
        for (group, row) in &rows {
            let Some(price_minor) = moment.prices.get(group) else { continue };
            // What failed once is in grace or off by then: the run does not go on to its next period.
            let is_unpaid = |unpaid: &&Failing| {
                let is_one = |ids: &Vec<ActivationId>| ids.contains(&ActivationId(row.id));
                unpaid.at <= moment.at && unpaid.ids.as_ref().is_none_or(is_one)
            };
            charges.push(Unnamed {
                at: moment.at,
                price_minor: *price_minor,
                balance_after_minor: 0,
                left_over_minor: None,
                is_covered: !failing.get(group).is_some_and(|unpaid| unpaid.iter().any(is_unpaid)),
                row: row.clone(),
            });
        }
    }
    charges.sort_by_key(|charge| (charge.at, charge.row.priority, charge.row.id));
    let mut projected_minor = outlook.available_minor.saturating_sub(earlier_minor);
    let mut left_minor = outlook.available_minor.saturating_sub(taken_minor);
    for charge in &mut charges {
        projected_minor = projected_minor.saturating_sub(charge.price_minor);
        charge.balance_after_minor = projected_minor;
        if charge.is_covered {
            left_minor = left_minor.saturating_sub(charge.price_minor);
        }
        charge.left_over_minor = Some(left_minor);
    }
    Ok(charges)
}

/// What the run takes at these moments: everything that is due but what had failed by then.
fn taken(moments: &[Moment], failing: &HashMap<usize, Vec<&Failing>>) -> Result<i64, Error> {
    let mut taken = 0_i64;
    for moment in moments {
        let mut unpaid_minor = 0_i64;
        for (group, unpaid) in failing {
            let Some(price_minor) = moment.prices.get(group) else { continue };
            // Each fails once at most.
            let count: u64 = unpaid.iter().filter(|unpaid| unpaid.at <= moment.at).map(|unpaid| unpaid.count).sum();
            let count = i64::try_from(count).map_err(Error::internal)?;
            unpaid_minor = unpaid_minor.saturating_add(price_minor.saturating_mul(count));
        }
        taken = taken.saturating_add(moment.minor.saturating_sub(unpaid_minor));
    }
    Ok(taken)
}
