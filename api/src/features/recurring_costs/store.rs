//! Adding up activations by billing interval.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use shared::vocab::{BillingInterval, ResellerId};

use crate::db::Word;
use crate::error::Error;

/// The renewing and paused activations of one interval.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct IntervalSums {
    /// The interval.
    pub billing_interval: Word<BillingInterval>,
    /// Activations that will renew.
    pub renewing_count: i64,
    /// Their prices, in minor units.
    pub renewing_minor: i64,
    /// Those due before the first bound.
    pub due_7_count: i64,
    /// Their prices.
    pub due_7_minor: i64,
    /// Those due before the second bound.
    pub due_30_count: i64,
    /// Their prices.
    pub due_30_minor: i64,
    /// Paused activations.
    pub paused_count: i64,
    /// Their prices.
    pub paused_minor: i64,
    /// When the first of them renews.
    pub first_renews_at: Option<DateTime<Utc>>,
}

/// One row per interval that has renewing or paused activations. `due_7_before` and `due_30_before` are exclusive.
///
/// Everything it reads lies in the index `activations_costs`.
pub async fn sums(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    due_7_before: DateTime<Utc>,
    due_30_before: DateTime<Utc>,
) -> Result<Vec<IntervalSums>, Error> {
    let sql = "SELECT billing_interval, \
         COUNT(renews_at) AS renewing_count, \
         CAST(SUM(CASE WHEN renews_at IS NOT NULL THEN price_minor ELSE 0 END) AS BIGINT) AS renewing_minor, \
         CAST(SUM(CASE WHEN renews_at < $2 THEN 1 ELSE 0 END) AS BIGINT) AS due_7_count, \
         CAST(SUM(CASE WHEN renews_at < $2 THEN price_minor ELSE 0 END) AS BIGINT) AS due_7_minor, \
         CAST(SUM(CASE WHEN renews_at < $3 THEN 1 ELSE 0 END) AS BIGINT) AS due_30_count, \
         CAST(SUM(CASE WHEN renews_at < $3 THEN price_minor ELSE 0 END) AS BIGINT) AS due_30_minor, \
         CAST(SUM(CASE WHEN status = 'paused' THEN 1 ELSE 0 END) AS BIGINT) AS paused_count, \
         CAST(SUM(CASE WHEN status = 'paused' THEN price_minor ELSE 0 END) AS BIGINT) AS paused_minor, \
         MIN(renews_at) AS first_renews_at \
         FROM activations WHERE reseller_id = $1 AND status IN ('active', 'paused') GROUP BY billing_interval";
    let values = [reseller_id.0.into(), due_7_before.into(), due_30_before.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| IntervalSums::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// The prices of everything of one interval that renews from one moment on and before another, in minor units.
pub async fn renewing_between(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    interval: BillingInterval,
    from: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(price_minor), 0) AS BIGINT) AS sum FROM activations \
               WHERE reseller_id = $1 AND billing_interval = $2 AND status = 'active' AND renews_at >= $3 AND renews_at < $4";
    let values = [reseller_id.0.into(), interval.as_str().into(), from.into(), before.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "sum")).transpose()?.unwrap_or_default())
}
