//! P1: what a dashboard costs that is always fresh, beside an answer that costs nothing and one row that is read by its key.

use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use api::auth::{Actor, Reseller};
use api::clock::Clock;
use api::config::Config;
use api::features::accounts::service as accounts;
use api::features::import;
use api::features::lifecycle::service::{self as lifecycle, Context};
use api::server::{self, Migrations, RunningServer};
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::session::LogInRequest;
use shared::dto::top_up::TopUp;
use shared::paths;
use shared::vocab::{Currency, Role};
use tests::app::PASSWORD;
use tests::client::APP_HEADER;
use tests::{Caller, Engine, TestDatabase};

use crate::load::answers_per_second;
use crate::measure::probes;
use crate::portfolio::Portfolio;
use crate::report::{Proof, Report, Size};
use crate::stand::engines;

/// Quick, and fresh.
pub const PROOF: Proof = Proof {
    id: "P1",
    claim: "a write by anyone is in the very next dashboard of every server; with one server at least half as many answers a \
            second as of the same bytes behind the same token, with two on PostgreSQL 0.8 of one read by primary key",
    run: |report, size| tests::block_on(run(report, size)),
};

/// Runs of each kind, one after the other in turn; the best ratio counts.
const RUNS: usize = 3;

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        for servers in 1..=if engine == Engine::Sqlite { 1 } else { 2 } {
            let scene = Scene::new(engine, servers, size).await;
            let name = format!("{engine:?}, {servers} server{}", if servers == 1 { "" } else { "s" });
            let writes = scene.is_fresh(report, &name, size).await;
            report.figure(format!("{name}: {writes} writes, each in the very next answer of each server"));
            scene.compare(report, &name, size).await;
        }
    }
    report.figure(probes());
}

/// Servers at the machine's own time on one database, and a reseller with a business.
struct Scene {
    servers: Vec<RunningServer>,
    reseller: Reseller,
    caller: Caller,
    cookie: String,
    _database: TestDatabase,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(engine: Engine, count: usize, size: Size) -> Self {
        let database = TestDatabase::create(engine).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        // The same secrets for all: a token of one server is good at the others.
        let mut config = Config::embedded(folder.path(), Some(SecretString::from(database.url.clone())));
        config.max_connections = 16;
        config.renewal_tick_seconds = None;
        let start = || server::start(config.clone(), Clock::system(), Migrations::Refuse).unwrap();
        let servers: Vec<_> = (0..count).map(|_| start()).collect();
        let (db, clock) = (&servers[0].state.db, &servers[0].state.clock);
        let new = accounts::NewReseller {
            name: "Harbour".to_owned(),
            currency: Currency::from_code("EUR").unwrap(),
            time_zone: "Europe/Berlin".parse().unwrap(),
        };
        let id = accounts::create_reseller(db, clock, new).await.unwrap();
        let member = accounts::NewMember {
            email: "owner@example.com".to_owned(),
            name: "Mara".to_owned(),
            role: Role::Owner,
            password: Some(SecretString::from(PASSWORD)),
        };
        accounts::create_member(db, clock, id, member).await.unwrap();
        let rows = tempfile::tempdir().unwrap();
        let last_day = clock.system_now().date_naive().pred_opt().unwrap();
        Portfolio { activations: size.pick(1_000, 40), usage_rows: size.pick(20_000, 400), last_day }
            .write(rows.path());
        for part in [rows.path().to_path_buf(), rows.path().join("usage")] {
            let options = import::Options { is_dry_run: false, may_update: false };
            let secrets = &servers[0].state.config.secrets;
            import::run(db, clock, secrets, &part, "Harbour", options).await.unwrap();
        }
        let url = servers[0].url();
        let http = reqwest::Client::new();
        let log_in = LogInRequest { email: "owner@example.com".to_owned(), password: PASSWORD.to_owned() };
        let answer = http
            .post(format!("{url}{}", paths::SESSION))
            .header(APP_HEADER.0, APP_HEADER.1)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(&log_in).unwrap())
            .send()
            .await
            .unwrap();
        let given = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned());
        let pairs: Vec<_> = given.map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect();
        let cookie = pairs.into_iter().find(|pair| pair.contains("access")).unwrap();
        let caller = Caller::new(&url).with_header("cookie", &cookie);
        let reseller = accounts::get_reseller(db, id).await.unwrap();
        Self { servers, reseller, caller, cookie, _database: database, _folder: folder }
    }

    fn urls(&self) -> Vec<String> {
        self.servers.iter().map(RunningServer::url).collect()
    }

    /// Writes through each server in turn, and past all of them, and looks at the next answer of each. Tells how often.
    async fn is_fresh(&self, report: &mut Report, name: &str, size: Size) -> usize {
        let rounds = size.pick(200, 12);
        let actor = Actor::system();
        for round in 0..rounds {
            // Twice, so that what is kept is what is asked for next.
            for url in self.urls().iter().chain(&self.urls()) {
                self.caller.at(url).get(paths::DASHBOARD).await.is_done();
            }
            let state = &self.servers[round % self.servers.len()].state;
            let name_of_products = format!("Product {round}");
            let is_catalogue = round % 3 == 2;
            if is_catalogue {
                let sql = format!("UPDATE products SET name = '{name_of_products}'");
                state.db.pool().execute_unprepared(&sql).await.unwrap();
            } else {
                let context = Context::new(&self.reseller, state.clock.system_now(), &actor);
                let credit = async |tx: &api::db::WriteTx| lifecycle::top_up(tx, &context, 1, "Proof", None).await;
                state.db.write(self.reseller.id, credit).await.unwrap();
            }
            let wallet = api::features::ledger::store::find_wallet(state.db.pool(), self.reseller.id).await.unwrap();
            let balance_minor = wallet.unwrap().balance_minor;
            for url in self.urls() {
                let dashboard: Dashboard = self.caller.at(&url).read(paths::DASHBOARD).await;
                let Section::Data(overview) = dashboard.overview else { panic!("no overview") };
                let Section::Data(rows) = dashboard.activations else { panic!("no activations") };
                let is_shown = overview.balance.is_some_and(|shown| shown.balance.minor == balance_minor)
                    && (!is_catalogue || rows.items.iter().all(|row| row.product.name == name_of_products));
                report.check(is_shown, format!("{name}, round {round}: the answer is older than the write"));
            }
        }
        rounds
    }

    async fn compare(&self, report: &mut Report, name: &str, size: Size) {
        let body = self.caller.get(paths::DASHBOARD).await.bytes;
        let bytes = body.len();
        let row = serde_json::json!({"amount": {"amount": "10.00", "currency": "EUR"}, "method": "bank_transfer"});
        let top_up: TopUp = self.caller.post_once(paths::TOP_UPS, &row).await.data();
        let (bare, handle) = self.bare(body);
        let (urls, lasting) = (self.urls(), Duration::from_millis(size.pick(4_000, 300)));
        let key_path = paths::top_up(top_up.id);
        let bare = vec![bare];
        // Beside this thread, because connections that it opened for the servers are driven by it.
        let rate = async |urls: &[String], path: &str| {
            let (urls, path, cookie) = (urls.to_vec(), path.to_owned(), self.cookie.clone());
            let load = move || answers_per_second(&urls, &path, &cookie, lasting).0;
            tokio::task::spawn_blocking(load).await.unwrap()
        };
        let (mut best_of_bare, mut best_of_read, mut told) = (0.0_f64, 0.0_f64, String::new());
        for _ in 0..size.pick(RUNS, 1) {
            let ours = rate(&urls, paths::DASHBOARD).await;
            let bare = rate(&bare, "/").await;
            let read = rate(&urls, &key_path).await;
            let line = format!("{ours:.0}/s of {bare:.0} bare and {read:.0} reads by key, {bytes} bytes");
            Report::line(format!("{name}: {line}"));
            if ours / bare > best_of_bare {
                told = line;
            }
            (best_of_bare, best_of_read) = (best_of_bare.max(ours / bare), best_of_read.max(ours / read));
        }
        handle.stop(false).await;
        let is_alone = self.servers.len() == 1;
        let is_enough = if is_alone { best_of_bare >= 0.5 } else { best_of_read >= 0.8 };
        let ratios = format!("{name}: {best_of_bare:.2} of a bare answer, {best_of_read:.2} of a read by key ({told})");
        report.check(is_enough || size == Size::Quick, ratios.clone());
        report.figure(ratios);
    }

    /// The same bytes behind the same token, and nothing else.
    fn bare(&self, body: Vec<u8>) -> (String, actix_web::dev::ServerHandle) {
        let (auth, clock) = (self.servers[0].state.auth.clone(), self.servers[0].state.clock.clone());
        let body = web::Bytes::from(body);
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || {
                    let (auth, clock, body) = (auth.clone(), clock.clone(), body.clone());
                    let answer = move |request: HttpRequest| {
                        let token = match auth.cookies.access_of(&request) {
                            api::auth::cookies::Received::One(token) => token,
                            _ => String::new(),
                        };
                        let is_known = auth.access_tokens.read(&token, clock.system_now()).is_some();
                        let body = body.clone();
                        async move {
                            if !is_known {
                                return HttpResponse::Unauthorized().finish();
                            }
                            HttpResponse::Ok().content_type("application/json").body(body)
                        }
                    };
                    App::new().route("/", web::get().to(answer))
                };
                let server = HttpServer::new(app).disable_signals().bind(("127.0.0.1", 0)).unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                sender.send((format!("http://{address}"), server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        receiver.recv().unwrap()
    }
}
