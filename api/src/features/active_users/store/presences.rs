//! Reading who was present: those of a client, of whom no counters are kept, and the rare bucket that is counted anew.

use std::collections::HashMap;

use domain::active_users::{LocalDay, PresenceCount};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use shared::vocab::{ClientId, ResellerId};
use uuid::Uuid;

use super::Scope;
use crate::error::Error;

/// The presences of a client's end users from one day to another, both included, each with the same end user's next one
/// among them.
///
/// One search of the primary key for each end user: the order of the join is fixed for `SQLite`, and for `PostgreSQL`, which
/// without statistics would rather search everybody's presences by day, the sum rules that out.
pub async fn presences_of_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    client_id: ClientId,
    from: LocalDay,
    to: LocalDay,
) -> Result<Vec<PresenceCount>, Error> {
    let kind = kind_column(connection);
    let sql = format!(
        "SELECT day, next_day, COUNT(*) FROM ( \
         SELECT p.day AS day, LEAD(p.day) OVER (PARTITION BY p.end_user_no ORDER BY p.day) AS next_day \
         FROM end_users AS u CROSS JOIN usage_presence AS p \
         WHERE u.reseller_id = $1 AND u.client_id = $2 AND p.reseller_id = $1 AND p.epoch = $3 AND p.end_user_no = u.no \
         AND {kind} = 0 AND p.scope_id = $4 AND p.day BETWEEN $5 AND $6) AS line GROUP BY day, next_day"
    );
    let values = of_client(reseller_id, epoch, client_id, from, to);
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let day = |number: i64| LocalDay::try_from(number).map_err(Error::internal);
    let mut counts = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        let next: Option<i64> = row.try_get_by_index(1)?;
        counts.push(PresenceCount {
            day: day(row.try_get_by_index(0)?)?,
            next: next.map(day).transpose()?,
            count: row.try_get_by_index(2)?,
        });
    }
    Ok(counts)
}

/// How many end users of a client were present from one day to another, both included.
pub async fn count_present_of_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    client_id: ClientId,
    from: LocalDay,
    to: LocalDay,
) -> Result<i64, Error> {
    let kind = kind_column(connection);
    let sql = format!(
        "SELECT COUNT(*) FROM end_users AS u WHERE u.reseller_id = $1 AND u.client_id = $2 AND EXISTS ( \
         SELECT 1 FROM usage_presence AS p WHERE p.reseller_id = $1 AND p.epoch = $3 AND p.end_user_no = u.no \
         AND {kind} = 0 AND p.scope_id = $4 AND p.day BETWEEN $5 AND $6)"
    );
    let values = of_client(reseller_id, epoch, client_id, from, to);
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

/// How many end users of each client were present from one day to another, both included.
pub async fn count_present_by_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    from: LocalDay,
    to: LocalDay,
) -> Result<HashMap<ClientId, i64>, Error> {
    // The sum keeps `SQLite` from reading all days in the order of the primary key: the days asked for are fewer.
    let sql = "SELECT u.client_id, COUNT(*) FROM ( \
         SELECT DISTINCT end_user_no + 0 AS end_user_no FROM usage_presence WHERE reseller_id = $1 AND epoch = $2 \
         AND scope_kind = 0 AND scope_id = $3 AND day BETWEEN $4 AND $5) AS present \
         JOIN end_users AS u ON u.reseller_id = $1 AND u.no = present.end_user_no GROUP BY u.client_id";
    let values: [Value; 5] =
        [reseller_id.0.into(), epoch.into(), Uuid::nil().into(), i64::from(from).into(), i64::from(to).into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let mut counts = HashMap::new();
    for row in connection.query_all_raw(statement).await? {
        counts.insert(ClientId(row.try_get_by_index(0)?), row.try_get_by_index(1)?);
    }
    Ok(counts)
}

/// How many end users of a scope were present from one day to another, both included.
pub async fn count_present(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    scope: Scope,
    from: LocalDay,
    to: LocalDay,
) -> Result<i64, Error> {
    let sql = "SELECT COUNT(DISTINCT end_user_no) FROM usage_presence WHERE reseller_id = $1 AND epoch = $2 \
         AND scope_kind = $3 AND scope_id = $4 AND day BETWEEN $5 AND $6";
    let values: [Value; 6] = [
        reseller_id.0.into(),
        epoch.into(),
        scope.kind.into(),
        scope.id.into(),
        i64::from(from).into(),
        i64::from(to).into(),
    ];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

fn of_client(reseller_id: ResellerId, epoch: i64, client_id: ClientId, from: LocalDay, to: LocalDay) -> [Value; 6] {
    [
        reseller_id.0.into(),
        client_id.0.into(),
        epoch.into(),
        Uuid::nil().into(),
        i64::from(from).into(),
        i64::from(to).into(),
    ]
}

fn kind_column(connection: &impl ConnectionTrait) -> &'static str {
    if connection.get_database_backend() == DbBackend::Sqlite { "p.scope_kind" } else { "p.scope_kind + 0" }
}
