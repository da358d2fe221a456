//! A running server with a database of its own and a clock that the test moves.

use api::clock::Clock;
use api::config::Config;
use api::features::accounts::service as accounts;
use api::features::import;
use api::server::{self, Migrations, RunningServer};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::{ExposeSecret, SecretString};
use shared::dto::session::{LogInRequest, RedeemLinkRequest};
use shared::paths;
use shared::vocab::{Currency, MemberId, Permission, ResellerId, Role};

use crate::client::Caller;
use crate::database::{Engine, TestDatabase};

/// The password of every member the harness makes.
pub const PASSWORD: &str = "a quite long test password";
/// Where the clock of a test stands at first: Sunday, 22 November 2026, 14:02 in Berlin.
pub const NOW: &str = "2026-11-22T13:02:00Z";

/// A server under test.
#[derive(Debug)]
pub struct TestApp {
    /// The running server, with its state.
    pub server: RunningServer,
    /// The engine it runs on.
    pub engine: Engine,
    database: TestDatabase,
    folder: tempfile::TempDir,
}

impl TestApp {
    /// Starts a server on a fresh database.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| {}).await
    }

    /// Starts a server with some settings changed.
    pub async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::create(engine).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::embedded(folder.path(), Some(SecretString::from(database.url.clone())));
        config.max_connections = 8;
        change(&mut config);
        let server = server::start(config, Clock::fixed(at(NOW)), Migrations::Refuse).unwrap();
        Self { server, engine, database, folder }
    }

    /// Another process on the same database.
    pub fn replica(&self) -> RunningServer {
        let mut config = Config::embedded(self.folder.path(), Some(SecretString::from(self.database.url.clone())));
        config.max_connections = 8;
        server::start(config, self.clock().clone(), Migrations::Refuse).unwrap()
    }

    /// Moves the clock.
    pub fn set_time(&self, time: &str) {
        self.server.state.clock.set(at(time));
    }

    /// The database, to arrange what there is no operation for.
    pub fn db(&self) -> &api::db::Db {
        &self.server.state.db
    }

    /// The same, by connections of its own, as another process has them.
    pub async fn connect(&self) -> api::db::Db {
        self.database.connect().await
    }

    /// The same, and `told` hears of each statement.
    pub async fn connect_told(&self, told: impl Fn(&Statement) + Send + Sync + 'static) -> api::db::Db {
        self.database.connect_told(told).await
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.server.state.clock
    }

    /// A caller without credentials.
    pub fn anonymous(&self) -> Caller {
        Caller::new(&self.server.url())
    }

    /// A reseller in Berlin that pays in euros.
    pub async fn reseller(&self, name: &str) -> ResellerId {
        let new = accounts::NewReseller {
            name: name.to_owned(),
            currency: Currency::from_code("EUR").unwrap(),
            time_zone: "Europe/Berlin".parse().unwrap(),
        };
        accounts::create_reseller(self.db(), self.clock(), new).await.unwrap()
    }

    /// A member with the common password.
    pub async fn member(&self, reseller: ResellerId, email: &str, role: Role) -> MemberId {
        let new = accounts::NewMember {
            email: email.to_owned(),
            name: email.split('@').next().unwrap().to_owned(),
            role,
            password: Some(SecretString::from(PASSWORD)),
        };
        accounts::create_member(self.db(), self.clock(), reseller, new).await.unwrap()
    }

    /// A caller that has logged in.
    pub async fn log_in(&self, email: &str, password: &str) -> Caller {
        let caller = self.anonymous();
        let request = LogInRequest { email: email.to_owned(), password: password.to_owned() };
        caller.post(paths::SESSION, &request).await.is_done();
        caller
    }

    /// A new member of a role, logged in.
    pub async fn logged_in(&self, reseller: ResellerId, email: &str, role: Role) -> Caller {
        self.member(reseller, email, role).await;
        self.log_in(email, PASSWORD).await
    }

    /// An operator, logged in.
    pub async fn operator(&self, email: &str) -> Caller {
        let id = accounts::create_operator(self.db(), self.clock(), email).await.unwrap();
        let token = accounts::create_link(self.db(), self.clock(), accounts::Account::Operator(id)).await.unwrap();
        let redeem = RedeemLinkRequest { token: token.expose_secret().to_owned(), password: PASSWORD.to_owned() };
        self.anonymous().post(paths::ONE_TIME_LINK_REDEEM, &redeem).await.is_done();
        self.log_in(email, PASSWORD).await
    }

    /// A caller with a new API key.
    pub async fn with_key(&self, reseller: ResellerId, scopes: &[Permission]) -> Caller {
        let (_, secret) = accounts::create_api_key(self.db(), self.clock(), reseller, "test", scopes).await.unwrap();
        self.anonymous().with_header("authorization", &format!("Bearer {}", secret.expose_secret()))
    }

    /// Moves the example folder in.
    pub async fn import_example(&self, reseller: &str) {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/import");
        let options = import::Options { is_dry_run: false, may_update: false };
        let secrets = &self.server.state.config.secrets;
        import::run(self.db(), self.clock(), secrets, &folder, reseller, options).await.unwrap();
    }

    /// Ends every session of a member as another process would: in the database alone.
    pub async fn revoke_sessions(&self, email: &str) {
        let sql = format!(
            "UPDATE sessions SET revoked_at = created_at WHERE member_id = (SELECT id FROM members WHERE email = '{email}')"
        );
        self.db().pool().execute_unprepared(&sql).await.unwrap();
    }

    /// Suspends a member, as another process would.
    pub async fn suspend(&self, email: &str) {
        let sql = format!("UPDATE members SET status = 'suspended' WHERE email = '{email}'");
        self.db().pool().execute_unprepared(&sql).await.unwrap();
    }

    /// Every byte of an embedded database.
    pub fn database_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.database.folder().unwrap()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    /// Nothing a test does may leave books that do not balance.
    pub async fn books_balance(&self, reseller: ResellerId) {
        let differences = api::features::ledger::verify::verify(self.db().pool(), reseller).await.unwrap();
        assert_eq!(differences, Vec::<String>::new());
        self.summaries_agree(reseller).await;
    }

    /// What is kept with every write is what the rows add up to.
    pub async fn summaries_agree(&self, reseller: ResellerId) {
        let differences = api::features::summaries::differences(self.db().pool(), reseller).await.unwrap();
        assert_eq!(differences, Vec::<String>::new());
    }
}

/// Reads an instant.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
