//! Writing many renewals in few statements.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use domain::activation::{Activation, Charge};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};
use shared::vocab::{ActivationId, ActivationStatus, ResellerId};

use super::periods::{NewPeriod, period_row};
use super::save::HistoryRow;
use crate::db::entity::{activation, activation_history, period};
use crate::db::{CrashPoint, Word, WriteTx, reach};
use crate::error::Error;

/// Writes the periods that charges pay.
pub async fn insert_periods(
    tx: &WriteTx,
    reseller_id: ResellerId,
    periods: &[(ActivationId, Charge, NewPeriod)],
) -> Result<(), Error> {
    let rows = periods.iter().map(|(id, charge, new)| period_row(reseller_id, *id, charge, *new));
    period::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    reach(CrashPoint::PeriodsWritten);
    Ok(())
}

/// Adds lines to timelines.
pub async fn insert_history(tx: &WriteTx, rows: Vec<HistoryRow>) -> Result<(), Error> {
    activation_history::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
    reach(CrashPoint::HistoryWritten);
    Ok(())
}

/// Writes what a renewal within its term changes: how far it is paid, and what hung on its not being paid.
pub async fn update_renewed(
    tx: &WriteTx,
    reseller_id: ResellerId,
    states: &[(ActivationId, &Activation)],
) -> Result<(), Error> {
    let mut sql = String::from(
        "UPDATE activations SET next_period_no = v.column2, paid_until_at = v.column3, renews_at = v.column4, \
         due_at = v.column5, skips_grace = v.column6, grace_until_at = NULL, held_at = NULL FROM (VALUES ",
    );
    let mut values: Vec<Value> = vec![reseller_id.0.into()];
    for (index, (id, state)) in states.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        let first = values.len() + 1;
        let _ = write!(
            sql,
            "{separator}(${first}, ${}, ${}, ${}, ${}, ${})",
            first + 1,
            first + 2,
            first + 3,
            first + 4,
            first + 5
        );
        values.extend([
            Value::from(id.0),
            i64::from(state.next_n).into(),
            state.paid_until_at.into(),
            state.renews_at().into(),
            state.due_at().into(),
            state.skips_grace.into(),
        ]);
    }
    sql.push_str(") AS v WHERE activations.reseller_id = $1 AND activations.id = v.column1");
    let statement = Statement::from_sql_and_values(tx.connection().get_database_backend(), sql, values);
    let updated = tx.connection().execute_raw(statement).await?;
    reach(CrashPoint::StateWritten);
    if usize::try_from(updated.rows_affected()) == Ok(states.len()) {
        Ok(())
    } else {
        Err(Error::internal("an activation vanished while it was renewed"))
    }
}

/// Makes what waits for money due at once: renewals in grace, and resumptions that could not be paid.
///
/// Called where money comes in, in its transaction, so that a run finds them whatever becomes of the process after it.
pub async fn queue_waiting(tx: &WriteTx, reseller_id: ResellerId, now: DateTime<Utc>) -> Result<(), Error> {
    use activation::Column as C;
    let row = activation::ActiveModel { due_at: Set(Some(now)), ..Default::default() };
    let resumes = Condition::all().add(C::Status.eq(Word(ActivationStatus::Paused))).add(C::ResumeAt.lte(now));
    let waits = Condition::any().add(C::GraceUntilAt.gt(now)).add(resumes);
    activation::Entity::update_many()
        .set(row)
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::DueAt.gt(now))
        .filter(waits)
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Notes when time does something to an activation next.
pub async fn set_due_at(
    tx: &WriteTx,
    reseller_id: ResellerId,
    id: ActivationId,
    due_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let row = activation::ActiveModel { due_at: Set(due_at), ..Default::default() };
    activation::Entity::update_many()
        .set(row)
        .filter(activation::Column::ResellerId.eq(reseller_id.0))
        .filter(activation::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}
