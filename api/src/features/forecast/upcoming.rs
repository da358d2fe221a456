//! The charges of the next days one by one, in the order of charging.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use domain::forecast::{DateGroup, Dates, Failing};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use shared::vocab::ActivationId;
use uuid::Uuid;

use super::cover::Cover;
use super::outlook::Outlook;
use super::service::{NamedRenewal, Unnamed, named};
use super::store::{self, RenewingRow};
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

/// What is charged at one moment: the groups, each with the first day that is paid.
#[derive(Debug)]
struct Moment {
    at: DateTime<Utc>,
    groups: HashMap<usize, NaiveDate>,
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
    let first = edge.is_none().then_some(wanted);
    let mut charges = charges(connection, reseller, outlook, &moments, page, before, first).await?;
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
    let due = |group: &&(usize, &DateGroup)| group.1.count > 0 && group.1.dates.renews_at < before;
    for (place, group) in outlook.dates.iter().enumerate().filter(|group| due(&group)) {
        for n in 0.. {
            let (at, start_on) = group.dates.nth(n).map_err(Error::internal)?;
            if at >= before {
                break;
            }
            let new = || Moment { at, groups: HashMap::new(), count: 0, minor: 0 };
            let moment = found.entry(at).or_insert_with(new);
            moment.groups.insert(place, start_on);
            moment.count += group.count;
            moment.minor = moment.minor.saturating_add(group.minor_on(start_on).map_err(Error::internal)?);
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

/// The charges of these moments one by one, each with the projected balance after it and whether the run pays it; with a
/// `first` only so many.
async fn charges(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    outlook: &Outlook,
    moments: &[Moment],
    page: Range<usize>,
    before: DateTime<Utc>,
    first: Option<usize>,
) -> Result<Vec<Unnamed>, Error> {
    let earlier_minor = moments[..page.start].iter().fold(0_i64, |sum, moment| sum.saturating_add(moment.minor));
    let cover = outlook.play(connection, reseller, before - TimeDelta::microseconds(1)).await?;
    let failing = Failed::of(outlook, &cover);
    let taken_minor = failing.taken(&moments[..page.start])?;
    // Without a row that fails, those of a page need no others beside them.
    let first = first.filter(|_| cover.is_of_everything());
    let mut charges = Vec::new();
    for (moment, group, row) in rows(connection, reseller, outlook, &moments[page], first).await? {
        let Some(start_on) = moment.groups.get(&group) else { continue };
        charges.push(Unnamed {
            at: moment.at,
            price_minor: outlook.price_on(&row.key(), *start_on),
            balance_after_minor: 0,
            left_over_minor: None,
            is_covered: !failing.has_failed(&row, moment.at),
            row,
        });
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

/// Who is charged at each of these moments, with its group. With a `first`, of a moment that has more only the first so many.
async fn rows<'a>(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    outlook: &Outlook,
    moments: &'a [Moment],
    first: Option<usize>,
) -> Result<Vec<(&'a Moment, usize, RenewingRow)>, Error> {
    let is_large = |moment: &Moment| first.is_some_and(|first| moment.count > first as u64);
    let mut found = Vec::new();
    let (large, small): (Vec<_>, Vec<_>) = moments.iter().partition(|moment| is_large(moment));
    let mut groups: Vec<usize> = small.iter().flat_map(|moment| moment.groups.keys().copied()).collect();
    groups.sort_unstable();
    groups.dedup();
    if !groups.is_empty() {
        let rows = outlook.rows_on(connection, reseller, &groups).await?;
        for moment in small {
            let of_moment = rows.iter().filter(|(group, _)| moment.groups.contains_key(group));
            found.extend(of_moment.map(|(group, row)| (moment, *group, row.clone())));
        }
    }
    for moment in large {
        let mut by_renewal: HashMap<DateTime<Utc>, Vec<Dates>> = HashMap::new();
        for group in moment.groups.keys() {
            let dates = outlook.dates[*group].dates;
            by_renewal.entry(dates.renews_at).or_default().push(dates);
        }
        for dates in by_renewal.into_values() {
            let limit = first.unwrap_or_default() as u64;
            for row in store::first_renewing_on(connection, reseller.id, &dates, limit).await? {
                let key = row.key();
                let own = super::outlook::dates(key.renews_at, key.interval, key.anchor_day, &key.time_zone)?;
                found.extend(outlook.place_of(&own).map(|group| (moment, group, row)));
            }
        }
    }
    Ok(found)
}

/// What is not paid, by the group of its price.
struct Failed<'a> {
    cover: &'a Cover,
    unpaid: HashMap<usize, Vec<&'a Failing>>,
    /// Of each such group, that of its dates.
    places: HashMap<usize, usize>,
}

impl<'a> Failed<'a> {
    fn of(outlook: &Outlook, cover: &'a Cover) -> Self {
        let (mut unpaid, mut places): (HashMap<usize, Vec<&Failing>>, _) = (HashMap::new(), HashMap::new());
        for failing in cover.failing() {
            unpaid.entry(failing.group).or_default().push(failing);
            let place = outlook.place_of(&cover.priced.groups[failing.group].dates());
            places.extend(place.map(|place| (failing.group, place)));
        }
        Self { cover, unpaid, places }
    }

    /// Whether an activation is not paid at a moment. What failed once is in grace or off by then: the run does not go on to
    /// its next period.
    fn has_failed(&self, row: &RenewingRow, at: DateTime<Utc>) -> bool {
        if self.unpaid.is_empty() {
            return false;
        }
        let unpaid = self.cover.priced.places.get(&row.key()).and_then(|group| self.unpaid.get(group));
        let is_it = |unpaid: &&Failing| {
            let is_one = |ids: &Vec<ActivationId>| ids.contains(&ActivationId(row.id));
            unpaid.at <= at && unpaid.ids.as_ref().is_none_or(is_one)
        };
        unpaid.is_some_and(|unpaid| unpaid.iter().any(is_it))
    }

    /// What the run takes at these moments: everything that is due but what had failed by then.
    fn taken(&self, moments: &[Moment]) -> Result<i64, Error> {
        let mut taken = 0_i64;
        for moment in moments {
            let mut unpaid_minor = 0_i64;
            for (group, unpaid) in &self.unpaid {
                let start_on = self.places.get(group).and_then(|place| moment.groups.get(place));
                let Some(start_on) = start_on else { continue };
                // Each fails once at most.
                let count: u64 = unpaid.iter().filter(|unpaid| unpaid.at <= moment.at).map(|unpaid| unpaid.count).sum();
                let count = i64::try_from(count).map_err(Error::internal)?;
                let price_minor = self.cover.priced.groups[*group].price_on(*start_on);
                unpaid_minor = unpaid_minor.saturating_add(price_minor.saturating_mul(count));
            }
            taken = taken.saturating_add(moment.minor.saturating_sub(unpaid_minor));
        }
        Ok(taken)
    }
}
