//! What a reader of a reseller may have missed: one short statement, shared by all who ask before it begins.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use shared::vocab::ResellerId;
use uuid::Uuid;

use super::Db;
use super::lasting::Lasting;
use crate::error::Error;

/// Everything that was committed up to these is seen by whoever read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// Of what belongs to the reseller.
    pub reseller: i64,
    /// Of products, prices and price migrations, which belong to nobody.
    pub catalogue: i64,
}

/// Before the condition on the id.
pub(super) const SELECT: &str = "SELECT r.id AS id, r.version AS reseller, c.version AS catalogue \
     FROM resellers r CROSS JOIN catalogue_state c WHERE r.id";

/// Hears of a statement once it was executed.
pub(super) type Told = Arc<dyn Fn(&Statement) + Send + Sync>;

type Found = Arc<HashMap<Uuid, Versions>>;
type Reading = BoxFuture<'static, Result<Found, DbErr>>;

/// The reads of versions, one after the other: who comes while one is under way joins the next, so that whatever was committed
/// before somebody asked is in the answer, and many who ask at the same time cost one statement.
///
/// Whoever waits drives the read it waits for, and the one before that; a read that nobody waits for any more is gone.
#[derive(Clone, Default)]
pub(super) struct VersionReads {
    reads: Arc<Mutex<Reads>>,
    connection: Lasting,
    told: Option<Told>,
}

impl std::fmt::Debug for VersionReads {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("VersionReads")
    }
}

#[derive(Debug, Default)]
struct Reads {
    begun: Option<WeakShared<Reading>>,
    next: Option<Next>,
}

/// A read that has not begun.
#[derive(Debug)]
struct Next {
    resellers: BTreeSet<Uuid>,
    read: Shared<Reading>,
}

impl VersionReads {
    /// Reads of which somebody is told.
    pub fn told(told: Option<Told>) -> Self {
        Self { told, ..Self::default() }
    }

    fn join(&self, db: &Db, reseller_id: ResellerId) -> Shared<Reading> {
        let mut reads = self.lock();
        let before = reads.begun.as_ref().and_then(WeakShared::upgrade);
        let new = || Next { resellers: BTreeSet::new(), read: self.clone().read(db.clone(), before).boxed().shared() };
        let next = reads.next.get_or_insert_with(new);
        next.resellers.insert(reseller_id.0);
        next.read.clone()
    }

    async fn read(self, db: Db, before: Option<Shared<Reading>>) -> Result<Found, DbErr> {
        if let Some(before) = before {
            // However it ended, this one reads for itself.
            let _ = before.await;
        }
        let resellers = self.begin();
        let found = self.connection.find(db.pool(), &resellers).await;
        if let Some(told) = &self.told {
            told(&Statement::from_string(db.backend(), SELECT));
        }
        found.map(Arc::new)
    }

    /// From here on others join the next one.
    fn begin(&self) -> BTreeSet<Uuid> {
        let mut reads = self.lock();
        let Some(Next { resellers, read }) = reads.next.take() else { return BTreeSet::new() };
        reads.begun = read.downgrade();
        resellers
    }

    fn lock(&self) -> MutexGuard<'_, Reads> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Db {
    /// The versions of a reseller as they are now.
    pub async fn versions_now(&self, reseller_id: ResellerId) -> Result<Versions, Error> {
        let found = self.version_reads.join(self, reseller_id).await?;
        found.get(&reseller_id.0).copied().ok_or_else(Error::not_found)
    }
}

/// The versions that a snapshot is of.
pub async fn versions(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Versions, Error> {
    let (backend, sql) = (connection.get_database_backend(), format!("{SELECT} = $1"));
    let statement = Statement::from_sql_and_values(backend, sql, [reseller_id.0.into()]);
    let row = connection.query_one_raw(statement).await?.ok_or_else(Error::not_found)?;
    Ok(Versions { reseller: row.try_get("", "reseller")?, catalogue: row.try_get("", "catalogue")? })
}
