//! Changes of time zone under way, and the epochs they make and leave behind.

use chrono::{DateTime, Utc};
use domain::active_users::LocalDay;
use sea_orm::sea_query::{LockBehavior, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};
use shared::vocab::{ActivationId, ClientId, ProductId, ResellerId};
use uuid::Uuid;

use super::Epoch;
use crate::db::WriteTx;
use crate::db::entity::{reseller, usage_rebuild, usage_state};
use crate::error::Error;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Events are counted under the next epoch.
    Filling,
    /// It is valid; what is left of others is removed.
    Dropping,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Dropping => "dropping",
        }
    }
}

/// How far a change of time zone has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuild {
    /// What is being done.
    pub phase: Phase,
    /// Events up to this id are counted.
    pub last_event_id: String,
    /// Since when.
    pub requested_at: DateTime<Utc>,
    /// When the last step was done.
    pub stepped_at: DateTime<Utc>,
}

/// A kept event, as far as counting is concerned.
#[derive(Debug, FromQueryResult)]
struct Row {
    id: String,
    activation_id: Uuid,
    product_id: Uuid,
    client_id: Uuid,
    end_user_no: i64,
    occurred_at: DateTime<Utc>,
    is_counted: bool,
}

/// A kept event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEvent {
    /// Its id.
    pub id: String,
    /// What was used.
    pub activation_id: ActivationId,
    /// The product of that.
    pub product_id: ProductId,
    /// Its client.
    pub client_id: ClientId,
    /// By whom.
    pub end_user_no: i64,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Whether it was on.
    pub is_counted: bool,
}

/// The resellers with a change under way.
pub async fn list_rebuilding(connection: &impl ConnectionTrait) -> Result<Vec<ResellerId>, Error> {
    let ids: Vec<Uuid> = usage_rebuild::Entity::find()
        .select_only()
        .column(usage_rebuild::Column::ResellerId)
        .order_by_asc(usage_rebuild::Column::RequestedAt)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(ResellerId).collect())
}

/// The zone that a reseller is changing to.
pub async fn find_next_zone(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Option<String>, Error> {
    Ok(usage_state::Entity::find_by_id(reseller_id.0).one(connection).await?.and_then(|state| state.next_time_zone))
}

/// The reseller's change under way, locked until the end of the transaction. Taken before its state is.
pub async fn lock_rebuild(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<Rebuild>, Error> {
    let row = usage_rebuild::Entity::find_by_id(reseller_id.0).lock_exclusive().one(tx.connection()).await?;
    row.map(rebuild).transpose()
}

/// The same, unless another process is at it.
pub async fn claim_rebuild(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<Rebuild>, Error> {
    let query = usage_rebuild::Entity::find_by_id(reseller_id.0);
    let query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    query.one(tx.connection()).await?.map(rebuild).transpose()
}

fn rebuild(row: usage_rebuild::Model) -> Result<Rebuild, Error> {
    let phase = match row.phase.as_str() {
        "filling" => Phase::Filling,
        "dropping" => Phase::Dropping,
        other => return Err(Error::internal(format!("a rebuild in the phase {other:?}"))),
    };
    let usage_rebuild::Model { last_event_id, requested_at, stepped_at, .. } = row;
    Ok(Rebuild { phase, last_event_id, requested_at, stepped_at })
}

/// Writes how far it has come.
pub async fn save_rebuild(tx: &WriteTx, reseller_id: ResellerId, rebuild: &Rebuild) -> Result<(), Error> {
    use usage_rebuild::Column as C;
    let row = usage_rebuild::ActiveModel {
        reseller_id: Set(reseller_id.0),
        phase: Set(rebuild.phase.word().to_owned()),
        last_event_id: Set(rebuild.last_event_id.clone()),
        requested_at: Set(rebuild.requested_at),
        stepped_at: Set(rebuild.stepped_at),
    };
    let known = OnConflict::column(C::ResellerId)
        .update_columns([C::Phase, C::LastEventId, C::RequestedAt, C::SteppedAt])
        .to_owned();
    usage_rebuild::Entity::insert(row).on_conflict(known).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// It is over.
pub async fn delete_rebuild(tx: &WriteTx, reseller_id: ResellerId) -> Result<(), Error> {
    usage_rebuild::Entity::delete_by_id(reseller_id.0).exec(tx.connection()).await?;
    Ok(())
}

/// Sets the epoch that is being made, or none. The caller holds the state's lock.
pub async fn set_next(tx: &WriteTx, reseller_id: ResellerId, next: Option<Epoch>) -> Result<(), Error> {
    let row = usage_state::ActiveModel {
        next_epoch: Set(next.map(|next| next.no)),
        next_time_zone: Set(next.map(|next| next.time_zone.name().to_owned())),
        ..Default::default()
    };
    update_state(tx, reseller_id, row).await
}

/// Makes an epoch the valid one, and its zone the reseller's. The caller holds the state's lock.
pub async fn switch(tx: &WriteTx, reseller_id: ResellerId, to: Epoch) -> Result<(), Error> {
    let row = usage_state::ActiveModel {
        epoch: Set(to.no),
        time_zone: Set(to.time_zone.name().to_owned()),
        next_epoch: Set(None),
        next_time_zone: Set(None),
        first_day: Set(first_day(tx, reseller_id, to.no).await?.map(i64::from)),
        ..Default::default()
    };
    update_state(tx, reseller_id, row).await?;
    let row = reseller::ActiveModel { time_zone: Set(to.time_zone.name().to_owned()), ..Default::default() };
    let own = reseller::Column::Id.eq(reseller_id.0);
    reseller::Entity::update_many().set(row).filter(own).exec(tx.connection()).await?;
    Ok(())
}

async fn update_state(tx: &WriteTx, reseller_id: ResellerId, row: usage_state::ActiveModel) -> Result<(), Error> {
    let own = usage_state::Column::ResellerId.eq(reseller_id.0);
    usage_state::Entity::update_many().set(row).filter(own).exec(tx.connection()).await?;
    Ok(())
}

/// The first day on which somebody was counted: on it the total is not zero, as it may be on days on which it only changes.
async fn first_day(tx: &WriteTx, reseller_id: ResellerId, epoch: i64) -> Result<Option<LocalDay>, Error> {
    let sql = "SELECT MIN(day) FROM usage_day_counts \
               WHERE reseller_id = $1 AND epoch = $2 AND scope_kind = 0 AND scope_id = $3 AND active > 0";
    let day = number(tx, sql, [reseller_id.0.into(), epoch.into(), Uuid::nil().into()]).await?;
    day.map(LocalDay::try_from).transpose().map_err(Error::internal)
}

/// The highest number that an epoch with counters has.
pub async fn last_epoch(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<i64>, Error> {
    number(tx, "SELECT MAX(epoch) FROM usage_day_counts WHERE reseller_id = $1", [reseller_id.0.into()]).await
}

/// Kept events after an id, by id.
pub async fn events_after(
    tx: &WriteTx,
    reseller_id: ResellerId,
    after: &str,
    limit: i64,
) -> Result<Vec<KeptEvent>, Error> {
    let sql = format!(
        "SELECT e.id, e.activation_id, a.product_id, a.client_id, e.end_user_no, e.occurred_at, e.is_counted \
         FROM usage_events AS e JOIN activations AS a ON a.reseller_id = e.reseller_id AND a.id = e.activation_id \
         WHERE e.reseller_id = $1 AND e.id > $2 ORDER BY e.id LIMIT {limit}"
    );
    let backend = tx.connection().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [reseller_id.0.into(), after.into()]);
    let rows = Row::find_by_statement(statement).all(tx.connection()).await?;
    let event = |row: Row| KeptEvent {
        id: row.id,
        activation_id: ActivationId(row.activation_id),
        product_id: ProductId(row.product_id),
        client_id: ClientId(row.client_id),
        end_user_no: row.end_user_no,
        occurred_at: row.occurred_at,
        is_counted: row.is_counted,
    };
    Ok(rows.into_iter().map(event).collect())
}

/// Removes about so many rows of epochs that are none of these two; returns whether there was anything left.
pub async fn drop_some(
    tx: &WriteTx,
    reseller_id: ResellerId,
    (serving, next): (i64, i64),
    rows: i64,
) -> Result<bool, Error> {
    let connection = tx.connection();
    let backend = connection.get_database_backend();
    // Day counters last: from them the numbers are known that are taken.
    for table in ["usage_presence", "usage_bucket_counts", "usage_day_counts"] {
        let stale = format!("SELECT MIN(epoch) FROM {table} WHERE reseller_id = $1 AND epoch <> $2 AND epoch <> $3");
        let own = [reseller_id.0.into(), serving.into(), next.into()];
        let Some(epoch) = number(tx, &stale, own).await? else { continue };
        // A table's rows are found by the start of its key; whole keys need not be spelled for counters, which are few.
        let some = if table == "usage_presence" {
            format!(
                " AND end_user_no <= (SELECT MAX(end_user_no) FROM (SELECT end_user_no FROM {table} \
                 WHERE reseller_id = $1 AND epoch = $2 ORDER BY end_user_no LIMIT {rows}) AS part)"
            )
        } else {
            String::new()
        };
        let sql = format!("DELETE FROM {table} WHERE reseller_id = $1 AND epoch = $2{some}");
        let values: [Value; 2] = [reseller_id.0.into(), epoch.into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        return Ok(true);
    }
    Ok(false)
}

async fn number<const COUNT: usize>(tx: &WriteTx, sql: &str, values: [Value; COUNT]) -> Result<Option<i64>, Error> {
    let connection = tx.connection();
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(None) };
    Ok(row.try_get_by_index(0)?)
}
