//! Rows of usage: events, end users, presences and counters, read and written in bulk.

mod counters;
mod end_users;
mod spelling;

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::active_users::LocalDay;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value,
};
use shared::vocab::{ActivationId, ClientId, ProductId, ResellerId};
use uuid::Uuid;

use crate::auth::Reseller;
use crate::db::WriteTx;
use crate::db::entity::{activation, reseller, service_interval, usage_state};
use crate::error::Error;

pub use counters::{apply, presences};
pub use end_users::{EndUser, find_end_users, save_end_users};

/// Rows of one statement.
const CHUNK: usize = 1_000;

/// What a reseller's counters stand at.
#[derive(Debug, Clone)]
pub struct State {
    /// Which counters are valid.
    pub epoch: i64,
    /// Whose calendar days they count.
    pub time_zone: Tz,
    /// The next end user's number.
    pub next_end_user_no: i64,
    /// Day of the first counted event.
    pub first_day: Option<LocalDay>,
    /// Distinct end users with a counted event.
    pub ever_used: i64,
    /// Whether names of end users are kept.
    pub keeps_labels: bool,
}

/// An activation with the stretches in which it was on.
#[derive(Debug, Clone)]
pub struct ServedActivation {
    /// Whom it serves.
    pub client_id: ClientId,
    /// What is in service.
    pub product_id: ProductId,
    /// Half-open; the open one is on now.
    pub on: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

impl ServedActivation {
    /// Whether it was on at that moment.
    pub fn was_on(&self, at: DateTime<Utc>) -> bool {
        self.on.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
    }
}

/// A usage event as it is kept.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// The sender's id.
    pub id: String,
    /// What was used.
    pub activation_id: ActivationId,
    /// By whom.
    pub end_user_no: i64,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Whether it was on.
    pub is_counted: bool,
}

/// The reseller's state, made if there is none, locked until the end of the transaction.
pub async fn lock_state(tx: &WriteTx, reseller: &Reseller) -> Result<State, Error> {
    let fresh = usage_state::ActiveModel {
        reseller_id: Set(reseller.id.0),
        epoch: Set(1),
        time_zone: Set(reseller.time_zone.name().to_owned()),
        next_end_user_no: Set(1),
        first_day: Set(None),
        ever_used: Set(0),
    };
    let is_there = OnConflict::column(usage_state::Column::ResellerId).do_nothing().to_owned();
    usage_state::Entity::insert(fresh).on_conflict(is_there).exec_without_returning(tx.connection()).await?;
    let row = usage_state::Entity::find_by_id(reseller.id.0).lock_exclusive().one(tx.connection()).await?;
    let row = row.ok_or_else(Error::not_found)?;
    let keeps_labels: Option<bool> = reseller::Entity::find_by_id(reseller.id.0)
        .select_only()
        .column(reseller::Column::KeepsEndUserLabels)
        .into_tuple()
        .one(tx.connection())
        .await?;
    Ok(State {
        epoch: row.epoch,
        time_zone: row.time_zone.parse().map_err(|error| Error::internal(format!("{error:?}")))?,
        next_end_user_no: row.next_end_user_no,
        first_day: row.first_day.map(LocalDay::try_from).transpose().map_err(Error::internal)?,
        ever_used: row.ever_used,
        keeps_labels: keeps_labels.unwrap_or(false),
    })
}

/// Writes back what a batch changed.
pub async fn save_state(tx: &WriteTx, reseller_id: ResellerId, state: &State) -> Result<(), Error> {
    let row = usage_state::ActiveModel {
        next_end_user_no: Set(state.next_end_user_no),
        first_day: Set(state.first_day.map(i64::from)),
        ever_used: Set(state.ever_used),
        ..Default::default()
    };
    usage_state::Entity::update_many()
        .set(row)
        .filter(usage_state::Column::ResellerId.eq(reseller_id.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Which of these events are known.
pub async fn known_event_ids<'a>(
    tx: &WriteTx,
    reseller_id: ResellerId,
    ids: impl Iterator<Item = &'a str>,
) -> Result<HashSet<String>, Error> {
    let ids: Vec<&str> = ids.collect();
    let connection = tx.connection();
    let mut known = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        // A join rather than `IN`: for a list of parameters PostgreSQL compares every row with every one of them.
        let wanted = (2..chunk.len() + 2).map(|number| format!("(${number})")).collect::<Vec<_>>().join(",");
        let sql = format!(
            "WITH wanted (id) AS (VALUES {wanted}) SELECT e.id FROM wanted CROSS JOIN usage_events AS e \
             WHERE e.reseller_id = $1 AND e.id = wanted.id"
        );
        let reseller = std::iter::once(Value::from(reseller_id.0));
        let values = reseller.chain(chunk.iter().map(|id| Value::from(*id)));
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        for row in connection.query_all_raw(statement).await? {
            known.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(known)
}

/// Those of the activations that are the reseller's, with their service intervals.
pub async fn served_activations(
    tx: &WriteTx,
    reseller_id: ResellerId,
    ids: &[ActivationId],
) -> Result<HashMap<ActivationId, ServedActivation>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut served = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let found: Vec<(Uuid, Uuid, Uuid)> = activation::Entity::find()
            .select_only()
            .columns([activation::Column::Id, activation::Column::ClientId, activation::Column::ProductId])
            .filter(activation::Column::ResellerId.eq(reseller_id.0))
            .filter(activation::Column::Id.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(tx.connection())
            .await?;
        for (id, client_id, product_id) in found {
            let activation =
                ServedActivation { client_id: ClientId(client_id), product_id: ProductId(product_id), on: Vec::new() };
            served.insert(ActivationId(id), activation);
        }
        let intervals = service_interval::Entity::find()
            .filter(service_interval::Column::ResellerId.eq(reseller_id.0))
            .filter(service_interval::Column::ActivationId.is_in(chunk.iter().copied()))
            .all(tx.connection())
            .await?;
        for row in intervals {
            if let Some(activation) = served.get_mut(&ActivationId(row.activation_id)) {
                activation.on.push((row.on_from, row.on_to));
            }
        }
    }
    Ok(served)
}

/// Writes events that are not known.
pub async fn insert_events(
    tx: &WriteTx,
    reseller_id: ResellerId,
    rows: &[EventRow],
    recorded_at: DateTime<Utc>,
) -> Result<(), Error> {
    for chunk in rows.chunks(CHUNK) {
        let mut sql = String::from(
            "INSERT INTO usage_events \
             (reseller_id, recorded_at, id, activation_id, end_user_no, occurred_at, is_counted) VALUES ",
        );
        let mut values: Vec<Value> = Vec::with_capacity(2 + chunk.len() * 5);
        values.push(reseller_id.0.into());
        values.push(recorded_at.into());
        for (index, row) in chunk.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let first = 3 + index * 5;
            let [second, third, fourth, fifth] = [1, 2, 3, 4].map(|step| first + step);
            let _ = write!(sql, "{comma}($1,$2,${first},${second},${third},${fourth},${fifth})");
            values.push(row.id.clone().into());
            values.push(row.activation_id.0.into());
            values.push(row.end_user_no.into());
            values.push(row.occurred_at.into());
            values.push(row.is_counted.into());
        }
        let connection = tx.connection();
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        connection.execute_raw(statement).await?;
    }
    Ok(())
}
