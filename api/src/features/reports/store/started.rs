//! What was ever in service, page by page.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::select;
use crate::error::Error;
use crate::http::cursor::Direction;

/// An activation that was put in service.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Started {
    /// Its id.
    pub id: Uuid,
    /// Whom it serves.
    pub client_id: Uuid,
    /// When it was activated.
    pub activated_at: DateTime<Utc>,
    /// Since when it could be used: with what is set up by hand, later than it was asked for.
    pub usable_since: DateTime<Utc>,
}

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub struct StartedWhich {
    /// Only this one.
    pub id: Option<Uuid>,
    /// Only those that could be used before this moment, or only the others.
    pub usable_before: Option<(DateTime<Utc>, bool)>,
}

impl StartedWhich {
    const USABLE_SINCE: &str = "COALESCE((SELECT MIN(s.on_from) FROM service_intervals s WHERE s.reseller_id = $1 \
                                AND s.activation_id = a.id), a.activated_at)";

    fn condition(self, reseller_id: ResellerId) -> (String, Vec<Value>) {
        let mut sql = "a.reseller_id = $1 AND a.status NOT IN ('pending', 'failed')".to_owned();
        let mut values: Vec<Value> = vec![reseller_id.0.into()];
        if let Some(id) = self.id {
            values.push(id.into());
            let _ = write!(sql, " AND a.id = ${}", values.len());
        }
        if let Some((moment, is_before)) = self.usable_before {
            values.push(moment.into());
            let compared = if is_before { "<" } else { ">=" };
            let _ = write!(sql, " AND {} {compared} ${}", Self::USABLE_SINCE, values.len());
        }
        (sql, values)
    }
}

/// The activation from which a page goes on, by when it was activated, and which way.
pub type Edge = (DateTime<Utc>, Uuid, Direction);

/// How many were ever in service.
pub async fn started_count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    which: StartedWhich,
) -> Result<i64, Error> {
    let (condition, values) = which.condition(reseller_id);
    let sql = format!("SELECT COUNT(*) AS count FROM activations a WHERE {condition}");
    let counts = select::<Count>(connection, &sql, values).await?;
    Ok(counts.first().map_or(0, |row| row.count))
}

#[derive(Debug, FromQueryResult)]
struct Count {
    count: i64,
}

/// What was ever in service, the latest first: from the edge on and so many, or all.
pub async fn started(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    which: StartedWhich,
    (edge, limit): (Option<Edge>, Option<u64>),
) -> Result<Vec<Started>, Error> {
    let (mut condition, mut values) = which.condition(reseller_id);
    let is_back = matches!(edge, Some((_, _, Direction::Previous)));
    if let Some((activated_at, id, _)) = edge {
        values.extend([activated_at.into(), id.into()]);
        let (at, id) = (values.len() - 1, values.len());
        let (before, after) = if is_back { (">", "<") } else { ("<", ">") };
        let _ = write!(
            condition,
            " AND (a.activated_at {before} ${at} OR (a.activated_at = ${at} AND a.id {after} ${id}))"
        );
    }
    let order = if is_back { "a.activated_at, a.id DESC" } else { "a.activated_at DESC, a.id" };
    let limit = limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let sql = format!(
        "SELECT a.id, a.client_id, a.activated_at, {} AS usable_since FROM activations a WHERE {condition} \
         ORDER BY {order}{limit}",
        StartedWhich::USABLE_SINCE
    );
    let mut found = select::<Started>(connection, &sql, values).await?;
    if is_back {
        found.reverse();
    }
    Ok(found)
}
