//! Presences and counters.

use domain::active_users::LocalDay;
use sea_orm::{QueryResult, Value};
use shared::vocab::ResellerId;

use super::super::counters::{Changes, Neighbours, Presence, REACH_DAYS};
use super::rows::{Cell, Kind, Rows};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::active_users::scope::Scope;

const PRESENCE: &[(&str, Kind)] =
    &[("no", Kind::Number), ("kind", Kind::Number), ("scope", Kind::Id), ("day", Kind::Number)];

/// Writes those of the presences that are new, and returns them.
pub async fn insert_presences(
    tx: &WriteTx,
    reseller_id: ResellerId,
    epoch: i64,
    presences: &[Presence],
) -> Result<Vec<Presence>, Error> {
    let sql = "WITH {rows} INSERT INTO usage_presence (reseller_id, epoch, end_user_no, scope_kind, scope_id, day) \
               SELECT ?, ?, no, kind, scope, day FROM t WHERE no IS NOT NULL ON CONFLICT DO NOTHING \
               RETURNING end_user_no, scope_kind, scope_id, day";
    let new = rows_of(presences).query(tx, sql, &key(reseller_id, epoch)).await?;
    new.iter().map(presence).collect()
}

/// The nearest days on which each end user was present in the same scope before and after, among those that are written.
pub async fn neighbours(
    tx: &WriteTx,
    reseller_id: ResellerId,
    epoch: i64,
    presences: &[Presence],
) -> Result<Vec<(Presence, Neighbours)>, Error> {
    // Compared as whole rows, so that nothing but the primary key can be searched, even before there are statistics.
    let nearest = |than: &str, limit: &str, order: &str| {
        let row = "(p.end_user_no, p.scope_kind, p.scope_id, p.day)";
        format!(
            "(SELECT p.day FROM usage_presence AS p WHERE p.reseller_id = ? AND p.epoch = ? \
             AND {row} {than} (t.no, t.kind, t.scope, t.day) AND {row} {limit} \
             ORDER BY p.end_user_no {order}, p.scope_kind {order}, p.scope_id {order}, p.day {order} LIMIT 1)"
        )
    };
    let before = nearest("<", &format!(">= (t.no, t.kind, t.scope, t.day - {REACH_DAYS})"), "DESC");
    let after = nearest(">", &format!("<= (t.no, t.kind, t.scope, t.day + {REACH_DAYS})"), "ASC");
    let sql = format!(
        "WITH {{rows}} SELECT t.no, CAST(t.kind AS SMALLINT), t.scope, t.day, {before}, {after} FROM t WHERE t.no IS NOT NULL"
    );
    let values = [key(reseller_id, epoch), key(reseller_id, epoch)].concat();
    let found = rows_of(presences).query(tx, &sql, &values).await?;
    let neighbour = |row: &QueryResult, column: usize| {
        let day: Option<i64> = row.try_get_by_index(column)?;
        day.map(LocalDay::try_from).transpose().map_err(Error::internal)
    };
    let found = found
        .iter()
        .map(|row| Ok((presence(row)?, Neighbours { previous: neighbour(row, 4)?, next: neighbour(row, 5)? })));
    found.collect()
}

/// Raises the counters.
pub async fn apply(tx: &WriteTx, reseller_id: ResellerId, epoch: i64, changes: &Changes) -> Result<(), Error> {
    const DAYS: &[(&str, Kind)] = &[
        ("kind", Kind::Number),
        ("scope", Kind::Id),
        ("day", Kind::Number),
        ("active", Kind::Number),
        ("change_7", Kind::Number),
        ("change_30", Kind::Number),
    ];
    const BUCKETS: &[(&str, Kind)] = &[
        ("kind", Kind::Number),
        ("scope", Kind::Id),
        ("bucket", Kind::Text),
        ("day", Kind::Number),
        ("active", Kind::Number),
    ];
    let mut days = Rows::new(DAYS);
    for ((scope, day), change) in &changes.days {
        let figures = [change.active, change.change_7, change.change_30].map(Cell::Number);
        let [active, change_7, change_30] = figures;
        days.push([Cell::Number(scope.kind.into()), Cell::Id(scope.id), number(*day), active, change_7, change_30]);
    }
    let sql = "WITH {rows} INSERT INTO usage_day_counts \
               (reseller_id, epoch, scope_kind, scope_id, day, active, change_7, change_30) \
               SELECT ?, ?, kind, scope, day, active, change_7, change_30 FROM t WHERE kind IS NOT NULL \
               ON CONFLICT (reseller_id, epoch, scope_kind, scope_id, day) DO UPDATE SET \
               active = usage_day_counts.active + excluded.active, \
               change_7 = usage_day_counts.change_7 + excluded.change_7, \
               change_30 = usage_day_counts.change_30 + excluded.change_30";
    days.execute(tx, sql, &key(reseller_id, epoch)).await?;
    let mut buckets = Rows::new(BUCKETS);
    for ((scope, bucket, first_day), active) in &changes.buckets {
        let kind = Cell::Number(scope.kind.into());
        buckets.push([
            kind,
            Cell::Id(scope.id),
            Cell::Text(bucket.as_str()),
            number(*first_day),
            Cell::Number(*active),
        ]);
    }
    let sql = "WITH {rows} INSERT INTO usage_bucket_counts \
               (reseller_id, epoch, scope_kind, scope_id, bucket, first_day, active) \
               SELECT ?, ?, kind, scope, bucket, day, active FROM t WHERE kind IS NOT NULL \
               ON CONFLICT (reseller_id, epoch, scope_kind, scope_id, bucket, first_day) DO UPDATE SET \
               active = usage_bucket_counts.active + excluded.active";
    buckets.execute(tx, sql, &key(reseller_id, epoch)).await
}

fn key(reseller_id: ResellerId, epoch: i64) -> [Value; 2] {
    [reseller_id.0.into(), epoch.into()]
}

fn number(day: LocalDay) -> Cell<'static> {
    Cell::Number(day.into())
}

fn rows_of(presences: &[Presence]) -> Rows<'static> {
    let mut rows = Rows::new(PRESENCE);
    for presence in presences {
        let (kind, id) = (Cell::Number(presence.scope.kind.into()), Cell::Id(presence.scope.id));
        rows.push([Cell::Number(presence.end_user_no), kind, id, number(presence.day)]);
    }
    rows
}

fn presence(row: &QueryResult) -> Result<Presence, Error> {
    let day: i64 = row.try_get_by_index(3)?;
    Ok(Presence {
        end_user_no: row.try_get_by_index(0)?,
        scope: Scope { kind: row.try_get_by_index(1)?, id: row.try_get_by_index(2)? },
        day: LocalDay::try_from(day).map_err(Error::internal)?,
    })
}
