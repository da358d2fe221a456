//! M1: a balance for 37 buys 37, however many ask at once.
//!
//! Three stages: SQLite in one process, SQLite with two openers of the file, PostgreSQL with two server processes. Then
//! mixed operations on one wallet, whose answers must add up to what the wallet lost.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use shared::paths;
use shared::vocab::{ActivationAction, ProductId};
use tests::{Caller, Dice, Engine};

use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand};

/// Exactly K.
pub const PROOF: Proof = Proof {
    id: "M1",
    claim: "of 256 activations at once, a balance for 37 lets exactly 37 through, and the others get insufficient_balance",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const ENOUGH_FOR: usize = 37;

async fn run(report: &mut Report, size: Size) {
    let (rounds, at_once) = (size.pick(100, 1), size.pick(256, 48));
    let mut requests = 0;
    for (name, stand) in stages().await {
        let product = stand.product("writer", PRICE_MINOR).await;
        let mut wrong = 0;
        for round in 0..rounds {
            let account = stand.account(&format!("round {round}"), PRICE_MINOR * 37).await;
            requests += at_once;
            if let Err(why) = exactly_k(&stand, &account, product, at_once).await {
                wrong += 1;
                report.fail(format!("{name}, round {round}: {why}"));
            }
        }
        let mixed = size.pick(20, 1);
        for round in 0..mixed {
            requests += at_once;
            if let Err(why) = mixed_operations(&stand, product, round, at_once).await {
                wrong += 1;
                report.fail(format!("{name}, mixed {round}: {why}"));
            }
        }
        report.figure(format!("{name}: {} of {} rounds right", rounds + mixed - wrong, rounds + mixed));
    }
    report.figure(format!("{requests} requests, {at_once} at once, {ENOUGH_FOR} paid for"));
}

async fn stages() -> Vec<(&'static str, Stand)> {
    let mut stages = vec![
        ("SQLite", Stand::inside(Engine::Sqlite, 1).await),
        ("SQLite, two openers", Stand::inside(Engine::Sqlite, 2).await),
    ];
    if tests::postgres::server_url().is_none() {
        Report::line("without PostgreSQL, which is not installed");
    } else if has_program() {
        stages.push(("PostgreSQL, 2 processes", Stand::processes(Engine::Postgres, 2).await));
    } else {
        stages.push(("PostgreSQL, 2 servers", Stand::inside(Engine::Postgres, 2).await));
    }
    stages
}

async fn exactly_k(stand: &Stand, account: &Account, product: ProductId, at_once: usize) -> Result<(), String> {
    let callers: Vec<_> = (0..stand.server_count()).map(|_| stand.caller(account)).collect();
    let body = json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"});
    let asked = (0..at_once).map(|number| {
        let caller = callers[number % callers.len()].clone();
        post(caller, paths::ACTIVATIONS.to_owned(), body.clone(), format!("k{number}"))
    });
    let (mut done, mut refused) = (0, 0);
    for (status, answer) in join_all(asked).await {
        match (status, answer["code"].as_str()) {
            (201, _) => done += 1,
            (409, Some("insufficient_balance")) => refused += 1,
            _ => return Err(format!("{status} {answer}")),
        }
    }
    if (done, refused) != (ENOUGH_FOR, at_once - ENOUGH_FOR) {
        return Err(format!("{done} succeeded, {refused} were refused"));
    }
    match stand.balance(account).await {
        0 => agree(stand, account).await,
        left => Err(format!("{left} is left")),
    }
}

/// What the answers say was taken is what the wallet lost, whatever was asked in whatever order.
async fn mixed_operations(stand: &Stand, product: ProductId, round: usize, at_once: usize) -> Result<(), String> {
    const START_MINOR: i64 = 60 * PRICE_MINOR;
    let mut dice = Dice::new(u64::try_from(round).unwrap());
    let account = stand.account(&format!("mixed {round}"), START_MINOR).await;
    let callers: Vec<_> = (0..stand.server_count()).map(|_| stand.caller(&account)).collect();
    let create = json!({"client_id": account.client_id, "product_id": product, "billing_interval": "monthly"});
    let mut ids = Vec::new();
    let mut taken_minor = 0;
    for number in 0..20 {
        let answer =
            post(callers[0].clone(), paths::ACTIVATIONS.to_owned(), create.clone(), format!("a{number}")).await;
        ids.push(answer.1["activation"]["id"].as_str().ok_or(format!("{answer:?}"))?.parse().unwrap());
        taken_minor += minor(&answer.1);
    }
    let asked: Vec<_> = (0..at_once)
        .map(|number| {
            let id = ids[dice.below(ids.len())];
            let action = |action| paths::activation_action(id, action);
            let (path, body) = match dice.below(6) {
                0 | 1 => (paths::ACTIVATIONS.to_owned(), create.clone()),
                2 => (action(ActivationAction::Renew), json!({})),
                3 => (action(ActivationAction::Pause), json!({})),
                4 => (action(ActivationAction::Resume), json!({})),
                _ => (action(ActivationAction::Deactivate), json!({"takes_effect": "now"})),
            };
            post(callers[number % callers.len()].clone(), path, body, format!("m{number}"))
        })
        .collect();
    for (status, answer) in join_all(asked).await {
        match status {
            200 | 201 => taken_minor += minor(&answer),
            409 => {}
            _ => return Err(format!("{status} {answer}")),
        }
    }
    let left = stand.balance(&account).await;
    if left != START_MINOR - taken_minor || left < 0 {
        return Err(format!("the answers say {taken_minor} was taken of {START_MINOR}, but {left} is left"));
    }
    agree(stand, &account).await
}

async fn agree(stand: &Stand, account: &Account) -> Result<(), String> {
    let differences = stand.differences(account).await;
    if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
}

/// What left the balance by an answer, in minor units of a currency with two digits.
fn minor(answer: &Value) -> i64 {
    answer["amount"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap()
}

async fn post(caller: Caller, path: String, body: Value, key: String) -> (u16, Value) {
    let caller = caller.with_header("idempotency-key", &key);
    let answer = caller.send(Method::POST, &path, Some(("application/json", body.to_string().into_bytes()))).await;
    (answer.status.as_u16(), serde_json::from_slice(&answer.bytes).unwrap_or_default())
}
