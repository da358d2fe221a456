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
use api::server::{self, Migrations, RunningServer};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::Activation;
use sea_orm::{ConnectionTrait, Statement};
use secrecy::{ExposeSecret, SecretString};
use shared::vocab::{ActivationId, BillingInterval, ClientId, Currency, Permission, ProductId};
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
        for _ in 0..servers {
            let process = Process::start(&stand.database.url, stand.folder.path());
            stand.servers.push(Server::Process(process));
        }
        stand
    }

    async fn without_server(engine: Engine) -> Self {
        let database = TestDatabase::create(engine).await.unwrap();
        let db = api::db::connect(&database.url, 4).await.unwrap();
        let (clock, folder) = (Clock::fixed(at(NOW)), tempfile::tempdir().unwrap());
        Self { engine, db, clock, database, servers: Vec::new(), folder, turn: AtomicUsize::new(0) }
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
        *process = Process::start(&self.database.url, self.folder.path());
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
        verify(self.db.pool(), account.reseller.id).await.unwrap()
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
    /// Its base address.
    pub url: String,
}

impl Process {
    /// Starts it and waits until it is ready.
    pub fn start(database_url: &str, folder: &std::path::Path) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--no-migrate", "--now", NOW, "--database-url", database_url])
            .arg("--data-dir")
            .arg(folder)
            .env("RUST_LOG", "error")
            // It refuses settings it does not know.
            .env_remove("RESELLPORTAL_SERVER")
            .env_remove("RESELLPORTAL_APP_DIR")
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
        Self { child, url }
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
    let host = url.trim_start_matches("http://");
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    let _ = write!(request, "Content-Length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    drop(stream);
}

/// Whether the program is there to be started: `cargo xtask` builds it and says where.
pub fn has_program() -> bool {
    program().is_file()
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
