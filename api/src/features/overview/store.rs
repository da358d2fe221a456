//! Reading what the figures need beside usage.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value};
use shared::vocab::{ActivationStatus, LedgerAccountKind, ResellerId};

use crate::db::entity::{activation, ledger_account};
use crate::error::Error;

/// The wallet's balance in minor units: zero where nothing was ever booked.
pub async fn balance_minor(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<i64, Error> {
    let balance = ledger_account::Entity::find()
        .select_only()
        .column(ledger_account::Column::BalanceMinor)
        .filter(ledger_account::Column::ResellerId.eq(reseller_id.0))
        .filter(ledger_account::Column::Kind.eq(LedgerAccountKind::Wallet.as_str()))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(balance.unwrap_or_default())
}

/// Activations that are on.
pub async fn active_count(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<i64, Error> {
    let count = activation::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(activation::Column::ResellerId.eq(reseller_id.0))
        .filter(activation::Column::Status.eq(ActivationStatus::Active.as_str()))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}

/// For each moment (ascending), by how much the number of services that are on rose from it until the next moment, and after
/// the last one: service intervals that began less those that ended.
///
/// Each stretch is a range of an index, so only what changed is read, whatever the number of services.
pub async fn changes_from(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    moments: &[DateTime<Utc>],
) -> Result<Vec<i64>, Error> {
    let mut sql = String::from("SELECT ");
    let mut values: Vec<Value> = vec![reseller_id.0.into()];
    for index in 0..moments.len() {
        let stretch = |column: &str| {
            let first = index + 2;
            let until =
                if index + 1 < moments.len() { format!(" AND {column} < ${}", first + 1) } else { String::new() };
            format!("(SELECT COUNT(*) FROM service_intervals WHERE reseller_id = $1 AND {column} >= ${first}{until})")
        };
        let separator = if index == 0 { "" } else { ", " };
        let _ = write!(sql, "{separator}{} - {} AS c{index}", stretch("on_from"), stretch("on_to"));
    }
    values.extend(moments.iter().map(|moment| Value::from(*moment)));
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(vec![0; moments.len()]) };
    let changes = (0..moments.len()).map(|index| row.try_get("", &format!("c{index}")));
    Ok(changes.collect::<Result<_, _>>()?)
}
