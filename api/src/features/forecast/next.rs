//! What the next renewals take, by the interval that is paid now.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::forecast::Group;
use sea_orm::ConnectionTrait;
use shared::vocab::{BillingInterval, ResellerId};
use uuid::Uuid;

use super::outlook::out_of_range;
use super::store::{self, DateRow, GroupKey};
use crate::error::Error;

/// Activations of one interval that renew at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRenewals {
    /// The interval that is paid now.
    pub billing_interval: BillingInterval,
    /// When they renew.
    pub renews_at: DateTime<Utc>,
    /// How many they are.
    pub count: i64,
    /// What they cost now, in minor units.
    pub price_minor: i64,
    /// What their renewal takes, in minor units: at the interval that was chosen and the price that was announced for then.
    pub due_minor: i64,
}

/// What tells the rows of [`store::dates`] apart.
type Key = (BillingInterval, BillingInterval, DateTime<Utc>, i16, String);

/// The next renewals, from the dates as they are kept and the groups whose price will be replaced.
pub(super) async fn next_renewals(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    rows: Vec<DateRow>,
    announced: Vec<(GroupKey, Group)>,
) -> Result<Vec<NextRenewals>, Error> {
    let mut more = more(connection, reseller_id, announced).await?;
    let next = |row: DateRow| {
        let key = (row.billing_interval.0, row.next_interval.0, row.renews_at, row.anchor_day, row.time_zone);
        let more_minor = more.remove(&key).unwrap_or_default();
        Ok(NextRenewals {
            billing_interval: row.billing_interval.0,
            renews_at: row.renews_at,
            count: row.count,
            price_minor: row.price_minor,
            due_minor: row.next_minor.checked_add(more_minor).ok_or_else(out_of_range)?,
        })
    };
    rows.into_iter().map(next).collect()
}

/// By how much announced prices change what the next renewals take, in minor units.
async fn more(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    announced: Vec<(GroupKey, Group)>,
) -> Result<HashMap<Key, i64>, Error> {
    let mut each = HashMap::new();
    let mut more = HashMap::new();
    let mut add = |paid_now, group: &GroupKey, count: i64, minor: i64| {
        let key = (paid_now, group.interval, group.renews_at, group.anchor_day, group.time_zone.clone());
        let sum: &mut i64 = more.entry(key).or_default();
        let added = count.checked_mul(minor).and_then(|added| sum.checked_add(added));
        *sum = added.ok_or_else(out_of_range)?;
        Ok::<_, Error>(())
    };
    for (key, group) in announced {
        let minor = group.charge(0).map_err(Error::internal)?.price_minor - group.price_minor;
        if minor != 0 {
            add(key.interval, &key, i64::try_from(group.count).map_err(Error::internal)?, minor)?;
            each.insert(key, minor);
        }
    }
    if each.is_empty() {
        return Ok(more);
    }
    // A group holds those that change to its interval as well: theirs belongs to the interval that they pay now.
    let prices: BTreeSet<Uuid> = each.keys().map(|key| key.price_id).collect();
    for (paid_now, key, count) in store::changing_to(connection, reseller_id, prices.into_iter()).await? {
        if let Some(minor) = each.get(&key) {
            add(key.interval, &key, -count, *minor)?;
            add(paid_now, &key, count, *minor)?;
        }
    }
    Ok(more)
}
