//! M10: how many activations a second with every safety on, beside what the disk and the database can do in the same run.

use std::cell::Cell;
use std::process::Command;
use std::time::{Duration, Instant};

use api::auth::Reseller;
use api::features::accounts::service as accounts;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use secrecy::ExposeSecret;
use serde_json::json;
use shared::paths;
use shared::vocab::{ClientId, Permission, ProductId, ResellerId};
use tests::Engine;
use tests::postgres::programs;

use crate::copies::{copied, copy_reseller};
use crate::keep_alive::KeepAlive;
use crate::m10_script::{Logged, Sample, read_log};
use crate::measure::{fsyncs_per_second, probes};
use crate::process::{has_program, post};
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, engines};

/// Quick, and safe.
pub const PROOF: Proof = Proof {
    id: "M10",
    claim: "at 64 clients SQLite activates 5 times for each synced write of a disk that takes 10 ms for one; PostgreSQL 60 % of \
            pgbench with the same statements on one wallet, 40 % on 1,000; at most 10 statements each",
    run: |report, size| tests::block_on(run(report, size)),
};

const CLIENTS: usize = 64;
const PRICE_MINOR: i64 = 1;
const MOST_STATEMENTS: usize = 10;
/// Of all clients at once: the first begins, and who comes while it waits for the disk shares the next.
const MOST_COMMITS: usize = CLIENTS / 5;
/// What a synced write of an ordinary disk takes, in milliseconds. That of this machine may be as quick as memory; then nothing
/// is waited for, and sharing commits cannot show.
const SYNC_MS: &str = "10";
/// Nothing else happens in these servers.
const NO_TICKS: (&str, &str) = ("RESELLPORTAL_RENEWAL_TICK_SECONDS", "0");

async fn run(report: &mut Report, size: Size) {
    if !has_program() {
        let text = "without the program there is nothing to time: `cargo xtask` builds it and says where";
        Report::line(text);
        report.check(size == Size::Quick, text);
        return;
    }
    for engine in engines() {
        match engine {
            Engine::Sqlite => sqlite(report, size).await,
            Engine::Postgres => postgres(report, size).await,
        }
    }
    report.figure(probes());
}

fn seconds(size: Size) -> Duration {
    Duration::from_secs(size.pick(10, 1))
}

/// Notes a ratio, and judges it where it was measured long enough.
fn ratio(report: &mut Report, size: Size, name: &str, (found, base): (f64, f64), limit: f64) {
    let is_enough = size == Size::Quick || found >= limit * base;
    let text = format!("{name}: {found:.0}/s, {:.2} of {base:.0}/s, wanted {limit}", found / base);
    report.check(is_enough, text.clone());
    report.figure(text);
}

async fn sqlite(report: &mut Report, size: Size) {
    let mut stand = Stand::durable(Engine::Sqlite, "").await;
    let product = stand.product("writer", PRICE_MINOR).await;
    let account = stand.account("speed", 900_000_000_000).await;
    stand.serve(1, &[NO_TICKS]);
    share_commits(report, &stand, &account, product).await;
    let here = activations_per_second(&stand, std::slice::from_ref(&account), product, size).await;
    report.figure(format!("SQLite on this disk: {here:.0}/s, {:.2} for each fsync", here / fsyncs_per_second()));
    stand.stop_serving();
    stand.serve(1, &[NO_TICKS, ("COMMIT_TAKES", SYNC_MS)]);
    let synced = 1_000.0 / SYNC_MS.parse::<f64>().unwrap();
    let mut best = 0.0_f64;
    for _ in 0..size.pick(3, 1) {
        best = best.max(activations_per_second(&stand, std::slice::from_ref(&account), product, size).await);
    }
    ratio(report, size, &format!("SQLite, activations for each synced write of {SYNC_MS} ms"), (best, synced), 5.0);
    for difference in stand.differences(&account).await {
        report.fail(format!("SQLite: {difference}"));
    }
}

/// All clients at once, once: what is waited for is told by the database's own log.
async fn share_commits(report: &mut Report, stand: &Stand, account: &Account, product: ProductId) {
    let (url, body) = (stand.url(), body(account, product));
    let servers = join_all((0..CLIENTS).map(|_| KeepAlive::open(&url))).await;
    let before = stand.emptied_wal().await;
    let posts = servers.into_iter().enumerate().map(|(number, mut server)| {
        let (authorization, key, body) = (&account.authorization, format!("at-once-{number}"), &body);
        async move { server.post(paths::ACTIVATIONS, authorization, &key, body).await.0 }
    });
    let statuses = join_all(posts).await;
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    let commits = stand.wal().commits_since(before);
    let text = format!("SQLite: {CLIENTS} activations at once in {commits:?} commits, {MOST_COMMITS} are the limit");
    report.check(commits.is_some_and(|commits| (1..=MOST_COMMITS).contains(&commits)), text.clone());
    report.figure(text);
}

async fn postgres(report: &mut Report, size: Size) {
    let mut stand = Stand::durable(Engine::Postgres, "").await;
    let product = stand.product("writer", PRICE_MINOR).await;
    let account = stand.account("speed", 900_000_000_000).await;
    let wallets = size.pick(1_000_u32, 8);
    copy_reseller(&stand, account.reseller.id, wallets).await;
    let (first, second) = sample(&mut stand, &account, product).await;
    let count = second.iter().filter(|logged| !matches!(logged.sql.as_str(), "BEGIN" | "COMMIT")).count();
    report.check(
        count <= MOST_STATEMENTS,
        format!("PostgreSQL: {count} statements for one activation, {MOST_STATEMENTS} are the limit"),
    );
    report.figure(format!("PostgreSQL: {count} statements for one activation"));
    let own = [account.reseller.id.0.to_string(), account.client_id.0.to_string()];
    let accounts = copies(&stand, &account, wallets).await;
    stand.serve(1, &[NO_TICKS]);
    for (name, accounts, copies, limit) in
        [("one wallet", std::slice::from_ref(&account), 0, 0.6), ("many wallets", accounts.as_slice(), wallets, 0.4)]
    {
        let sample = Sample { statements: &second, other: &first, own: &own, key: SECOND, copies };
        let base = match pgbench(&stand, &sample.script(), size) {
            Ok(base) => base,
            Err(why) => {
                report.fail(format!("PostgreSQL, {name}: pgbench: {why}"));
                continue;
            }
        };
        let found = activations_per_second(&stand, accounts, product, size).await;
        ratio(report, size, &format!("PostgreSQL, {name}, of pgbench"), (found, base), limit);
    }
}

const FIRST: &str = "sample-1";
const SECOND: &str = "sample-2";

/// What two activations, one after the other, make the database do.
async fn sample(stand: &mut Stand, account: &Account, product: ProductId) -> (Vec<Logged>, Vec<Logged>) {
    let alter = async |stand: &Stand, to: &str| {
        let sql = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = {to}', current_database()); END $$"
        );
        stand.db.pool().execute_unprepared(&sql).await.unwrap();
    };
    alter(stand, "''all''").await;
    stand.serve(1, &[NO_TICKS]);
    let body = body(account, product);
    let log = stand.database_log();
    let mut samples = Vec::new();
    for key in ["warm-1", "warm-2", FIRST, SECOND] {
        let before = std::fs::read_to_string(&log).unwrap().len();
        let status = post(&stand.url(), paths::ACTIVATIONS, &account.authorization, key, &body);
        assert_eq!(status, Some(201));
        tokio::time::sleep(Duration::from_millis(50)).await;
        samples.push(read_log(&std::fs::read_to_string(&log).unwrap()[before..]));
    }
    stand.stop_serving();
    alter(stand, "''none''").await;
    let second = samples.pop().unwrap();
    (samples.pop().unwrap(), second)
}

fn body(account: &Account, product: ProductId) -> String {
    json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"}).to_string()
}

/// The copies of an account, each with a key of its own.
async fn copies(stand: &Stand, account: &Account, count: u32) -> Vec<Account> {
    let mut accounts = Vec::new();
    for number in 1..=count {
        let id = ResellerId(copied(account.reseller.id.0, number));
        let scopes = [Permission::ActivationsSpend, Permission::WalletRead, Permission::ActivationsRead];
        let (_, secret) = accounts::create_api_key(&stand.db, &stand.clock, id, "speed", &scopes).await.unwrap();
        accounts.push(Account {
            reseller: Reseller { id, ..account.reseller.clone() },
            client_id: ClientId(copied(account.client_id.0, number)),
            authorization: format!("Bearer {}", secret.expose_secret()),
        });
    }
    accounts
}

/// 64 clients, each one activation after the other.
async fn activations_per_second(stand: &Stand, accounts: &[Account], product: ProductId, size: Size) -> f64 {
    let (started, done) = (Instant::now(), Cell::new(0_u32));
    let url = stand.url();
    let run = uuid::Uuid::now_v7();
    let bodies: Vec<_> = accounts.iter().map(|account| body(account, product)).collect();
    let clients = (0..CLIENTS).map(|client| {
        let (url, done, bodies) = (url.as_str(), &done, &bodies);
        async move {
            let mut server = KeepAlive::open(url).await;
            let mut number = client;
            while started.elapsed() < seconds(size) {
                let index = number % accounts.len();
                let (authorization, key) = (&accounts[index].authorization, format!("{run}-{number}"));
                let (status, text) = server.post(paths::ACTIVATIONS, authorization, &key, &bodies[index]).await;
                // A server that has too much to do says so; the same is asked again.
                if status != 503 {
                    assert_eq!(status, 201, "{text}");
                    done.set(done.get() + 1);
                    number += CLIENTS;
                }
            }
        }
    });
    join_all(clients).await;
    f64::from(done.get()) / started.elapsed().as_secs_f64()
}

/// Transactions a second of the same statements without the product.
fn pgbench(stand: &Stand, script: &str, size: Size) -> Result<f64, String> {
    let file = stand.folder().join("activation.sql");
    std::fs::write(&file, script).unwrap();
    let output = Command::new(programs().unwrap().join("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--client=64", "--jobs=2", "--time"])
        .arg(seconds(size).as_secs().to_string())
        .arg("--file")
        .arg(&file)
        .arg(stand.database_url())
        .output()
        .map_err(|error| error.to_string())?;
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match rate.filter(|_| output.status.success()) {
        Some(rate) => Ok(rate),
        // Of 64 clients that say the same, one is enough.
        None => Err(format!("{}, {}", output.status, errors.lines().take(3).collect::<Vec<_>>().join(" "))),
    }
}
