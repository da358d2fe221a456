//! Activations as far as reports judge them, and the rows that are shown of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::active_users::LocalDay;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use shared::vocab::{ActivationStatus, BillingInterval, ResellerId};
use uuid::Uuid;

use super::{CHUNK, select};
use crate::db::Word;
use crate::db::entity::activation;
use crate::error::Error;
use crate::features::activations::store::{ListedActivation, with_names};

/// Which activations.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// On, or paused and paid for beyond this moment, and not used since this day.
    Unused(DateTime<Utc>, LocalDay),
    /// Renewing before this moment; overdue ones too.
    DueBefore(DateTime<Utc>),
}

/// An activation as far as reports judge it. A change of interval that waits for the renewal counts already.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Facts {
    /// Its id.
    pub id: Uuid,
    /// Whom it serves.
    pub client_id: Uuid,
    /// What is in service.
    pub product_id: Uuid,
    /// Where it stands.
    pub status: Word<ActivationStatus>,
    /// The interval of the next period.
    pub billing_interval: Word<BillingInterval>,
    /// The price of the next period, unless another was announced.
    pub price_id: Uuid,
    /// Its amount, in minor units.
    pub price_minor: i64,
    /// The zone of its calendar.
    pub time_zone: String,
    /// When it was activated.
    pub activated_at: DateTime<Utc>,
    /// When it is charged next.
    pub renews_at: Option<DateTime<Utc>>,
    /// When it was last switched on.
    pub on_from: Option<DateTime<Utc>>,
    /// When it was first switched on: with what is set up by hand, later than it was asked for.
    pub first_on_from: Option<DateTime<Utc>>,
    /// The last day of counted use.
    pub last_day: Option<i64>,
}

impl Facts {
    /// Since when it could be used.
    pub fn usable_since(&self) -> DateTime<Utc> {
        self.first_on_from.unwrap_or(self.activated_at)
    }
}

/// The activations asked for, each with its last use until today in an epoch of the counters: a use that a sender dated ahead
/// has not come yet.
pub async fn facts(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    (epoch, today): (i64, LocalDay),
    which: Which,
) -> Result<Vec<Facts>, Error> {
    let mut values = vec![reseller_id.0.into(), epoch.into(), i64::from(today).into()];
    let condition = match which {
        Which::Unused(now, since) => {
            values.extend([now.into(), i64::from(since).into()]);
            "(a.status = 'active' OR (a.status = 'paused' AND a.paid_until_at > $4)) \
             AND NOT EXISTS (SELECT 1 FROM usage_presence p WHERE p.reseller_id = $1 AND p.epoch = $2 AND p.scope_kind = 2 \
             AND p.scope_id = a.id AND p.day BETWEEN $5 AND $3)"
        }
        Which::DueBefore(before) => {
            values.push(before.into());
            "a.renews_at < $4"
        }
    };
    // The last day, the first start and the last are one step into an index each.
    let sql = format!(
        "SELECT a.id, a.client_id, a.product_id, a.status, \
         COALESCE(a.pending_interval, a.billing_interval) AS billing_interval, \
         COALESCE(a.pending_price_id, a.price_id) AS price_id, \
         COALESCE(a.pending_price_minor, a.price_minor) AS price_minor, a.time_zone, a.activated_at, a.renews_at, \
         (SELECT MAX(s.on_from) FROM service_intervals s WHERE s.reseller_id = $1 AND s.activation_id = a.id) AS on_from, \
         (SELECT MIN(s.on_from) FROM service_intervals s WHERE s.reseller_id = $1 AND s.activation_id = a.id) AS first_on_from, \
         (SELECT MAX(p.day) FROM usage_presence p WHERE p.reseller_id = $1 AND p.epoch = $2 AND p.scope_kind = 2 \
         AND p.scope_id = a.id AND p.day <= $3) AS last_day \
         FROM activations a WHERE a.reseller_id = $1 AND {condition}"
    );
    select(connection, &sql, values).await
}

/// The rows of these activations as lists show them, by id.
pub async fn listed(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, ListedActivation>, Error> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows = activation::Entity::find()
            .filter(activation::Column::ResellerId.eq(reseller_id.0))
            .filter(activation::Column::Id.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        found.extend(with_names(connection, reseller_id, rows).await?.into_iter().map(|row| (row.columns.id, row)));
    }
    Ok(found)
}

/// A paid period that is not over.
#[derive(Debug, Clone, FromQueryResult)]
pub struct LivePeriod {
    /// Its activation.
    pub activation_id: Uuid,
    /// Its place in the term.
    pub period_no: i64,
    /// First day.
    pub start_on: NaiveDate,
    /// The day after the last.
    pub end_on: NaiveDate,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// What is left of its charge after credits and refunds, in minor units.
    pub left_minor: i64,
}

/// The paid periods of these activations that end after a moment.
pub async fn live_periods(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    now: DateTime<Utc>,
    ids: &[Uuid],
) -> Result<Vec<LivePeriod>, Error> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        // The kind is no condition: SQLite would go through all refunds for each period.
        let places = (3..chunk.len() + 3).map(|place| format!("${place}")).collect::<Vec<_>>().join(",");
        let sql = format!(
            "SELECT p.activation_id, p.period_no, p.start_on, p.end_on, p.starts_at, p.ends_at, \
             CAST(p.price_minor - p.credit_minor - COALESCE((SELECT SUM(CASE WHEN e.kind = 'refund' \
             THEN e.amount_minor ELSE 0 END) FROM ledger_entries e \
             WHERE e.reseller_id = $1 AND e.activation_id = p.activation_id AND e.term_no = p.term_no \
             AND e.period_no = p.period_no), 0) AS BIGINT) AS left_minor \
             FROM periods p WHERE p.reseller_id = $1 AND p.ends_at > $2 AND p.superseded_at IS NULL \
             AND p.activation_id IN ({places})"
        );
        let values = [reseller_id.0.into(), now.into()].into_iter().chain(chunk.iter().map(|id| (*id).into()));
        found.extend(select::<LivePeriod>(connection, &sql, values).await?);
    }
    Ok(found)
}
