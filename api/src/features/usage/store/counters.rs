//! Presences and counters.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use domain::active_users::LocalDay;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use shared::vocab::{Bucket, ResellerId};

use super::super::counters::{Changes, Line, Scope, Stretch};
use super::CHUNK;
use super::spelling::{list, literal};
use crate::db::WriteTx;
use crate::error::Error;

/// The known presences within the stretches.
pub async fn presences(
    tx: &WriteTx,
    reseller_id: ResellerId,
    epoch: i64,
    stretches: impl Iterator<Item = Stretch>,
) -> Result<HashMap<Line, BTreeSet<LocalDay>>, Error> {
    let backend = tx.connection().get_database_backend();
    let stretches: Vec<Stretch> = stretches.collect();
    let mut known: HashMap<Line, BTreeSet<LocalDay>> = HashMap::new();
    for chunk in stretches.chunks(CHUNK) {
        let wanted = list(chunk, |stretch, sql| {
            let (end_user_no, scope) = stretch.line;
            let id = literal(backend, scope.id);
            let _ = write!(sql, "({end_user_no},{},{id},{},{})", scope.kind, stretch.from.0, stretch.to.0);
        });
        // The join's order is fixed, so that each stretch is one search of the primary key. PostgreSQL, while it has no
        // statistics, would rather search the index by day for all end users of a scope; the sum keeps it from it.
        let kind = if backend == DbBackend::Sqlite { "p.scope_kind" } else { "p.scope_kind + 0" };
        let sql = format!(
            "WITH wanted (no, kind, scope, first, last) AS (VALUES {wanted}) \
             SELECT p.end_user_no, p.scope_kind, p.scope_id, p.day FROM wanted CROSS JOIN usage_presence AS p \
             WHERE p.reseller_id = {} AND p.epoch = {epoch} AND p.end_user_no = wanted.no \
             AND {kind} = wanted.kind AND p.scope_id = wanted.scope AND p.day BETWEEN wanted.first AND wanted.last",
            literal(backend, reseller_id.0)
        );
        for row in tx.connection().query_all_raw(Statement::from_string(backend, sql)).await? {
            let scope = Scope { kind: row.try_get_by_index(1)?, id: row.try_get_by_index(2)? };
            let day: i64 = row.try_get_by_index(3)?;
            let line = (row.try_get_by_index(0)?, scope);
            known.entry(line).or_default().insert(LocalDay::try_from(day).map_err(Error::internal)?);
        }
    }
    Ok(known)
}

/// Writes new presences and raises the counters.
pub async fn apply(tx: &WriteTx, reseller_id: ResellerId, epoch: i64, changes: &Changes) -> Result<(), Error> {
    let connection = tx.connection();
    let backend = connection.get_database_backend();
    let reseller = literal(backend, reseller_id.0);
    let head = format!("({reseller},{epoch}");
    for chunk in changes.presences.chunks(CHUNK) {
        let rows = list(chunk, |((end_user_no, scope), day), sql| {
            let id = literal(backend, scope.id);
            let _ = write!(sql, "{head},{end_user_no},{},{id},{})", scope.kind, day.0);
        });
        let sql = format!(
            "INSERT INTO usage_presence (reseller_id, epoch, end_user_no, scope_kind, scope_id, day) VALUES {rows}"
        );
        connection.execute_unprepared(&sql).await?;
    }
    let days: Vec<_> = changes.days.iter().collect();
    for chunk in days.chunks(CHUNK) {
        let rows = list(chunk, |((scope, day), change), sql| {
            let id = literal(backend, scope.id);
            let (active, change_7, change_30) = (change.active, change.change_7, change.change_30);
            let _ = write!(sql, "{head},{},{id},{},{active},{change_7},{change_30})", scope.kind, day.0);
        });
        let sql = format!(
            "INSERT INTO usage_day_counts \
             (reseller_id, epoch, scope_kind, scope_id, day, active, change_7, change_30) VALUES {rows} \
             ON CONFLICT (reseller_id, epoch, scope_kind, scope_id, day) DO UPDATE SET \
             active = usage_day_counts.active + excluded.active, \
             change_7 = usage_day_counts.change_7 + excluded.change_7, \
             change_30 = usage_day_counts.change_30 + excluded.change_30"
        );
        connection.execute_unprepared(&sql).await?;
    }
    let buckets: Vec<_> = changes.buckets.iter().collect();
    for chunk in buckets.chunks(CHUNK) {
        let rows = list(chunk, |((scope, bucket, first_day), active), sql| {
            let id = literal(backend, scope.id);
            let bucket: &Bucket = bucket;
            let _ = write!(sql, "{head},{},{id},'{bucket}',{},{active})", scope.kind, first_day.0);
        });
        let sql = format!(
            "INSERT INTO usage_bucket_counts \
             (reseller_id, epoch, scope_kind, scope_id, bucket, first_day, active) VALUES {rows} \
             ON CONFLICT (reseller_id, epoch, scope_kind, scope_id, bucket, first_day) DO UPDATE SET \
             active = usage_bucket_counts.active + excluded.active"
        );
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}
