//! Distinct end users by activation, product and client.

use chrono::{DateTime, Utc};
use domain::active_users::LocalDay;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::{CHUNK, select};
use crate::error::Error;
use crate::features::active_users::scope::Scope;

/// The first and last day of a window and of the one before it.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// First day of the window before.
    pub previous_from: i64,
    /// First day.
    pub from: i64,
    /// Last day.
    pub to: i64,
}

/// The distinct end users of something in a window and in the one before.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub struct UsersNowAndBefore {
    /// The activation, product or client.
    pub id: Uuid,
    /// In the window.
    pub users: i64,
    /// In the window before.
    pub users_before: i64,
}

/// By activation, of those that renew before a moment.
pub async fn users_by_activation(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    span: Span,
    due_before: DateTime<Utc>,
) -> Result<Vec<UsersNowAndBefore>, Error> {
    let sql = "SELECT p.scope_id AS id, \
               COUNT(DISTINCT CASE WHEN p.day >= $4 THEN p.end_user_no END) AS users, \
               COUNT(DISTINCT CASE WHEN p.day < $4 THEN p.end_user_no END) AS users_before \
               FROM usage_presence p WHERE p.reseller_id = $1 AND p.epoch = $2 AND p.scope_kind = 2 \
               AND p.scope_id IN (SELECT a.id FROM activations a WHERE a.reseller_id = $1 AND a.renews_at < $6) \
               AND p.day BETWEEN $3 AND $5 GROUP BY p.scope_id";
    let days = [span.previous_from, span.from, span.to].map(Value::from);
    let values = [reseller_id.0.into(), epoch.into()].into_iter().chain(days).chain([due_before.into()]);
    select(connection, sql, values).await
}

/// By product, for the trailing 30 days.
pub async fn users_by_product(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    span: Span,
) -> Result<Vec<UsersNowAndBefore>, Error> {
    trailing_users(connection, reseller_id, epoch, Scope::PRODUCTS, span).await
}

/// By client, for the trailing 30 days.
pub async fn users_by_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    span: Span,
) -> Result<Vec<UsersNowAndBefore>, Error> {
    trailing_users(connection, reseller_id, epoch, Scope::CLIENTS, span).await
}

/// From the counters, so that each is the figure that its series shows.
async fn trailing_users(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    kind: i16,
    span: Span,
) -> Result<Vec<UsersNowAndBefore>, Error> {
    let sql = "SELECT scope_id AS id, CAST(SUM(change_30) AS BIGINT) AS users, \
               CAST(SUM(CASE WHEN day < $3 THEN change_30 ELSE 0 END) AS BIGINT) AS users_before \
               FROM usage_day_counts WHERE reseller_id = $1 AND epoch = $2 AND scope_kind = $5 AND day <= $4 \
               GROUP BY scope_id";
    let values = [reseller_id.0.into(), epoch.into(), span.from.into(), span.to.into(), kind.into()];
    select(connection, sql, values).await
}

/// An activation whose impact is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ImpactAsked {
    /// The activation.
    pub id: Uuid,
    /// Its client.
    pub client_id: Uuid,
    /// The day on which it was activated.
    pub day: i64,
}

/// Who used what around an activation.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub struct ImpactUsers {
    /// The activation.
    pub id: Uuid,
    /// Users of the client in the days before.
    pub client_before: i64,
    /// Users of the client in the days after.
    pub client_after: i64,
    /// Users of the activation in the days after.
    pub activation_after: i64,
    /// Users of the activation on day 7.
    pub day_7: i64,
    /// Users of the activation on the last day.
    pub last_day: i64,
    /// The first day of counted use.
    pub first_day: Option<i64>,
}

/// Who used what in so many days before and after these activations, until today.
pub async fn impact_users(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    (epoch, today): (i64, LocalDay),
    days: i64,
    asked: &[ImpactAsked],
) -> Result<Vec<ImpactUsers>, Error> {
    let mut found = Vec::with_capacity(asked.len());
    for chunk in asked.chunks(CHUNK) {
        let row = |index: usize| format!("(${}, ${}, ${})", 6 + index * 3, 7 + index * 3, 8 + index * 3);
        let rows = (0..chunk.len()).map(row).collect::<Vec<_>>().join(",");
        let sql = IMPACT.replace("{rows}", &rows);
        let mut values: Vec<Value> =
            vec![reseller_id.0.into(), epoch.into(), Uuid::nil().into(), days.into(), i64::from(today).into()];
        for one in chunk {
            values.extend([Value::from(one.id), one.client_id.into(), one.day.into()]);
        }
        found.extend(select::<ImpactUsers>(connection, &sql, values).await?);
    }
    Ok(found)
}

const IMPACT: &str = "WITH asked (id, client_id, day) AS (VALUES {rows}), \
    of_client AS (SELECT w.id, COUNT(DISTINCT CASE WHEN p.day < w.day THEN p.end_user_no END) AS before_count, \
      COUNT(DISTINCT CASE WHEN p.day >= w.day THEN p.end_user_no END) AS after_count \
      FROM asked w JOIN end_users u ON u.reseller_id = $1 AND u.client_id = w.client_id \
      JOIN usage_presence p ON p.reseller_id = $1 AND p.epoch = $2 AND p.end_user_no = u.no AND p.scope_kind = 0 \
      AND p.scope_id = $3 AND p.day >= w.day - $4 AND p.day < w.day + $4 AND p.day <= $5 GROUP BY w.id), \
    of_activation AS (SELECT w.id, COUNT(DISTINCT p.end_user_no) AS after_count, \
      CAST(SUM(CASE WHEN p.day = w.day + 6 THEN 1 ELSE 0 END) AS BIGINT) AS day_7, \
      CAST(SUM(CASE WHEN p.day = w.day + $4 - 1 THEN 1 ELSE 0 END) AS BIGINT) AS last_day \
      FROM asked w JOIN usage_presence p ON p.reseller_id = $1 AND p.epoch = $2 AND p.scope_kind = 2 \
      AND p.scope_id = w.id AND p.day >= w.day AND p.day < w.day + $4 AND p.day <= $5 GROUP BY w.id) \
    SELECT w.id, COALESCE(c.before_count, 0) AS client_before, COALESCE(c.after_count, 0) AS client_after, \
      COALESCE(o.after_count, 0) AS activation_after, COALESCE(o.day_7, 0) AS day_7, \
      COALESCE(o.last_day, 0) AS last_day, \
      (SELECT MIN(p.day) FROM usage_presence p WHERE p.reseller_id = $1 AND p.epoch = $2 AND p.scope_kind = 2 \
      AND p.scope_id = w.id AND p.day <= $5) AS first_day \
    FROM asked w LEFT JOIN of_client c ON c.id = w.id LEFT JOIN of_activation o ON o.id = w.id";
