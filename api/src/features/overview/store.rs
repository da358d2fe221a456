//! Reading what the figures need beside usage.

use std::fmt::Write as _;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value};
use shared::vocab::{ActivationStatus, LedgerAccountKind, ResellerId};

use crate::db::entity::{activation_count, ledger_account};
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
    let count = activation_count::Entity::find()
        .select_only()
        .column_as(Expr::cust("CAST(COALESCE(SUM(count), 0) AS BIGINT)"), "count")
        .filter(activation_count::Column::ResellerId.eq(reseller_id.0))
        .filter(activation_count::Column::Status.eq(ActivationStatus::Active.as_str()))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}

/// For each moment (ascending), by how much the number of services that are on rose from it until the next moment, and after
/// the last one: service intervals that began less those that ended.
///
/// Whole hours are kept as sums, so only what changed within the hours of the moments themselves is read row by row.
pub async fn changes_from(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    moments: &[DateTime<Utc>],
) -> Result<Vec<i64>, Error> {
    let mut stretches = Stretches { values: vec![reseller_id.0.into()] };
    let mut sql = String::from("SELECT ");
    for (index, from) in moments.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let _ = write!(sql, "{separator}{} AS c{index}", stretches.sum(*from, moments.get(index + 1).copied())?);
    }
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, stretches.values);
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(vec![0; moments.len()]) };
    let changes = (0..moments.len()).map(|index| row.try_get("", &format!("c{index}")));
    Ok(changes.collect::<Result<_, _>>()?)
}

/// Sums over stretches of time as SQL, with the values that it refers to; the first is the reseller.
struct Stretches {
    values: Vec<Value>,
}

impl Stretches {
    /// The rise from one moment until another, or from then on.
    fn sum(&mut self, from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Result<String, Error> {
        let first = hour_of(from + TimeDelta::hours(1) - TimeDelta::microseconds(1))?;
        let last = until.map(hour_of).transpose()?;
        match (last, until) {
            (Some(last), Some(until)) if last < first => Ok(self.row_by_row(from, until)),
            _ => {
                let mut sum = self.hours(first, last);
                if from < first {
                    let _ = write!(sum, " + {}", self.row_by_row(from, first));
                }
                if let (Some(last), Some(until)) = (last, until.filter(|until| last != Some(*until))) {
                    let _ = write!(sum, " + {}", self.row_by_row(last, until));
                }
                Ok(sum)
            }
        }
    }

    fn hours(&mut self, first: DateTime<Utc>, last: Option<DateTime<Utc>>) -> String {
        let from = self.value(first);
        let until = last.map(|last| format!(" AND hour_at < {}", self.value(last))).unwrap_or_default();
        format!(
            "(SELECT CAST(COALESCE(SUM(change), 0) AS BIGINT) FROM service_changes \
             WHERE reseller_id = $1 AND hour_at >= {from}{until})"
        )
    }

    fn row_by_row(&mut self, from: DateTime<Utc>, until: DateTime<Utc>) -> String {
        let (from, until) = (self.value(from), self.value(until));
        let count = |column: &str| {
            format!(
                "(SELECT COUNT(*) FROM service_intervals \
                 WHERE reseller_id = $1 AND {column} >= {from} AND {column} < {until})"
            )
        };
        format!("{} - {}", count("on_from"), count("on_to"))
    }

    fn value(&mut self, moment: DateTime<Utc>) -> String {
        self.values.push(moment.into());
        format!("${}", self.values.len())
    }
}

/// The hour of UTC that contains a moment.
fn hour_of(moment: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
    moment.duration_trunc(TimeDelta::hours(1)).map_err(Error::internal)
}
