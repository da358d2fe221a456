//! Activations added up by product or client.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::vocab::{BillingInterval, ResellerId};
use uuid::Uuid;

use super::select;
use crate::db::Word;
use crate::error::Error;

/// What renews of one product or client by one interval.
#[derive(Debug, Clone, FromQueryResult)]
pub struct CostSum {
    /// The product or client.
    pub id: Uuid,
    /// The interval.
    pub billing_interval: Word<BillingInterval>,
    /// How many activations.
    pub count: i64,
    /// Their prices, in minor units.
    pub total_minor: i64,
}

/// What renews, by product and interval.
pub async fn costs_by_product(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Vec<CostSum>, Error> {
    costs(connection, reseller_id, "product_id").await
}

/// What renews, by client and interval.
pub async fn costs_by_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Vec<CostSum>, Error> {
    costs(connection, reseller_id, "client_id").await
}

async fn costs(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    column: &'static str,
) -> Result<Vec<CostSum>, Error> {
    let sql = format!(
        "SELECT {column} AS id, billing_interval, COUNT(*) AS count, CAST(SUM(price_minor) AS BIGINT) AS total_minor \
         FROM activations WHERE reseller_id = $1 AND status = 'active' AND renews_at IS NOT NULL \
         GROUP BY {column}, billing_interval"
    );
    select(connection, &sql, [reseller_id.0.into()]).await
}

/// What was activated and what ended of one product.
#[derive(Debug, Clone, FromQueryResult)]
pub struct DemandSum {
    /// The product.
    pub id: Uuid,
    /// Activated in the window.
    pub new_count: i64,
    /// Activated in the window before.
    pub previous_count: i64,
    /// Ended in the window.
    pub ended_count: i64,
    /// On now.
    pub active_count: i64,
}

/// What was activated and ended from a moment on and before another, and activated from an earlier one on, by product.
pub async fn demand(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    (previous_from, from, before): (DateTime<Utc>, DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<DemandSum>, Error> {
    let sum = |condition: &str| format!("CAST(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let sql = format!(
        "SELECT product_id AS id, {} AS new_count, {} AS previous_count, {} AS ended_count, {} AS active_count \
         FROM activations WHERE reseller_id = $1 AND status <> 'failed' GROUP BY product_id",
        sum("activated_at >= $3 AND activated_at < $4"),
        sum("activated_at >= $2 AND activated_at < $3"),
        sum("ended_at >= $3 AND ended_at < $4"),
        sum("status = 'active'"),
    );
    select(connection, &sql, [reseller_id.0.into(), previous_from.into(), from.into(), before.into()]).await
}
