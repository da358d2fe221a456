//! A connection of its own for one short statement that every request sends.
//!
//! One that goes back to a pool is asked whether it still stands each time, which costs as much as the statement.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::SqliteConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use tokio::time::timeout;
use uuid::Uuid;

use super::Versions;
use super::connect::ACQUIRE_TIMEOUT;
use super::versions::SELECT;

type Row = (Uuid, i64, i64);

/// Opened when it is first needed, and again whenever it failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Lasting(Arc<Mutex<Option<Connection>>>);

#[derive(Debug)]
enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Lasting {
    /// The versions of these resellers. One read at a time has the connection that lasts.
    pub async fn find(
        &self,
        pool: &DatabaseConnection,
        ids: &BTreeSet<Uuid>,
    ) -> Result<HashMap<Uuid, Versions>, DbErr> {
        // Out of its place while it is in use: a read that is given up leaves a connection that nobody may take.
        let kept = self.place().take();
        if let Some(mut kept) = kept {
            match kept.read_in_time(ids).await {
                Ok(found) => return Ok(self.keep(kept, found)),
                // The database was started anew, perhaps, or the network forgot the connection.
                Err(error) => tracing::debug!(%error, "a connection is opened anew"),
            }
        }
        let failed = |error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(error.into()));
        let opened = timeout(ACQUIRE_TIMEOUT, Connection::open(pool)).await;
        let mut opened = opened.map_err(|_| failed(sqlx::Error::PoolTimedOut))?.map_err(failed)?;
        let found = opened.read_in_time(ids).await.map_err(failed)?;
        Ok(self.keep(opened, found))
    }

    fn keep(&self, connection: Connection, found: Vec<Row>) -> HashMap<Uuid, Versions> {
        *self.place() = Some(connection);
        found.into_iter().map(|(id, reseller, catalogue)| (id, Versions { reseller, catalogue })).collect()
    }

    fn place(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// With the settings of the pool, beside it.
    async fn open(pool: &DatabaseConnection) -> Result<Self, sqlx::Error> {
        Ok(match pool.get_database_backend() {
            DbBackend::Postgres => {
                Self::Postgres(pool.get_postgres_connection_pool().connect_options().connect().await?)
            }
            _ => Self::Sqlite(pool.get_sqlite_connection_pool().connect_options().connect().await?),
        })
    }

    /// Everybody waits for this one: it must not take as long as a network does to give up.
    async fn read_in_time(&mut self, ids: &BTreeSet<Uuid>) -> Result<Vec<Row>, sqlx::Error> {
        timeout(ACQUIRE_TIMEOUT, self.read(ids)).await.map_err(|_| sqlx::Error::PoolTimedOut)?
    }

    async fn read(&mut self, ids: &BTreeSet<Uuid>) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Self::Postgres(connection) => {
                let ids: Vec<_> = ids.iter().copied().collect();
                let sql = AssertSqlSafe(format!("{SELECT} = ANY($1)"));
                sqlx::query_as(sql).bind(ids).fetch_all(connection).await
            }
            // There is no round trip to save.
            Self::Sqlite(connection) => {
                let mut rows = Vec::with_capacity(ids.len());
                for id in ids {
                    let sql = AssertSqlSafe(format!("{SELECT} = $1"));
                    let found: Option<Row> = sqlx::query_as(sql).bind(*id).fetch_optional(&mut *connection).await?;
                    rows.extend(found);
                }
                Ok(rows)
            }
        }
    }
}
