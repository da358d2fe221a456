//! M3: kill -9 under load, and the database stopped at once. What was acknowledged is there, what was not is there once or
//! not at all, and the books agree.
//!
//! The clients write what they intend and what was acknowledged to a file that is synced each time; it alone is judged.
//! Every request that died is sent again with its key until it is answered.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::json;
use shared::paths;
use tests::{Dice, Engine};

use crate::measure::{Timings, probes};
use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, engines};

/// Nothing acknowledged is lost, nothing is doubled.
pub const PROOF: Proof = Proof {
    id: "M3",
    claim: "1,000 kills of the server on SQLite, 300 of a replica and 30 immediate stops of the database on PostgreSQL lose and \
            double nothing; ready again within 1 s, after a database crash within 10 s",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const CLIENTS: usize = 8;

async fn run(report: &mut Report, size: Size) {
    if !has_program() {
        // Plain `cargo test` may go on without it; a proof that proved nothing has not passed.
        let text = "without the program there is nothing to kill: `cargo xtask` builds it and says where";
        Report::line(text);
        report.check(size == Size::Quick, text);
        return;
    }
    for engine in engines() {
        let (servers, kills) = if engine == Engine::Sqlite { (1, size.pick(1_000, 3)) } else { (2, size.pick(300, 4)) };
        let mut stand = Stand::durable(engine, "").await;
        stand.serve(servers, &[]);
        storm(report, stand, kills, Victim::Server, size).await;
        if engine == Engine::Postgres {
            let mut stand = Stand::durable(engine, "").await;
            stand.serve(servers, &[]);
            storm(report, stand, size.pick(30, 2), Victim::Database, size).await;
        }
    }
    report.figure(probes());
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Server,
    Database,
}

impl Victim {
    fn ready_limit(self) -> Duration {
        match self {
            Self::Server => Duration::from_secs(1),
            Self::Database => Duration::from_secs(10),
        }
    }
}

/// What the clients wrote down, synced line by line: `intend <key>`, `acknowledge <key> <answer>`.
struct Journal {
    path: PathBuf,
    file: RefCell<File>,
}

impl Journal {
    fn new(folder: &Path) -> Self {
        let path = folder.join("journal");
        let file = RefCell::new(File::create(&path).unwrap());
        Self { path, file }
    }

    fn write(&self, line: &str) {
        let mut file = self.file.borrow_mut();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
        file.sync_data().unwrap();
    }

    fn acknowledge(&self, key: usize, answer: &[u8]) {
        self.write(&format!("acknowledge {key} {}", String::from_utf8_lossy(answer)));
    }

    /// What was intended, and what was acknowledged, as the file has it.
    fn read(&self) -> (BTreeSet<usize>, BTreeMap<usize, Vec<u8>>) {
        let (mut intended, mut acknowledged) = (BTreeSet::new(), BTreeMap::new());
        for line in std::fs::read_to_string(&self.path).unwrap().lines() {
            let mut words = line.splitn(3, ' ');
            let (verb, key) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
            match words.next() {
                None if verb == "intend" => drop(intended.insert(key)),
                Some(answer) => drop(acknowledged.insert(key, answer.as_bytes().to_vec())),
                None => panic!("a line of the journal is cut: {line}"),
            }
        }
        (intended, acknowledged)
    }
}

/// What the clients share.
struct Shared {
    next: Cell<usize>,
    journal: Journal,
    unknown: RefCell<Vec<usize>>,
    is_over: Cell<bool>,
    victim: Victim,
}

async fn storm(report: &mut Report, mut stand: Stand, kills: usize, victim: Victim, size: Size) {
    let name = format!("{:?}, {victim:?}", stand.engine);
    let product = stand.product("writer", PRICE_MINOR).await;
    let start_minor = 900_000_000_000;
    let account = stand.account("storm", start_minor).await;
    let body =
        json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"}).to_string();
    let shared = Shared {
        next: Cell::new(0),
        journal: Journal::new(stand.folder()),
        unknown: RefCell::default(),
        is_over: Cell::new(false),
        victim,
    };
    let (mut dice, mut ready, mut resent) = (Dice::new(9), Vec::with_capacity(kills), 0);
    for kill in 0..kills {
        shared.is_over.set(false);
        let urls: Vec<String> = (0..CLIENTS).map(|_| stand.url()).collect();
        let load = join_all(urls.iter().map(|url| client(url, &account, &body, &shared)));
        let pause = Duration::from_millis(u64::try_from(5 + dice.below(70)).unwrap());
        let killing = async {
            tokio::time::sleep(pause).await;
            shared.is_over.set(true);
            // Blocks the clients' thread: to them it is gone at once, with their requests under way.
            ready.push(match victim {
                Victim::Server => stand.kill_and_restart(kill % stand.server_count()),
                Victim::Database => stand.crash_database().await,
            });
        };
        join(load, killing).await;
        for key in shared.unknown.take() {
            resent += 1;
            match post_until_answered(&stand.url(), &account, &body, key).await {
                Some((201, bytes)) => shared.journal.acknowledge(key, &bytes),
                other => report.fail(format!("{name}, kill {kill}: key {key} again: {other:?}")),
            }
        }
        if !report.is_passed() {
            return;
        }
    }
    let (intended, acknowledged) = shared.journal.read();
    let mut lost = 0;
    for (key, bytes) in &acknowledged {
        let again = post(&stand.url(), &account, &body, *key).await;
        if again.as_ref().is_none_or(|(status, found)| *status != 201 || found != bytes) {
            lost += 1;
            report.fail(format!("{name}: key {key} was acknowledged, and is now {again:?}"));
        }
    }
    let open = intended.iter().filter(|key| !acknowledged.contains_key(key)).count();
    report.check(open == 0, format!("{name}: {open} requests were never answered"));
    let effects = i64::try_from(acknowledged.len()).unwrap();
    let lost_minor = start_minor - stand.balance(&account).await - effects * PRICE_MINOR;
    report.check(lost_minor == 0, format!("{name}: {effects} effects, and {lost_minor} more was taken"));
    for difference in stand.differences(&account).await {
        report.fail(format!("{name}: {difference}"));
    }
    let ready = Timings::new(ready);
    // An unoptimised server among other tests is timed, and not judged.
    let slow = size == Size::Full && ready.percentile(100) > victim.ready_limit().as_secs_f64() * 1_000.0;
    report.check(!slow, format!("{name}: ready after {:.0} ms", ready.percentile(100)));
    report.figure(format!(
        "{name}: {kills} kills, {effects} effects, {resent} sent again, {lost} lost, {lost_minor} taken beyond them, ready p50 {:.0} ms, max {:.0} ms",
        ready.percentile(50),
        ready.percentile(100)
    ));
}

/// Sends one after the other until it is over.
async fn client(url: &str, account: &Account, body: &str, shared: &Shared) {
    while !shared.is_over.get() {
        let key = shared.next.replace(shared.next.get() + 1);
        shared.journal.write(&format!("intend {key}"));
        match post(url, account, body, key).await {
            Some((201, bytes)) => shared.journal.acknowledge(key, &bytes),
            // A server without its database says so, and the client knows as little as without an answer.
            Some((500.., _)) if shared.victim == Victim::Database => {
                shared.unknown.borrow_mut().push(key);
                return;
            }
            Some((status, bytes)) => panic!("{status} {}", String::from_utf8_lossy(&bytes)),
            None => {
                shared.unknown.borrow_mut().push(key);
                return;
            }
        }
    }
}

/// The same key until there is an answer that is none of trouble.
async fn post_until_answered(url: &str, account: &Account, body: &str, key: usize) -> Option<(u16, Vec<u8>)> {
    for _ in 0..100 {
        match post(url, account, body, key).await {
            Some((500.., _)) | None => tokio::time::sleep(Duration::from_millis(50)).await,
            answer => return answer,
        }
    }
    None
}

/// Status and bytes; none if the connection died.
async fn post(url: &str, account: &Account, body: &str, key: usize) -> Option<(u16, Vec<u8>)> {
    loop {
        let response = reqwest::Client::new()
            .post(format!("{url}{}", paths::ACTIVATIONS))
            .header("authorization", &account.authorization)
            .header("idempotency-key", format!("kill-{key}"))
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
            .await
            .ok()?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.ok()?.to_vec();
        // The first one with this key may still be on its way in the database.
        if status != 409 {
            return Some((status, bytes));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
