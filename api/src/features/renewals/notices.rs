//! Telling of renewals ahead that are not covered, and reading what was told (docs/domain.md §6).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::billing_calendar::{add_days, local_midnight};
use sea_orm::ConnectionTrait;
use shared::vocab::{BillingInterval, NoticeId, NoticeKind};
use uuid::Uuid;

use super::store::{self, ItemRow, NewItem, NoticeRow};
use crate::auth::Reseller;
use crate::db::Db;
use crate::error::Error;
use crate::features::forecast::service as forecast;
use crate::features::{clients, products};
use crate::http::cursor::Cursor;

/// So many days before a renewal that is not covered it is told of.
const THRESHOLDS: [i64; 5] = [1, 3, 7, 14, 30];
/// Renewals named in one notice.
const NAMED: u64 = 20;

/// The threshold under which a renewal falls that is due in so many days; none if it lies too far ahead.
fn threshold(days: i64, interval: BillingInterval) -> Option<i16> {
    let longest = i64::from(interval.months()) * 30;
    let found = THRESHOLDS.into_iter().find(|threshold| days <= *threshold && *threshold <= longest);
    found.and_then(|threshold| i16::try_from(threshold).ok())
}

/// Looks through what renews in the next 30 days and tells of what is not covered, once per threshold.
pub async fn look_ahead(
    db: &Db,
    reseller: &Reseller,
    now: DateTime<Utc>,
    looked_at: DateTime<Utc>,
) -> Result<(), Error> {
    let today = reseller.date_of(now);
    let end = add_days(today, 31).and_then(|day| local_midnight(day, reseller.time_zone)).map_err(Error::internal)?;
    db.write(reseller.id, async |tx| {
        let outlook = forecast::outlook(tx.connection(), reseller, now).await?;
        let mut items = Vec::new();
        for (row, renews_at, price_minor) in outlook.uncovered_before(tx.connection(), reseller, now, end).await? {
            let days = reseller.date_of(renews_at).signed_duration_since(today).num_days();
            if let Some(within_days) = threshold(days, row.key().interval) {
                let activation_id = shared::vocab::ActivationId(row.id);
                items.push(NewItem { activation_id, renews_at, within_days, amount_minor: price_minor });
            }
        }
        store::insert_notice(tx, reseller.id, NoticeKind::NotCovered, &items, now).await?;
        store::set_looked_at(tx, reseller.id, looked_at).await
    })
    .await
}

/// A renewal of a notice with names.
#[derive(Debug, Clone)]
pub struct NamedItem {
    /// The renewal.
    pub row: ItemRow,
    /// Its product and that product's name.
    pub product: (Uuid, String),
    /// Its client, the client's name and email address.
    pub client: (Uuid, String, Option<String>),
}

/// A notice with its first renewals.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The notice.
    pub row: NoticeRow,
    /// Its first renewals.
    pub items: Vec<NamedItem>,
}

/// A page of notices, the newest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    unread_only: bool,
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<Listed>, Error> {
    let rows = store::list_notices(connection, reseller.id, unread_only, edge, u64::from(limit) + 1).await?;
    let mut items = Vec::new();
    for row in &rows {
        items.extend(store::items(connection, reseller.id, row.id, NAMED).await?);
    }
    let subjects = store::subjects(connection, reseller.id, items.iter().map(|item| item.activation_id)).await?;
    let product_names = products::store::names(connection, subjects.iter().map(|(_, product, _)| *product)).await?;
    let client_names =
        clients::store::names(connection, reseller.id, subjects.iter().map(|(_, _, client)| *client)).await?;
    let subjects: HashMap<Uuid, (Uuid, Uuid)> =
        subjects.into_iter().map(|(id, product, client)| (id, (product, client))).collect();
    let mut by_notice: HashMap<Uuid, Vec<NamedItem>> = HashMap::new();
    for row in items {
        let Some((product_id, client_id)) = subjects.get(&row.activation_id).copied() else { continue };
        let (client_name, client_email) = client_names.get(&client_id).cloned().unwrap_or_default();
        by_notice.entry(row.notice_id).or_default().push(NamedItem {
            product: (product_id, product_names.get(&product_id).cloned().unwrap_or_default()),
            client: (client_id, client_name, client_email),
            row,
        });
    }
    let with_items = |row: NoticeRow| Listed { items: by_notice.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(with_items).collect())
}

/// Marks notices as read; returns how many nobody has read yet.
pub async fn mark_read(db: &Db, reseller: &Reseller, ids: &[NoticeId], now: DateTime<Utc>) -> Result<i64, Error> {
    db.write(reseller.id, async |tx| {
        store::mark_read(tx, reseller.id, ids, now).await?;
        store::unread_count(tx.connection(), reseller.id).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_threshold_above_counts_unless_it_is_longer_than_the_interval() {
        let yearly = |days| threshold(days, BillingInterval::Yearly);
        assert_eq!([0, 1, 2, 3, 4, 7, 8, 14, 15, 30].map(yearly), [1, 1, 3, 3, 7, 7, 14, 14, 30, 30].map(Some));
        assert_eq!(yearly(31), None);
        assert_eq!(threshold(20, BillingInterval::Monthly), Some(30));
    }
}
