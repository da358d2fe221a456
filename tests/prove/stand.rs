//! What the money proofs act upon: a database, one or two servers on it, resellers with money, callers with keys.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use api::auth::{Actor, Reseller};
use api::clock::Clock;
use api::config::Config;
use api::db::Db;
use api::features::accounts::service as accounts;
use api::features::catalogue::store::{PriceDetails, ProductDetails, Provisioning, insert_price, insert_product};
use api::features::clients::store::{ClientDetails, insert as insert_client};
use api::features::ledger::store::find_wallet;
use api::features::ledger::verify::verify;
use api::features::lifecycle::service::{self as lifecycle, Context};
use api::features::lifecycle::store::get;
use api::features::summaries;
use api::server::{self, Migrations, RunningServer};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::Activation;
use sea_orm::{ConnectionTrait, Statement};
use secrecy::{ExposeSecret, SecretString};
use shared::vocab::{ActivationId, BillingInterval, ClientId, Currency, Permission, ProductId};
use tests::postgres::{Cluster, Durability};
use tests::wal::Wal;
use tests::{Caller, Engine, TestDatabase};

use crate::process::{Process, is_ready, run_program};

/// Where the servers' clocks stand unless a proof moves them.
pub const NOW: &str = "2026-11-22T13:02:00Z";

/// A database and who serves it.
#[derive(Debug)]
pub struct Stand {
    /// The engine.
    pub engine: Engine,
    /// A connection of its own, to arrange and to look.
    pub db: Db,
    /// Its clock, which is not the servers'.
    pub clock: Clock,
    database: TestDatabase,
    servers: Vec<Server>,
    folder: tempfile::TempDir,
    turn: AtomicUsize,
    /// Its own PostgreSQL, dropped after everything that uses it.
    cluster: Option<Cluster>,
}

#[derive(Debug)]
enum Server {
    Inside(Box<RunningServer>),
    Process(Process),
}

/// A reseller, and somebody who may do everything for it.
#[derive(Debug, Clone)]
pub struct Account {
    /// The reseller.
    pub reseller: Reseller,
    /// Its one client.
    pub client_id: ClientId,
    /// Its API key, as a header.
    pub authorization: String,
}

impl Stand {
    /// Servers inside this process.
    pub async fn inside(engine: Engine, servers: usize) -> Self {
        let mut stand = Self::without_server(engine).await;
        for number in 0..servers {
            let folder = stand.folder.path().join(format!("inside{number}"));
            std::fs::create_dir(&folder).unwrap();
            let mut config = Config::embedded(&folder, Some(SecretString::from(stand.database.url.clone())));
            config.max_connections = 16;
            let server = server::start(config, Clock::fixed(at(NOW)), Migrations::Refuse).unwrap();
            stand.servers.push(Server::Inside(Box::new(server)));
        }
        stand
    }

    /// Servers that are processes of their own: the program itself.
    pub async fn processes(engine: Engine, servers: usize) -> Self {
        let mut stand = Self::without_server(engine).await;
        stand.serve(servers, &[]);
        stand
    }

    /// Nobody serves it yet.
    pub async fn without_server(engine: Engine) -> Self {
        Self::on(TestDatabase::create(engine).await.unwrap(), None).await
    }

    /// The same, where PostgreSQL waits for the disk as it does in use. `SQLite` always does.
    pub async fn durable(engine: Engine, more_settings: &str) -> Self {
        if engine == Engine::Sqlite {
            return Self::without_server(engine).await;
        }
        let cluster = Cluster::start(Durability::On, more_settings).unwrap();
        Self::on(TestDatabase::create_on(&cluster.url).await, Some(cluster)).await
    }

    async fn on(database: TestDatabase, cluster: Option<Cluster>) -> Self {
        let db = api::db::connect(&database.url, 16).await.unwrap();
        let (clock, folder) = (Clock::fixed(at(NOW)), tempfile::tempdir().unwrap());
        let (engine, servers, turn) = (database.engine, Vec::new(), AtomicUsize::new(0));
        Self { engine, db, clock, database, servers, folder, turn, cluster }
    }

    /// Starts so many server processes.
    pub fn serve(&mut self, servers: usize, settings: &[(&str, &str)]) {
        for _ in 0..servers {
            self.servers.push(Server::Process(self.process(settings)));
        }
    }

    /// The database's URL.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// The log of the embedded database, begun anew.
    pub async fn emptied_wal(&self) -> Wal {
        // With one commit in it: a log without any does not show whether it was begun anew.
        for sql in ["PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA user_version = 0"] {
            self.db.pool().execute_unprepared(sql).await.unwrap();
        }
        self.wal()
    }

    /// The log of the embedded database, as it is.
    pub fn wal(&self) -> Wal {
        self.database.wal()
    }

    /// What the private PostgreSQL has logged.
    pub fn database_log(&self) -> PathBuf {
        self.cluster.as_ref().unwrap().log()
    }

    /// A server process on this database that is the caller's to end.
    pub fn process(&self, settings: &[(&str, &str)]) -> Process {
        Process::start(&self.database.url, self.folder.path(), settings)
    }

    /// A folder that goes with the stand.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Ends the server processes.
    pub fn stop_serving(&mut self) {
        self.servers.clear();
    }

    /// Ends PostgreSQL at once, as a crash would, and starts it again. Tells how long it took from then on until every
    /// server process, which all lived on, was ready.
    pub async fn crash_database(&mut self) -> Duration {
        self.cluster.as_mut().unwrap().stop_at_once();
        let started = Instant::now();
        self.cluster.as_mut().unwrap().start_again();
        for server in &self.servers {
            let Server::Process(process) = server else { panic!("a server inside knows no crash") };
            while !is_ready(&process.url) {
                assert!(started.elapsed() < Duration::from_mins(1), "not ready a minute after the database's crash");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        let elapsed = started.elapsed();
        // The connections of this stand died with it.
        self.db = api::db::connect(&self.database.url, 4).await.unwrap();
        elapsed
    }

    /// The program with a command on this database, at the time of this stand.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = run_program();
        command.args(words).args(["--database-url", &self.database.url, "--data-dir"]).arg(self.folder.path());
        command.args(["--now", &self.clock.system_now().to_rfc3339()]);
        command
    }

    /// The address of the next server in turn.
    pub fn url(&self) -> String {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        match &self.servers[turn % self.servers.len()] {
            Server::Inside(server) => server.url(),
            Server::Process(process) => process.url.clone(),
        }
    }

    /// Ends the server processes at once, as a power cut would, and starts them again. Tells how long it took until the
    /// first of them was ready.
    pub fn kill_and_restart(&mut self, number: usize) -> Duration {
        let Server::Process(process) = &mut self.servers[number] else { panic!("a server inside cannot be killed") };
        process.kill();
        let started = Instant::now();
        *process = Process::start(&self.database.url, self.folder.path(), process.settings());
        started.elapsed()
    }

    /// How many servers there are.
    pub fn server_count(&self) -> usize {
        self.servers.len()
    }

    /// A product at one monthly price.
    pub async fn product(&self, reference: &str, monthly_minor: i64) -> ProductId {
        let details = ProductDetails {
            external_reference: reference.to_owned(),
            name: reference.to_owned(),
            description: String::new(),
            provisioning: Provisioning::AtOnce,
            grace_days: 7,
            access_url: None,
            access_note: None,
        };
        let created_at = self.clock.system_now();
        // Prices belong to nobody; any reseller's transaction will do.
        let reseller = self.account("catalogue", 0).await.reseller;
        self.db
            .write(reseller.id, async |tx| {
                let product_id = insert_product(tx, &details, created_at).await?;
                for (interval, months) in [
                    (BillingInterval::Monthly, 1),
                    (BillingInterval::Quarterly, 3),
                    (BillingInterval::Semiannual, 6),
                    (BillingInterval::Yearly, 12),
                ] {
                    let price = PriceDetails {
                        product_id,
                        interval,
                        currency: euro(),
                        amount_minor: monthly_minor * months,
                        valid_from_on: "2020-01-01".parse().unwrap(),
                    };
                    insert_price(tx, &price, created_at).await?;
                }
                Ok(product_id)
            })
            .await
            .unwrap()
    }

    /// A reseller with so much money, a client and a key.
    pub async fn account(&self, name: &str, minor: i64) -> Account {
        self.account_in(name, minor, Tz::Europe__Berlin).await
    }

    /// The same in another zone.
    pub async fn account_in(&self, name: &str, minor: i64, time_zone: Tz) -> Account {
        let new = accounts::NewReseller { name: name.to_owned(), currency: euro(), time_zone };
        let id = accounts::create_reseller(&self.db, &self.clock, new).await.unwrap();
        let reseller = accounts::get_reseller(&self.db, id).await.unwrap();
        let scopes = [
            Permission::ActivationsRead,
            Permission::ActivationsSpend,
            Permission::ActivationsPause,
            Permission::ClientsRead,
            Permission::WalletRead,
        ];
        let (_, secret) = accounts::create_api_key(&self.db, &self.clock, id, "proof", &scopes).await.unwrap();
        let client_id = ClientId(uuid::Uuid::now_v7());
        let details = ClientDetails { name: "Kestrel".to_owned(), email: None, external_reference: None, notes: None };
        let now = self.clock.system_now();
        self.db.write(id, async |tx| insert_client(tx, id, client_id, &details, now).await).await.unwrap();
        let account = Account { reseller, client_id, authorization: format!("Bearer {}", secret.expose_secret()) };
        if minor > 0 {
            self.top_up(&account, minor).await;
        }
        account
    }

    /// Money for a reseller, past the servers.
    pub async fn top_up(&self, account: &Account, minor: i64) {
        let (actor, now) = (Actor::system(), self.clock.system_now());
        let context = Context::new(&account.reseller, now, &actor);
        self.db
            .write(account.reseller.id, async |tx| lifecycle::top_up(tx, &context, minor, "Proof", None).await)
            .await
            .unwrap();
    }

    /// Does what is due for a reseller, as the job inside a server would.
    pub async fn run_due(&self, account: &Account) {
        let (actor, now) = (Actor::system(), self.clock.system_now());
        let context = Context::new(&account.reseller, now, &actor);
        self.db.write(account.reseller.id, async |tx| lifecycle::run_due(tx, &context).await.map(drop)).await.unwrap();
    }

    /// Moves the clocks of this stand and of its servers inside this process.
    pub fn set_time(&self, now: DateTime<Utc>) {
        self.clock.set(now);
        for server in &self.servers {
            match server {
                Server::Inside(server) => server.state.clock.set(now),
                Server::Process(_) => panic!("the clock of a process cannot be moved"),
            }
        }
    }

    /// An activation as it is stored.
    pub async fn activation(&self, account: &Account, id: ActivationId) -> Activation {
        let reseller_id = account.reseller.id;
        let load = async |tx: &api::db::WriteTx| get(tx, reseller_id, id).await;
        self.db.write(reseller_id, load).await.unwrap().state
    }

    /// What the wallet holds.
    pub async fn balance(&self, account: &Account) -> i64 {
        find_wallet(self.db.pool(), account.reseller.id).await.unwrap().unwrap().balance_minor
    }

    /// What does not agree in the books.
    pub async fn differences(&self, account: &Account) -> Vec<String> {
        let mut found = verify(self.db.pool(), account.reseller.id).await.unwrap();
        found.extend(summaries::differences(self.db.pool(), account.reseller.id).await.unwrap());
        found
    }

    /// One number from the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.db.backend(), sql.to_owned());
        self.db.pool().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// A caller with the account's key, on the next server in turn.
    pub fn caller(&self, account: &Account) -> Caller {
        Caller::new(&self.url()).with_header("authorization", &account.authorization)
    }
}

static ONLY: OnceLock<Engine> = OnceLock::new();

/// From now on only this engine is looked at, which what is printed tells.
pub fn only(engine: Engine) {
    let _ = ONLY.set(engine);
}

/// The engines of this machine that are looked at.
pub fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    if tests::postgres::server_url().is_some() {
        engines.push(Engine::Postgres);
    }
    engines.retain(|engine| ONLY.get().is_none_or(|only| only == engine));
    assert!(!engines.is_empty(), "there is no PostgreSQL here");
    engines
}

/// Reads an instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn euro() -> Currency {
    Currency::from_code("EUR").unwrap()
}
