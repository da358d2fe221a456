//! Counting who was present in any days.

use domain::active_users::LocalDay;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use shared::vocab::{ClientId, ResellerId};
use uuid::Uuid;

use crate::error::Error;
use crate::features::active_users::scope::Scope;

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
