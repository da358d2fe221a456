//! Reading what the reports are made from.

mod facts;
mod started;
mod sums;
mod users;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::error::Error;

pub use facts::{Facts, LivePeriod, Which, facts, listed, live_periods};
pub use started::{Edge, Started, StartedWhich, started, started_count};
pub use sums::{CostSum, DemandSum, costs_by_client, costs_by_product, demand};
pub use users::{
    ImpactAsked, ImpactUsers, Span, UsersNowAndBefore, impact_users, users_by_activation, users_by_client,
    users_by_product,
};

/// Ids in one list of a statement.
const CHUNK: usize = 500;

async fn select<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, Error> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
}
