//! What the money proofs act upon: a database, one or two servers on it, resellers with money, callers with keys.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
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
use tests::{Caller, Engine, TestDatabase};

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
            self.servers.push(Server::Process(Process::start(&self.database.url, self.folder.path(), settings)));
        }
    }

    /// The database's URL.
    pub fn database_url(&self) -> &str {
        &self.database.url
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
        *process = Process::start(&self.database.url, self.folder.path(), &process.settings.clone());
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

/// The program, serving.
#[derive(Debug)]
pub struct Process {
    child: Child,
    settings: Vec<(String, String)>,
    /// Its base address.
    pub url: String,
}

impl Process {
    /// Starts it and waits until it is ready.
    pub fn start(
        database_url: &str,
        folder: &std::path::Path,
        settings: &[(impl AsRef<str>, impl AsRef<str>)],
    ) -> Self {
        let settings = settings.iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()));
        let settings: Vec<(String, String)> = settings.collect();
        let mut child = run_program()
            .args(["serve", "--listen", "127.0.0.1:0", "--no-migrate", "--now", NOW, "--database-url", database_url])
            .arg("--data-dir")
            .arg(folder)
            .env("RUST_LOG", "error")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let url = first.split_whitespace().last().unwrap_or_default().to_owned();
        assert!(url.starts_with("http://"), "the server did not start: {first:?}");
        // What it still says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        while !is_ready(&url) {
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { child, settings, url }
    }

    /// The memory it holds, in MB.
    pub fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1_000.0
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request over a socket of its own, and cuts that without reading the answer.
pub fn send_and_cut(url: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) {
    drop(send(url, path, headers, body).unwrap());
}

/// Posts with a key and waits for the answer's status; none if the server ended before it answered.
pub fn post(url: &str, path: &str, authorization: &str, key: &str, body: &str) -> Option<u16> {
    use std::io::Read;
    let headers = [("Authorization", authorization), ("Idempotency-Key", key), ("Connection", "close")];
    let mut stream = send(url, path, &headers, body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    // A connection that is reset has told all it will tell.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

fn send(url: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<TcpStream> {
    let host = url.trim_start_matches("http://");
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    let _ = write!(request, "Content-Length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(request.as_bytes())?;
    stream.write_all(body)?;
    Ok(stream)
}

/// Whether the program is there to be started: `cargo xtask` builds it and says where.
pub fn has_program() -> bool {
    program().is_file()
}

/// The program, told nothing that is meant for the proofs.
fn run_program() -> Command {
    let mut command = Command::new(program());
    // It refuses settings it does not know.
    command.env_remove("RESELLPORTAL_SERVER").env_remove("RESELLPORTAL_APP_DIR");
    command
}

fn program() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "set by `cargo xtask`")]
    let told = std::env::var("RESELLPORTAL_SERVER").unwrap_or_default();
    PathBuf::from(told)
}

fn is_ready(url: &str) -> bool {
    use std::io::Read;
    let host = url.trim_start_matches("http://");
    let Ok(mut stream) = TcpStream::connect(host) else { return false };
    let mut answer = String::new();
    let asked = write!(stream, "GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// The engines of this machine.
pub fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    if tests::postgres::server_url().is_some() {
        engines.push(Engine::Postgres);
    }
    engines
}

/// Reads an instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn euro() -> Currency {
    Currency::from_code("EUR").unwrap()
}
