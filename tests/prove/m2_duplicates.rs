//! M2: a request that comes many times has its effect once, and says so in the same bytes, also after a kill.

use std::collections::HashSet;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use reqwest::Method;
use serde_json::json;
use shared::paths;
use tests::{Caller, Dice, Engine};

use crate::process::{has_program, send_and_cut};
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, engines};

/// Each key once.
pub const PROOF: Proof = Proof {
    id: "M2",
    claim: "1,000 keys, each sent 20 times at once and a tenth of the sockets cut, have 1,000 effects and one answer each",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const KEYS_AT_ONCE: usize = 4;

async fn run(report: &mut Report, size: Size) {
    let (keys, copies) = (size.pick(1_000, 8), size.pick(20, 6));
    for engine in engines() {
        let servers = if engine == Engine::Sqlite { 1 } else { 2 };
        let stand =
            if has_program() { Stand::processes(engine, servers).await } else { Stand::inside(engine, servers).await };
        storm(report, stand, keys, copies).await;
    }
    report.figure(format!("{copies} copies of each, a tenth of the sockets cut after sending"));
}

async fn storm(report: &mut Report, mut stand: Stand, keys: usize, copies: usize) {
    let name = format!("{:?}", stand.engine);
    let product = stand.product("writer", PRICE_MINOR).await;
    // Enough for each of them twice, so that a doubled effect is not refused for want of money.
    let account = stand.account("storm", PRICE_MINOR * i64::try_from(keys * 2).unwrap()).await;
    let before_minor = stand.balance(&account).await;
    let body = json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"});
    let body = body.to_string().into_bytes();
    let first: Vec<HashSet<Vec<u8>>> = {
        let callers: Vec<_> = (0..stand.server_count()).map(|_| (stand.url(), stand.caller(&account))).collect();
        let keys = stream::iter(0..keys).map(|key| copies_of(&callers, &account, &body, key, copies));
        keys.buffered(KEYS_AT_ONCE).collect().await
    };
    for (key, answers) in first.iter().enumerate() {
        report.check(answers.len() <= 1, format!("{name}: key {key} had {} different answers", answers.len()));
    }
    if has_program() {
        for number in 0..stand.server_count() {
            stand.kill_and_restart(number);
        }
    }
    let caller = stand.caller(&account);
    let mut replayed = 0;
    for (key, answers) in first.iter().enumerate() {
        let answer = send(&caller, &body, key).await;
        let is_replay = answer.header("idempotency-replayed") == Some("true");
        replayed += usize::from(is_replay);
        let is_same = answers.iter().all(|known| *known == answer.bytes);
        report.check(
            answer.status.as_u16() == 201 && is_same && (is_replay || answers.is_empty()),
            format!("{name}: key {key} after everything: {} {}", answer.status, answer.text()),
        );
    }
    let effects = stand.number(&format!("SELECT COUNT(*) FROM activations{}", of(&stand, &account))).await;
    let charges = stand
        .number(&format!("SELECT COUNT(*) FROM ledger_entries{} AND kind = 'activation_charge'", of(&stand, &account)))
        .await;
    let wanted = i64::try_from(keys).unwrap();
    report.check(
        (effects, charges) == (wanted, wanted),
        format!("{name}: {effects} effects, {charges} charges of {keys} keys"),
    );
    let left_minor = stand.balance(&account).await;
    report.check(left_minor == before_minor - wanted * PRICE_MINOR, format!("{name}: {left_minor} is left"));
    for difference in stand.differences(&account).await {
        report.fail(format!("{name}: {difference}"));
    }
    let after = if has_program() { "after kill -9" } else { "afterwards" };
    report.figure(format!("{name}: {keys} keys, {effects} effects, {replayed} identical replays {after}"));
}

/// One key many times at once: the different answers it got.
async fn copies_of(
    callers: &[(String, Caller)],
    account: &Account,
    body: &[u8],
    key: usize,
    copies: usize,
) -> HashSet<Vec<u8>> {
    let mut dice = Dice::new(u64::try_from(key).unwrap());
    let cut: Vec<bool> = (0..copies).map(|_| dice.percent(10)).collect();
    let asked = (0..copies).map(|copy| {
        let (url, caller) = callers[(key + copy) % callers.len()].clone();
        let is_cut = cut[copy];
        async move {
            if is_cut {
                let key = key_text(key);
                let headers = [("Authorization", account.authorization.as_str()), ("Idempotency-Key", key.as_str())];
                send_and_cut(&url, paths::ACTIVATIONS, &headers, body);
                return None;
            }
            loop {
                let answer = send(&caller, body, key).await;
                match answer.status.as_u16() {
                    201 => return Some(answer.bytes),
                    // In flight: come back.
                    409 => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
                    _ => panic!("key {key}, copy {copy}, cut {is_cut}: {} {}", answer.status, answer.text()),
                }
            }
        }
    });
    join_all(asked).await.into_iter().flatten().collect()
}

async fn send(caller: &Caller, body: &[u8], key: usize) -> tests::Answer {
    let caller = caller.clone().with_header("idempotency-key", &key_text(key));
    caller.send(Method::POST, paths::ACTIVATIONS, Some(("application/json", body.to_vec()))).await
}

fn key_text(key: usize) -> String {
    format!("storm-{key}")
}

fn of(stand: &Stand, account: &Account) -> String {
    let id = account.reseller.id.0;
    match stand.engine {
        Engine::Sqlite => format!(" WHERE reseller_id = X'{}'", id.simple()),
        Engine::Postgres => format!(" WHERE reseller_id = '{id}'"),
    }
}
