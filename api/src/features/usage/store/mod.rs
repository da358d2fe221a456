//! Rows of usage: events, end users, presences and counters, read and written in bulk.

mod counters;
mod end_users;
pub mod rebuilds;
mod rows;
mod served;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::active_users::LocalDay;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Statement,
};
use shared::vocab::{ActivationId, ResellerId};

use self::rows::{Cell, Kind, Rows};
use crate::db::WriteTx;
use crate::db::entity::usage_state;
use crate::error::Error;

pub use counters::{apply, insert_presences, neighbours};
pub use end_users::{EndUser, find_end_users, forget_labels, save_end_users, set_keeps_labels};
pub use served::{ServedActivation, served_activations};

/// What a reseller's counters stand at.
#[derive(Debug, Clone)]
pub struct State {
    /// The counters that are valid.
    pub serving: Epoch,
    /// Those that are being made for another zone.
    pub next: Option<Epoch>,
    /// The next end user's number.
    pub next_end_user_no: i64,
    /// Day of the first counted event.
    pub first_day: Option<LocalDay>,
    /// Distinct end users with a counted event.
    pub ever_used: i64,
    /// Whether names of end users are kept.
    pub keeps_labels: bool,
}

/// One set of presences and counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// Its number.
    pub no: i64,
    /// The zone whose calendar days it counts.
    pub time_zone: Tz,
}

/// A usage event as it is kept.
#[derive(Debug, Clone)]
pub struct EventRow<'a> {
    /// The sender's id.
    pub id: &'a str,
    /// What was used.
    pub activation_id: ActivationId,
    /// By whom.
    pub end_user_no: i64,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Whether it was on.
    pub is_counted: bool,
}

#[derive(Debug, FromQueryResult)]
struct StateRow {
    epoch: i64,
    time_zone: String,
    next_epoch: Option<i64>,
    next_time_zone: Option<String>,
    next_end_user_no: i64,
    first_day: Option<i64>,
    ever_used: i64,
    keeps_end_user_labels: bool,
}

/// The reseller's state, made if there is none, locked until the end of the transaction.
pub async fn lock_state(tx: &WriteTx, reseller_id: ResellerId) -> Result<State, Error> {
    if let Some(state) = find_locked(tx, reseller_id).await? {
        return Ok(state);
    }
    // In the zone that the reseller has now, not in the one that a caller remembers.
    let sql = "INSERT INTO usage_states (reseller_id, epoch, time_zone, next_end_user_no, first_day, ever_used) \
               SELECT id, 1, time_zone, 1, NULL, 0 FROM resellers WHERE id = $1 ON CONFLICT (reseller_id) DO NOTHING";
    let connection = tx.connection();
    let values = [reseller_id.0.into()];
    connection.execute_raw(Statement::from_sql_and_values(connection.get_database_backend(), sql, values)).await?;
    find_locked(tx, reseller_id).await?.ok_or_else(Error::not_found)
}

async fn find_locked(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<State>, Error> {
    let backend = tx.connection().get_database_backend();
    let lock = if backend == DbBackend::Sqlite { "" } else { " FOR UPDATE OF s" };
    let sql = format!(
        "SELECT s.epoch, s.time_zone, s.next_epoch, s.next_time_zone, s.next_end_user_no, s.first_day, s.ever_used, \
         r.keeps_end_user_labels FROM usage_states AS s JOIN resellers AS r ON r.id = s.reseller_id \
         WHERE s.reseller_id = $1{lock}"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [reseller_id.0.into()]);
    let Some(row) = StateRow::find_by_statement(statement).one(tx.connection()).await? else { return Ok(None) };
    let zone = |name: &str| name.parse::<Tz>().map_err(|error| Error::internal(format!("{error:?}")));
    let next = row.next_epoch.zip(row.next_time_zone);
    Ok(Some(State {
        serving: Epoch { no: row.epoch, time_zone: zone(&row.time_zone)? },
        next: next.map(|(no, name)| Ok::<_, Error>(Epoch { no, time_zone: zone(&name)? })).transpose()?,
        next_end_user_no: row.next_end_user_no,
        first_day: row.first_day.map(LocalDay::try_from).transpose().map_err(Error::internal)?,
        ever_used: row.ever_used,
        keeps_labels: row.keeps_end_user_labels,
    }))
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
    let mut rows = Rows::new(&[("id", Kind::Text)]);
    ids.for_each(|id| rows.push([Cell::Text(id)]));
    // A join rather than `IN`: for a list of parameters PostgreSQL compares every row with every one of them.
    let sql = "WITH {rows} SELECT e.id FROM t CROSS JOIN usage_events AS e \
               WHERE t.id IS NOT NULL AND e.reseller_id = ? AND e.id = t.id";
    texts(&rows.query(tx, sql, &[reseller_id.0.into()]).await?)
}

/// Writes those of the events that are new, and returns their ids. Each id comes once.
pub async fn insert_events(
    tx: &WriteTx,
    reseller_id: ResellerId,
    events: &[EventRow<'_>],
    recorded_at: DateTime<Utc>,
) -> Result<HashSet<String>, Error> {
    let mut rows = Rows::new(&[
        ("id", Kind::Text),
        ("activation", Kind::Id),
        ("no", Kind::Number),
        ("at", Kind::Moment),
        ("counted", Kind::Flag),
    ]);
    for event in events {
        rows.push([
            Cell::Text(event.id),
            Cell::Id(event.activation_id.0),
            Cell::Number(event.end_user_no),
            Cell::Moment(event.occurred_at),
            Cell::Flag(event.is_counted),
        ]);
    }
    let sql = "WITH {rows} INSERT INTO usage_events \
               (reseller_id, recorded_at, id, activation_id, end_user_no, occurred_at, is_counted) \
               SELECT ?, ?, id, activation, no, at, counted FROM t WHERE id IS NOT NULL ON CONFLICT DO NOTHING RETURNING id";
    texts(&rows.query(tx, sql, &[reseller_id.0.into(), recorded_at.into()]).await?)
}

fn texts(rows: &[sea_orm::QueryResult]) -> Result<HashSet<String>, Error> {
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
