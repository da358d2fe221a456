//! M3: kill -9 under load. What was acknowledged is there, what was not is there once or not at all, and the books agree.
//!
//! The clients live in this process, which nobody kills, so that what they intended and what was acknowledged to them is
//! kept in its memory. Every request that died is sent again with its key until it is answered.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::json;
use shared::paths;
use tests::Engine;

use crate::measure::Timings;
use crate::portfolio::Dice;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, engines, has_program};

/// Nothing acknowledged is lost, nothing is doubled.
pub const PROOF: Proof = Proof {
    id: "M3",
    claim: "1,000 kills of the server on SQLite and 300 of a replica on PostgreSQL lose and double nothing",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const CLIENTS: usize = 8;
const READY_LIMIT: Duration = Duration::from_secs(1);

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
        let stand = Stand::processes(engine, servers).await;
        storm(report, stand, kills, size).await;
    }
}

/// What the clients know.
struct Known {
    next: Cell<usize>,
    acknowledged: RefCell<BTreeMap<usize, Vec<u8>>>,
    unknown: RefCell<Vec<usize>>,
    is_over: Cell<bool>,
}

async fn storm(report: &mut Report, mut stand: Stand, kills: usize, size: Size) {
    let name = format!("{:?}", stand.engine);
    let product = stand.product("writer", PRICE_MINOR).await;
    let start_minor = 900_000_000_000;
    let account = stand.account("storm", start_minor).await;
    let body =
        json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"}).to_string();
    let known = Known {
        next: Cell::new(0),
        acknowledged: RefCell::default(),
        unknown: RefCell::default(),
        is_over: Cell::new(false),
    };
    let (mut dice, mut ready, mut resent) = (Dice::new(9), Vec::with_capacity(kills), 0);
    for kill in 0..kills {
        known.is_over.set(false);
        let urls: Vec<String> = (0..CLIENTS).map(|_| stand.url()).collect();
        let load = join_all(urls.iter().map(|url| client(url, &account, &body, &known)));
        let pause = Duration::from_millis(u64::try_from(5 + dice.below(70)).unwrap());
        let killing = async {
            tokio::time::sleep(pause).await;
            known.is_over.set(true);
            // Blocks the clients' thread: to them the server is gone at once, with their requests under way.
            ready.push(stand.kill_and_restart(kill % stand.server_count()));
        };
        join(load, killing).await;
        for key in known.unknown.take() {
            resent += 1;
            match post(&stand.url(), &account, &body, key).await {
                Some((201, bytes)) => drop(known.acknowledged.borrow_mut().insert(key, bytes)),
                other => report.fail(format!("{name}, kill {kill}: key {key} again: {other:?}")),
            }
        }
        if !report.is_passed() {
            return;
        }
    }
    let acknowledged = known.acknowledged.take();
    let mut lost = 0;
    for (key, bytes) in &acknowledged {
        let again = post(&stand.url(), &account, &body, *key).await;
        if again.as_ref().is_none_or(|(status, found)| *status != 201 || found != bytes) {
            lost += 1;
            report.fail(format!("{name}: key {key} was acknowledged, and is now {again:?}"));
        }
    }
    let effects = i64::try_from(acknowledged.len()).unwrap();
    let lost_minor = start_minor - stand.balance(&account).await - effects * PRICE_MINOR;
    report.check(lost_minor == 0, format!("{name}: {effects} effects, and {lost_minor} more was taken"));
    for difference in stand.differences(&account).await {
        report.fail(format!("{name}: {difference}"));
    }
    let ready = Timings::new(ready);
    // An unoptimised server among other tests is timed, and not judged.
    let slow = size == Size::Full && ready.percentile(100) > READY_LIMIT.as_secs_f64() * 1_000.0;
    report.check(!slow, format!("{name}: ready after {:.0} ms", ready.percentile(100)));
    report.figure(format!(
        "{name}: {kills} kills, {effects} effects, {resent} sent again, {lost} lost, {lost_minor} taken beyond them, ready p50 {:.0} ms, max {:.0} ms",
        ready.percentile(50),
        ready.percentile(100)
    ));
}

/// Sends one after the other until the server is gone.
async fn client(url: &str, account: &Account, body: &str, known: &Known) {
    while !known.is_over.get() {
        let key = known.next.replace(known.next.get() + 1);
        match post(url, account, body, key).await {
            Some((201, bytes)) => drop(known.acknowledged.borrow_mut().insert(key, bytes)),
            Some((status, bytes)) => panic!("{status} {}", String::from_utf8_lossy(&bytes)),
            None => {
                known.unknown.borrow_mut().push(key);
                return;
            }
        }
    }
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
