//! What a reader of a reseller may have missed: one short statement, shared by all who ask at the same time.
//!
//! Who waits while the versions are read gets those that are read next, so every answer was read after it was asked for: a
//! write that was committed before is in it, whoever wrote.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait, Statement, Value};
use shared::vocab::ResellerId;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Db;
use crate::error::Error;

/// Everything that was committed up to these is seen by whoever read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// Of what belongs to the reseller.
    pub reseller: i64,
    /// Of products, prices and price migrations, which belong to nobody.
    pub catalogue: i64,
}

/// Resellers read by one statement.
const MOST_AT_ONCE: usize = 100;

type Found = Result<Option<Versions>, Arc<str>>;

/// Those who wait for the next read.
#[derive(Debug, Clone, Default)]
pub(super) struct VersionReads(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    is_reading: bool,
    asked: Vec<(ResellerId, oneshot::Sender<Found>)>,
}

impl VersionReads {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets others read if this one ends before its time, and sends away who waits for it.
struct Reader(VersionReads);

impl Drop for Reader {
    fn drop(&mut self) {
        *self.0.lock() = Waiting::default();
    }
}

impl Db {
    /// The versions of a reseller as they are now.
    pub async fn versions_now(&self, reseller_id: ResellerId) -> Result<Versions, Error> {
        let (sender, receiver) = oneshot::channel();
        let is_reading = {
            let mut waiting = self.version_reads.lock();
            waiting.asked.push((reseller_id, sender));
            std::mem::replace(&mut waiting.is_reading, true)
        };
        if !is_reading {
            tokio::spawn(read_for_all(self.clone()));
        }
        match receiver.await {
            Ok(Ok(found)) => found.ok_or_else(Error::not_found),
            Ok(Err(cause)) => Err(Error::unavailable(cause.to_string())),
            // Whoever read for all is gone with its runtime.
            Err(_) => versions(self.pool(), reseller_id).await,
        }
    }
}

async fn read_for_all(db: Db) {
    let reader = Reader(db.version_reads.clone());
    loop {
        let asked = {
            let mut waiting = reader.0.lock();
            if waiting.asked.is_empty() {
                break;
            }
            std::mem::take(&mut waiting.asked)
        };
        for asked in chunks(asked) {
            let mut ids: Vec<Uuid> = asked.iter().map(|(id, _)| id.0).collect();
            ids.sort_unstable();
            ids.dedup();
            let found = read(db.pool(), &ids).await;
            let found =
                found.map_err(|error| Arc::from(error.cause().map_or_else(|| error.to_string(), ToString::to_string)));
            for (id, sender) in asked {
                let own: Found = match &found {
                    Ok(found) => Ok(found.get(&id.0).copied()),
                    Err(cause) => Err(Arc::clone(cause)),
                };
                // It may have gone away meanwhile.
                let _ = sender.send(own);
            }
        }
    }
}

fn chunks<T>(mut all: Vec<T>) -> Vec<Vec<T>> {
    let mut chunks = Vec::new();
    while all.len() > MOST_AT_ONCE {
        chunks.push(all.split_off(all.len() - MOST_AT_ONCE));
    }
    chunks.push(all);
    chunks
}

/// The versions that a snapshot is of.
pub async fn versions(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Versions, Error> {
    read(connection, &[reseller_id.0]).await?.remove(&reseller_id.0).ok_or_else(Error::not_found)
}

async fn read(connection: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Versions>, Error> {
    let backend = connection.get_database_backend();
    let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT r.id AS id, r.version AS reseller, c.version AS catalogue \
         FROM resellers r CROSS JOIN catalogue_state c WHERE r.id IN ({})",
        places.join(", ")
    );
    let statement = Statement::from_sql_and_values(backend, sql, ids.iter().map(|id| Value::from(*id)));
    let rows = connection.query_all_raw(statement).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let versions = Versions { reseller: row.try_get_by_index(1)?, catalogue: row.try_get_by_index(2)? };
        found.insert(row.try_get_by_index(0)?, versions);
    }
    Ok(found)
}
