//! The database: connecting, one way to read, one way to write.
//!
//! Nobody else begins or commits a transaction. [`Db::read`] gives a snapshot, so that figures read one after the other
//! agree; [`Db::write`] runs a closure in one transaction, again if the database asks for it, and raises the reseller's
//! version and event sequence with it.

mod batch;
mod connect;
mod crash_point;
pub mod entity;
mod kept;
mod lasting;
mod once;
mod once_shared;
mod tell;
mod versions;
mod word;
mod write;
mod writer;

use std::sync::Arc;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, RuntimeErr,
    TransactionOptions, TransactionTrait,
};

use crate::error::Error;
use writer::Writer;

pub use batch::Batch;
pub use connect::{connect, connect_told};
pub use crash_point::{CrashPoint, reach};
pub use kept::Kept;
pub use once::{Answered, KeptAnswer, KeyedRequest, key_reused};
pub use tell::tell;
pub use versions::{Versions, versions};
pub use word::Word;
pub use write::{NewEvent, WriteTx, is_retryable};

/// Broken connections that are passed over for one transaction.
const MOST_BROKEN: u32 = 8;

/// A pool of connections to one database.
#[derive(Debug, Clone)]
pub struct Db {
    pool: DatabaseConnection,
    /// `SQLite` has one writer; waiting here is fair, waiting in `SQLite` is not. None for `PostgreSQL`.
    sqlite_writer: Option<Writer>,
    in_flight: Arc<once::InFlight>,
    version_reads: versions::VersionReads,
}

impl Db {
    fn new(pool: DatabaseConnection, told: Option<versions::Told>) -> Self {
        let is_sqlite = pool.get_database_backend() == DbBackend::Sqlite;
        Self {
            pool,
            sqlite_writer: is_sqlite.then(Writer::new),
            in_flight: Arc::default(),
            version_reads: versions::VersionReads::told(told),
        }
    }

    /// Which database this is.
    pub fn backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    /// A connection for single reads that need no snapshot, and for identity tables.
    pub fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// Runs reads on one snapshot.
    pub async fn read<T>(&self, work: impl AsyncFnOnce(&DatabaseTransaction) -> Result<T, Error>) -> Result<T, Error> {
        let options = match self.backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
            _ => TransactionOptions::default(),
        };
        let snapshot = self.begin(options).await?;
        let result = work(&snapshot).await;
        snapshot.rollback().await?;
        result
    }

    /// Begins a transaction. A connection that broke while it lay in the pool shows here, where nothing was done yet: then
    /// another one is taken.
    async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let mut left = MOST_BROKEN;
        loop {
            match self.pool.begin_with_options(options).await {
                Err(error) if left > 0 && is_broken(&error) => left -= 1,
                begun => return begun,
            }
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.pool.execute_unprepared("SELECT 1").await?;
        Ok(())
    }
}

/// Whether the connection is gone: the socket failed, or the database says that it ends it.
fn is_broken(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    match &**cause {
        sea_orm::sqlx::Error::Io(_) => true,
        // Ended by an administrator, or after another process of it crashed.
        sea_orm::sqlx::Error::Database(told) => matches!(told.code().as_deref(), Some("57P01" | "57P02")),
        _ => false,
    }
}
