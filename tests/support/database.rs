//! A fresh, migrated database for each test, on either engine.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use api::db::Db;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, Statement};
use tokio::sync::OnceCell;

use crate::postgres;
use crate::wal::Wal;

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// For production and several replicas.
    Postgres,
}

/// A database of its own for one test; gone with it.
#[derive(Debug)]
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    /// Which engine it is on.
    pub engine: Engine,
    folder: Option<tempfile::TempDir>,
}

impl TestDatabase {
    /// A migrated database; none where the engine is not installed.
    pub async fn create(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("test.db");
                std::fs::copy(sqlite_template().await, &path).unwrap();
                Some(Self { url: format!("sqlite://{}", path.display()), engine, folder: Some(folder) })
            }
            Engine::Postgres => {
                let server = postgres::server_url()?;
                let template = postgres_template(server).await;
                let name = unique_name();
                administer(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                Some(Self { url: format!("{server}/{name}"), engine, folder: None })
            }
        }
    }

    /// A migrated database on a PostgreSQL server of the caller's own.
    pub async fn create_on(server: &str) -> Self {
        let name = unique_name();
        administer(server, &format!("CREATE DATABASE {name}")).await;
        let url = format!("{server}/{name}");
        let db = api::db::connect(&url, 1).await.unwrap();
        Migrator::up(db.pool(), None).await.unwrap();
        db.pool().clone().close().await.unwrap();
        Self { url, engine: Engine::Postgres, folder: None }
    }

    /// An empty database, for the migrations themselves.
    pub async fn create_empty(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("test.db").display());
                Some(Self { url, engine, folder: Some(folder) })
            }
            Engine::Postgres => {
                let server = postgres::server_url()?;
                let name = unique_name();
                administer(server, &format!("CREATE DATABASE {name}")).await;
                Some(Self { url: format!("{server}/{name}"), engine, folder: None })
            }
        }
    }

    /// The folder of an embedded database.
    pub fn folder(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.path().to_owned())
    }

    /// The log of an embedded database, as it is.
    pub fn wal(&self) -> Wal {
        Wal::read(&self.folder().unwrap().join("test.db"))
    }

    /// Connects as the server does.
    pub async fn connect(&self) -> Db {
        api::db::connect(&self.url, 4).await.unwrap()
    }

    /// The same, and `told` hears of each statement.
    pub async fn connect_told(&self, told: impl Fn(&Statement) + Send + Sync + 'static) -> Db {
        api::db::connect_told(&self.url, 4, told).await.unwrap()
    }
}

fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn administer(server: &str, statement: &str) {
    let connection = Database::connect(format!("{server}/postgres")).await.unwrap();
    // Two copies of one template at the same time are refused, so wait for the other.
    for attempt in 1.. {
        match connection.execute_unprepared(statement).await {
            Ok(_) => break,
            Err(error) if attempt < 100 && error.to_string().contains("being accessed by other users") => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{statement}: {error}"),
        }
    }
    connection.close().await.unwrap();
}

async fn postgres_template(server: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = unique_name();
            administer(server, &format!("CREATE DATABASE {name}")).await;
            let db = api::db::connect(&format!("{server}/{name}"), 1).await.unwrap();
            Migrator::up(db.pool(), None).await.unwrap();
            db.pool().clone().close().await.unwrap();
            name
        })
        .await
}

async fn sqlite_template() -> PathBuf {
    static TEMPLATE: OnceCell<tempfile::TempDir> = OnceCell::const_new();
    let folder = TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().unwrap();
            let db = api::db::connect(&format!("sqlite://{}", folder.path().join("template.db").display()), 1)
                .await
                .unwrap();
            Migrator::up(db.pool(), None).await.unwrap();
            // Closing the last connection folds the write-ahead log into the file.
            db.pool().clone().close().await.unwrap();
            folder
        })
        .await;
    folder.path().join("template.db")
}
