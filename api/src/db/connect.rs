//! Opening either database with the settings that money needs.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, Statement};

use super::Db;
use super::versions::Told;

/// Whoever cannot have a connection within this time is told so.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that lay in the pool so long is asked whether it still stands: one that is in use all the time is not.
const ASKED_AFTER: Duration = Duration::from_secs(1);

/// Connects by URL: `sqlite://path/to/file.db` (made if missing) or `postgres://…`.
pub async fn connect(url: &str, max_connections: u32) -> Result<Db, DbErr> {
    Ok(Db::new(open(url, max_connections).await?, None))
}

/// The same, and `told` hears of every statement once it was executed: for measurements.
pub async fn connect_told(
    url: &str,
    max_connections: u32,
    told: impl Fn(&Statement) + Send + Sync + 'static,
) -> Result<Db, DbErr> {
    let mut pool = open(url, max_connections).await?;
    let told: Told = Arc::new(told);
    let of_pool = told.clone();
    pool.set_metric_callback(move |done| of_pool(done.statement));
    Ok(Db::new(pool, Some(told)))
}

async fn open(url: &str, max_connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        // Asking before each statement costs as much as the read.
        .test_before_acquire(false);
    if url.starts_with("sqlite:") {
        options.map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // Money: a committed write survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("cache_size", "-32768")
                .pragma("temp_store", "memory")
        });
    } else {
        options
            .statement_timeout(STATEMENT_TIMEOUT)
            .set_application_name("resellportal")
            .test_before_acquire_if_idle_for(ASKED_AFTER);
    }
    Database::connect(options).await
}
