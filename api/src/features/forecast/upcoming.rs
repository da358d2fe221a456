//! The charges of the next days one by one, in the order of charging.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::service::{NamedRenewal, Unnamed, group, named};
use super::store;
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::overview::store::balance_minor;
use crate::http::cursor::{Cursor, Direction};

/// Where a charge stands in the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(pub DateTime<Utc>, pub i16, pub Uuid);

/// The key of a charge.
pub fn key_of(renewal: &NamedRenewal) -> Key {
    Key(renewal.at, renewal.row.priority, renewal.row.id)
}

/// A page of charges, one more than asked for where there are more, and how many there are.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    days: i64,
    edge: Option<&Cursor<Key>>,
    limit: u16,
) -> Result<(Vec<NamedRenewal>, i64), Error> {
    let last = add_days(reseller.date_of(as_of), days + 1).map_err(Error::internal)?;
    let before = local_midnight(last, reseller.time_zone).map_err(Error::internal)?;
    let mut charges = charges(connection, reseller, before).await?;
    let total = i64::try_from(charges.len()).map_err(Error::internal)?;
    let wanted = usize::from(limit) + 1;
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

/// Every charge before a moment, played through in order.
async fn charges(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    before: DateTime<Utc>,
) -> Result<Vec<Unnamed>, Error> {
    let available_minor = balance_minor(connection, reseller.id).await?;
    let mut dates: HashMap<store::GroupKey, Vec<domain::forecast::Charge>> = HashMap::new();
    let mut charges = Vec::new();
    for row in store::renewing_before(connection, reseller.id, before).await? {
        let key = row.key();
        if !dates.contains_key(&key) {
            let group = group(&key, 1)?;
            let mut of_group = Vec::new();
            for n in 0.. {
                let charge = group.charge(n).map_err(Error::internal)?;
                if charge.at >= before {
                    break;
                }
                of_group.push(charge);
            }
            dates.insert(key.clone(), of_group);
        }
        for charge in dates.get(&key).into_iter().flatten() {
            charges.push(Unnamed {
                row: row.clone(),
                at: charge.at,
                price_minor: charge.price_minor,
                balance_after_minor: 0,
                is_covered: true,
            });
        }
    }
    charges.sort_by_key(|charge| (charge.at, charge.row.priority, charge.row.id));
    let (mut projected_minor, mut left_minor) = (available_minor, available_minor);
    let mut failed: HashSet<Uuid> = HashSet::new();
    for charge in &mut charges {
        projected_minor = projected_minor.saturating_sub(charge.price_minor);
        charge.balance_after_minor = projected_minor;
        // What failed once is in grace or off by then: the run does not go on to its next period.
        charge.is_covered = !failed.contains(&charge.row.id) && charge.price_minor <= left_minor;
        if charge.is_covered {
            left_minor -= charge.price_minor;
        } else {
            failed.insert(charge.row.id);
        }
    }
    Ok(charges)
}
