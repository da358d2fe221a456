//! Reading the counters of active users.

mod presences;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select};
use shared::vocab::{ActivationId, Bucket, ResellerId};

use crate::auth::Reseller;
use crate::db::entity::{service_interval, usage_bucket_count, usage_day_count, usage_state};
use crate::error::Error;

use super::scope::Scope;

pub use presences::{count_present, count_present_of_client};

/// Which counters are valid, and since when there are any.
pub type UsageState = usage_state::Model;

/// The valid epoch; none before the first event.
///
/// Refused where it counts the days of another zone than the caller knows: the zone has changed this very moment.
pub async fn find_state(connection: &impl ConnectionTrait, reseller: &Reseller) -> Result<Option<UsageState>, Error> {
    let state = find_any_state(connection, reseller.id).await?;
    if state.as_ref().is_some_and(|state| state.time_zone != reseller.time_zone.name()) {
        return Err(Error::unavailable("the time zone changed while the request was answered"));
    }
    Ok(state)
}

/// The same, whichever zone's days it counts.
pub async fn find_any_state(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Option<UsageState>, Error> {
    Ok(usage_state::Entity::find_by_id(reseller_id.0).one(connection).await?)
}

/// When an activation was first in service; none if it never was.
pub async fn first_service(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<Option<DateTime<Utc>>, Error> {
    use service_interval::Column;
    let first = service_interval::Entity::find()
        .select_only()
        .column_as(Column::OnFrom.min(), "on_from")
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::ActivationId.eq(id.0))
        .into_tuple::<Option<DateTime<Utc>>>()
        .one(connection)
        .await?;
    Ok(first.flatten())
}

/// The counters of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct DayCount {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Distinct end users of the day.
    pub active: i64,
    /// By how much the trailing 7-day figure changes on it.
    pub change_7: i64,
    /// By how much the trailing 30-day figure changes on it.
    pub change_30: i64,
}

/// The days from one to another, both included, that have counters.
pub async fn day_counts(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    scope: Scope,
    from: i64,
    to: i64,
) -> Result<Vec<DayCount>, Error> {
    use usage_day_count::Column;
    let query = of_scope(reseller_id, epoch, scope)
        .select_only()
        .columns([Column::Day, Column::Active, Column::Change7, Column::Change30])
        .filter(Column::Day.between(from, to));
    Ok(query.into_model::<DayCount>().all(connection).await?)
}

/// The sum of the changes of the trailing 7-day figure before a day.
pub async fn change_7_before(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    scope: Scope,
    day: i64,
) -> Result<i64, Error> {
    change_before(connection, reseller_id, epoch, scope, usage_day_count::Column::Change7, day).await
}

/// The sum of the changes of the trailing 30-day figure before a day.
pub async fn change_30_before(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    scope: Scope,
    day: i64,
) -> Result<i64, Error> {
    change_before(connection, reseller_id, epoch, scope, usage_day_count::Column::Change30, day).await
}

async fn change_before(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    scope: Scope,
    change: usage_day_count::Column,
    day: i64,
) -> Result<i64, Error> {
    use usage_day_count::Column;
    let sum = of_scope(reseller_id, epoch, scope)
        .select_only()
        .column_as(change.sum().cast_as("BIGINT"), "sum")
        .filter(Column::Day.lt(day))
        .into_tuple::<Option<i64>>()
        .one(connection)
        .await?;
    Ok(sum.flatten().unwrap_or_default())
}

/// Distinct end users of the weeks or months that begin from one day to another, both included: (first day, count).
pub async fn bucket_counts(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    epoch: i64,
    scope: Scope,
    bucket: Bucket,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, i64)>, Error> {
    use usage_bucket_count::Column;
    let query = usage_bucket_count::Entity::find()
        .select_only()
        .columns([Column::FirstDay, Column::Active])
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::Epoch.eq(epoch))
        .filter(Column::ScopeKind.eq(scope.kind))
        .filter(Column::ScopeId.eq(scope.id))
        .filter(Column::Bucket.eq(bucket.as_str()))
        .filter(Column::FirstDay.between(from, to));
    Ok(query.into_tuple().all(connection).await?)
}

fn of_scope(reseller_id: ResellerId, epoch: i64, scope: Scope) -> Select<usage_day_count::Entity> {
    use usage_day_count::Column;
    usage_day_count::Entity::find()
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::Epoch.eq(epoch))
        .filter(Column::ScopeKind.eq(scope.kind))
        .filter(Column::ScopeId.eq(scope.id))
}
