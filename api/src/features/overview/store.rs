//! Reading what the figures need beside usage.

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
/// Whole hours are kept as sums, so only what changed within the hours of the moments themselves is read row by row. One list
/// of stretches and three joins: `PostgreSQL` took longer to plan a query for each moment than to run all of them.
pub async fn changes_from(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    moments: &[DateTime<Utc>],
) -> Result<Vec<i64>, Error> {
    let mut rises = vec![0; moments.len()];
    let mut rows = Vec::new();
    let mut values: Vec<Value> = vec![reseller_id.0.into()];
    for (no, from) in moments.iter().enumerate() {
        let until = moments.get(no + 1).copied().unwrap_or(END_OF_TIME);
        for Stretch { is_whole, from, until } in stretches(*from, until)? {
            values.extend([Value::from(from), until.into()]);
            rows.push(format!("({no}, {}, ${}, ${})", i32::from(is_whole), values.len() - 1, values.len()));
        }
    }
    if rows.is_empty() {
        return Ok(rises);
    }
    // Stretches come first in each join, which SQLite keeps to: a few steps into an index for each of them.
    let edges = |change: i32, column: &str| {
        format!(
            "SELECT w.no, {change} AS change FROM stretches w CROSS JOIN service_intervals s WHERE w.is_whole = 0 \
             AND s.reseller_id = $1 AND s.{column} >= w.from_at AND s.{column} < w.until_at"
        )
    };
    let sql = format!(
        "WITH stretches (no, is_whole, from_at, until_at) AS (VALUES {}) \
         SELECT CAST(no AS BIGINT) AS no, CAST(SUM(change) AS BIGINT) AS rise FROM (\
         SELECT w.no, s.change FROM stretches w CROSS JOIN service_changes s WHERE w.is_whole = 1 \
         AND s.reseller_id = $1 AND s.hour_at >= w.from_at AND s.hour_at < w.until_at \
         UNION ALL {} UNION ALL {}) AS changes GROUP BY no",
        rows.join(", "),
        edges(1, "on_from"),
        edges(-1, "on_to"),
    );
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    for row in connection.query_all_raw(statement).await? {
        let (no, rise): (i64, i64) = (row.try_get("", "no")?, row.try_get("", "rise")?);
        rises[usize::try_from(no).map_err(Error::internal)?] = rise;
    }
    Ok(rises)
}

/// Later than any service, and not too late to be cut to an hour.
const END_OF_TIME: DateTime<Utc> = DateTime::from_timestamp(7_258_118_400, 0).expect("the beginning of the year 2200");

/// From a moment on and before another: whole hours of UTC, or part of one.
#[derive(Debug, PartialEq, Eq)]
struct Stretch {
    is_whole: bool,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// The whole hours from a moment until another, and what is left before and after them.
fn stretches(from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Stretch>, Error> {
    let first = hour_of(from + TimeDelta::hours(1) - TimeDelta::microseconds(1))?;
    let last = hour_of(until)?;
    if last < first {
        return Ok(vec![Stretch { is_whole: false, from, until }]);
    }
    let all = [(false, from, first), (true, first, last), (false, last, until)];
    let all = all.into_iter().filter(|(_, from, until)| from < until);
    Ok(all.map(|(is_whole, from, until)| Stretch { is_whole, from, until }).collect())
}

/// The hour of UTC that contains a moment.
fn hour_of(moment: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
    moment.duration_trunc(TimeDelta::hours(1)).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_hours_and_what_is_left_of_them() {
        let of = |from: &str, until: &str| {
            let at = |time: &str| format!("2026-11-22T{time}Z").parse::<DateTime<Utc>>().unwrap();
            let shown = |stretch: Stretch| {
                let kind = if stretch.is_whole { "hours" } else { "part" };
                format!("{kind} {} {}", stretch.from.format("%T"), stretch.until.format("%T"))
            };
            stretches(at(from), at(until)).unwrap().into_iter().map(shown).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(of("10:00:00", "12:00:00"), "hours 10:00:00 12:00:00");
        assert_eq!(
            of("10:30:00", "12:15:00"),
            "part 10:30:00 11:00:00, hours 11:00:00 12:00:00, part 12:00:00 12:15:00"
        );
        assert_eq!(of("10:30:00", "11:15:00"), "part 10:30:00 11:00:00, part 11:00:00 11:15:00");
        assert_eq!(of("10:10:00", "10:50:00"), "part 10:10:00 10:50:00");
        assert_eq!(of("10:00:00", "10:50:00"), "part 10:00:00 10:50:00");
        assert_eq!(of("10:10:00", "11:00:00"), "part 10:10:00 11:00:00");
    }
}
