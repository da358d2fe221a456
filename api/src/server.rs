//! Starting and stopping the server: for the command line, and inside other programs such as tests.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::{Server, ServerHandle};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend};
use secrecy::ExposeSecret;

use crate::app::{self, State};
use crate::auth::AuthState;
use crate::clock::Clock;
use crate::config::{Config, SettingError};
use crate::db::{self, Db};
use crate::error::Error;
use crate::http::cursor::CursorSigner;
use crate::http::spa::AppFiles;
use crate::jobs;

/// Requests under way at the stop have this long to finish.
const STOP_TIMEOUT_SECONDS: u64 = 10;
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Any number, the same in every version: two replicas that start at once must not both migrate.
const MIGRATION_LOCK: i64 = 0x7265_7365_6c6c;

/// What to do with a database that is older than the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrations {
    /// Bring it up to date.
    Run,
    /// Refuse to start.
    Refuse,
}

/// Opens the database of the configuration and tells in one line why not.
pub async fn open_database(config: &Config) -> Result<Db, SettingError> {
    let url = config.database_url.expose_secret();
    let why = |error: &dyn std::fmt::Display| SettingError::new("database_url", error);
    if !url.starts_with("sqlite:") {
        // A pool would try again until its time is up; one connection says at once what is wrong.
        probe_postgres(url).await.map_err(|error| why(&error))?;
    }
    db::connect(url, config.max_connections).await.map_err(|error| why(&error))
}

async fn probe_postgres(url: &str) -> Result<(), sea_orm::SqlxError> {
    use sea_orm::sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
    let options: PgConnectOptions = url.parse()?;
    options.connect().await?.close().await
}

/// Brings the schema up to date.
pub async fn migrate(db: &Db) -> Result<(), Error> {
    match db.backend() {
        DbBackend::Postgres => {
            db.write_shared(async |tx| {
                tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
                Migrator::up(tx, None).await.map_err(Error::from)
            })
            .await
        }
        _ => Migrator::up(db.pool(), None).await.map_err(Error::from),
    }
}

/// How many migrations the database lacks.
pub async fn pending_migrations(db: &Db) -> Result<usize, Error> {
    Ok(Migrator::get_pending_migrations(db.pool()).await?.len())
}

/// Everything handlers need, from a configuration.
pub async fn state(config: Config, clock: Clock, migrations: Migrations) -> Result<State, SettingError> {
    let db = open_database(&config).await?;
    let refused = |error: Error| {
        let cause = error.cause().map_or_else(|| error.to_string(), ToString::to_string);
        SettingError::new("database_url", format!("the schema cannot be brought up to date: {cause}"))
    };
    match migrations {
        Migrations::Run => migrate(&db).await.map_err(refused)?,
        Migrations::Refuse => match pending_migrations(&db).await.map_err(refused)? {
            0 => {}
            count => {
                let why = format!("the database lacks {count} migrations; run `resellportal migrate`");
                return Err(SettingError::new("database_url", why));
            }
        },
    }
    let cursors = CursorSigner::new(config.secrets.cursor.expose_secret().as_bytes())
        .map_err(|error| SettingError::new("cursor_secret", error))?;
    let app_files = app_files(&config)?;
    let auth = Arc::new(AuthState::new(&config));
    let (outlooks, dashboards) = Default::default();
    Ok(State { db, clock, config: Arc::new(config), cursors, auth, app_files, outlooks, dashboards })
}

fn app_files(config: &Config) -> Result<AppFiles, SettingError> {
    match &config.app_dir {
        // Without a built app the API still serves; the app's address says how to build it.
        Some(folder) if !folder.exists() => Ok(AppFiles::default()),
        Some(folder) => AppFiles::from_folder(folder)
            .map_err(|error| SettingError::new("app_dir", format!("cannot read {}: {error}", folder.display()))),
        #[cfg(feature = "embed-app")]
        None => Ok(AppFiles::embedded()),
        #[cfg(not(feature = "embed-app"))]
        None => Ok(AppFiles::default()),
    }
}

/// A server that has its address but does not run yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    config: Config,
}

impl Bound {
    /// Takes the address of the configuration; port 0 takes any free one.
    pub fn new(mut config: Config) -> Result<Self, SettingError> {
        let refused = |error| SettingError::new("listen", format!("cannot listen on {}: {error}", config.listen));
        let listener = TcpListener::bind(config.listen).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        config.public_url = config.public_url_at(address);
        Ok(Self { listener, address, config })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The configuration, with the public address filled in.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The server, to be awaited inside an actix system.
    pub fn serve(self, state: State, stop: Stop) -> std::io::Result<Server> {
        let server = HttpServer::new(move || app::build(state.clone()))
            .keep_alive(KEEP_ALIVE)
            .shutdown_timeout(STOP_TIMEOUT_SECONDS)
            .listen(self.listener)?;
        Ok(match stop {
            Stop::AtSignal => server.run(),
            Stop::ByHandle => server.disable_signals().run(),
        })
    }
}

/// What ends a server. Either way requests under way may finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// SIGINT or SIGTERM.
    AtSignal,
    /// The program around it.
    ByHandle,
}

/// A server on a thread of its own. It stops when this is dropped.
#[derive(Debug)]
pub struct RunningServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its handlers see: the database, the clock, the configuration.
    pub state: State,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl RunningServer {
    /// Its base address: `http://127.0.0.1:4711`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it, lets requests under way finish, and waits for that.
    pub fn stop(mut self) {
        self.end(true);
    }

    fn end(&mut self, is_graceful: bool) {
        // The command is sent by the call; the future only waits for the end, as does the thread.
        drop(self.handle.stop(is_graceful));
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has told so itself.
            let _ = thread.join();
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.end(false);
        }
    }
}

/// Starts a server on a thread of its own and waits until it listens.
pub fn start(config: Config, clock: Clock, migrations: Migrations) -> Result<RunningServer, SettingError> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new().name("resellportal".to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            match prepare(config, clock, migrations).await {
                Ok((address, state, server)) => {
                    let _ = sender.send(Ok((address, state, server.handle())));
                    if let Err(error) = server.await {
                        tracing::error!(%error, "the server ended");
                    }
                }
                Err(error) => {
                    let _ = sender.send(Err(error));
                }
            }
        });
    });
    let thread = thread.map_err(|error| SettingError::new("thread", error))?;
    let (address, state, handle) = receiver.recv().map_err(|error| SettingError::new("server", error))??;
    Ok(RunningServer { address, state, handle, thread: Some(thread) })
}

async fn prepare(
    config: Config,
    clock: Clock,
    migrations: Migrations,
) -> Result<(SocketAddr, State, Server), SettingError> {
    let bound = Bound::new(config)?;
    let address = bound.address();
    let state = state(bound.config().clone(), clock, migrations).await?;
    jobs::renewals::start(&state);
    jobs::usage_rebuilds::start(&state);
    let server = bound.serve(state.clone(), Stop::ByHandle).map_err(|error| SettingError::new("listen", error))?;
    Ok((address, state, server))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn status_of(address: SocketAddr) -> Option<String> {
        let mut stream = TcpStream::connect(address).ok()?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split(' ').nth(1).map(str::to_owned)
    }

    #[test]
    fn two_servers_run_side_by_side_and_stop() {
        let folder = tempfile::tempdir().unwrap();
        let start = |name: &str| {
            let data = folder.path().join(name);
            std::fs::create_dir(&data).unwrap();
            start(Config::embedded(&data, None), Clock::system(), Migrations::Run).unwrap()
        };
        let (one, two) = (start("one"), start("two"));
        assert_ne!(one.address, two.address);
        assert_eq!(one.state.config.public_url, one.url());
        let addresses = [one.address, two.address];
        assert_eq!(addresses.map(status_of), [Some("200".to_owned()), Some("200".to_owned())]);
        one.stop();
        drop(two);
        assert_eq!(addresses.map(status_of), [None, None]);
    }

    #[test]
    fn a_database_that_lacks_migrations_is_refused_where_none_may_run() {
        let folder = tempfile::tempdir().unwrap();
        let refused = start(Config::embedded(folder.path(), None), Clock::system(), Migrations::Refuse).unwrap_err();
        assert!(refused.to_string().contains("resellportal migrate"), "{refused}");
    }
}
