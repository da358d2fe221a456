//! M8: random sequences on `domain`, and on the product through HTTP, against the reference model.
//!
//! A divergence prints the seed, and `PROVE_SEED=<seed>` replays that one alone.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::{Activation, Arrears, Charge, Charged, FailedRenewal, Provisioning, Resumed, SettleStep};
use domain::billing_calendar::{Period, local_date};
use domain::ledger::refund;
use serde_json::{Value, json};
use shared::paths;
use shared::vocab::{ActivationAction, ActivationId, ActivationStatus, BillingInterval, TakesEffect};
use tests::{Caller, Dice};

use crate::m8_model::{Ask, Model, Status, hour_of, moment_of};
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, engines};

/// The product does what the rules say, whatever is asked in whatever order.
pub const PROOF: Proof = Proof {
    id: "M8",
    claim: "10,000 sequences of 100 operations on domain, 500 through HTTP on each database, do what a reference model does",
    run: |report, size| tests::block_on(run(report, size)),
};

const STEPS: usize = 100;
const PRICE_OF_MONTH: i64 = 1_000;
const ZONE: Tz = Tz::UTC;

async fn run(report: &mut Report, size: Size) {
    #[expect(clippy::disallowed_methods, reason = "the replay of one seed")]
    let only: Option<u64> = std::env::var("PROVE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = |count: u64| only.map_or(0..count, |seed| seed..seed + 1);
    let (mut diverged, sequences) = (0, seeds(size.pick(10_000, 200)));
    for seed in sequences.clone() {
        if let Err(why) = on_domain(seed) {
            diverged += 1;
            tell(report, "domain", seed, &why);
        }
    }
    report.figure(format!("domain: {diverged} divergences in {} sequences of {STEPS}", sequences.count()));
    for engine in engines() {
        let stand = Stand::inside(engine, 1).await;
        let product = stand.product("writer", PRICE_OF_MONTH).await;
        let (mut diverged, sequences) = (0, seeds(size.pick(500, 2)));
        for seed in sequences.clone() {
            if let Err(why) = through_http(&stand, product, seed).await {
                diverged += 1;
                tell(report, &format!("{engine:?}"), seed, &why);
            }
        }
        report.figure(format!("{engine:?}: {diverged} in {} through HTTP", sequences.count()));
    }
}

fn tell(report: &mut Report, on: &str, seed: u64, why: &str) {
    report.fail(format!("{on}, seed {seed}: {why} (replay: PROVE_SEED={seed} cargo xtask prove M8)"));
}

/// What is asked for at first, and then.
fn script(seed: u64) -> (i64, u32, Vec<Ask>) {
    let mut dice = Dice::new(seed);
    let months = |dice: &mut Dice| [1, 1, 1, 3, 6, 12][dice.below(6)];
    let (start, first) = (dice.below(1_461 * 24), months(&mut dice));
    let asks = (0..STEPS)
        .map(|_| match dice.below(20) {
            0..5 => Ask::Wait(i64::try_from(1 + dice.below(24 * 12)).unwrap()),
            5 => Ask::Wait(i64::try_from(24 + dice.below(24 * 60)).unwrap()),
            6 if dice.percent(30) => Ask::Wait(24 * 150),
            6..9 => Ask::TopUp(i64::try_from(100 + dice.below(4_000)).unwrap()),
            9..12 => Ask::Renew,
            12 => Ask::Pause,
            13 | 14 => Ask::Resume,
            15 if dice.percent(15) => Ask::DeactivateNow,
            15 => Ask::DeactivateAtPeriodEnd,
            16 | 17 => Ask::Keep,
            18 => Ask::AutoRenew(dice.percent(70)),
            _ => Ask::ChangeInterval(months(&mut dice)),
        })
        .collect();
    (i64::try_from(start).unwrap(), first, asks)
}

fn model_of(start: i64, months: u32) -> Model {
    let now = hour_of("2024-01-01T00:00:00Z".parse().unwrap()) + start;
    Model::activate(now, PRICE_OF_MONTH * 20, PRICE_OF_MONTH, months)
}

/// What differs between the model and the product.
fn compare(model: &Model, state: &Activation, balance: i64) -> Result<(), String> {
    let status = match model.status {
        Status::Active => ActivationStatus::Active,
        Status::Paused => ActivationStatus::Paused,
        Status::Expired => ActivationStatus::Expired,
        Status::Deactivated => ActivationStatus::Deactivated,
    };
    let expected = (
        status,
        model.auto_renew,
        Some(moment_of(model.paid_until)),
        model.grace_until.map(moment_of),
        model.ends_at.map(moment_of),
        model.is_held,
        model.balance,
    );
    let found = (
        state.status,
        state.auto_renew,
        state.paid_until_at,
        state.grace_until_at,
        state.ends_at,
        state.held_at.is_some(),
        balance,
    );
    if expected == found { Ok(()) } else { Err(format!("the model says {expected:?}, found {found:?}")) }
}

fn on_domain(seed: u64) -> Result<(), String> {
    let (start, months, asks) = script(seed);
    let mut model = model_of(start, months);
    let mut real = Real::activate(moment_of(model.now), months);
    compare(&model, &real.state, real.balance)?;
    for (step, ask) in asks.into_iter().enumerate() {
        let expected = model.ask(ask).is_ok();
        let before = real.clone();
        let done = real.ask(moment_of(model.now), ask);
        if done.is_none() {
            real = before;
        }
        let at = format!("step {step}, {ask:?} at {}", moment_of(model.now));
        if expected != done.is_some() {
            return Err(format!("{at}: the model says done {expected}, found {}", done.is_some()));
        }
        compare(&model, &real.state, real.balance).map_err(|why| format!("{at}: {why}"))?;
    }
    Ok(())
}

fn interval_of(months: u32) -> BillingInterval {
    BillingInterval::ALL.iter().copied().find(|interval| interval.months() == months).unwrap()
}

/// The product's rules with a wallet that is a number.
#[derive(Debug, Clone)]
struct Real {
    state: Activation,
    balance: i64,
    paid: Vec<(Period, i64, DateTime<Utc>)>,
}

impl Real {
    fn activate(now: DateTime<Utc>, months: u32) -> Self {
        let charged = Activation::activate(now, ZONE, interval_of(months), true, Provisioning::AtOnce).unwrap();
        let mut real = Self { state: charged.activation.clone(), balance: PRICE_OF_MONTH * 20, paid: Vec::new() };
        real.pay(now, charged).unwrap();
        real
    }

    /// `None` if it is refused.
    fn ask(&mut self, now: DateTime<Utc>, ask: Ask) -> Option<()> {
        if let Ask::TopUp(minor) = ask {
            self.balance += minor;
        }
        self.settle(now);
        let state = self.state.clone();
        match ask {
            Ask::Wait(_) | Ask::TopUp(_) => {}
            Ask::Renew => self.pay(now, state.renew(now).ok()?)?,
            Ask::Pause => self.state = state.pause(now, None).ok()?,
            Ask::Resume => match state.resume(now).ok()? {
                Resumed::Free(state) => self.state = state,
                Resumed::Charged(charged) => self.pay(now, charged)?,
            },
            Ask::DeactivateNow => {
                self.state = state.deactivate_now(now).ok()?;
                let today = local_date(now, ZONE);
                for (period, minor, charged_at) in &mut self.paid {
                    let back = refund(*minor, period, local_date(*charged_at, ZONE), today).amount_minor;
                    *minor -= back;
                    self.balance += back;
                }
            }
            Ask::DeactivateAtPeriodEnd => self.state = state.deactivate_at_period_end(now).ok()?,
            Ask::Keep => self.state = state.keep(now).ok()?,
            Ask::AutoRenew(on) => self.state = state.set_auto_renew(on, now).ok()?,
            Ask::ChangeInterval(months) => {
                self.state = state.change_interval_at_renewal(interval_of(months), now).ok()?;
            }
        }
        Some(())
    }

    fn settle(&mut self, now: DateTime<Utc>) {
        while let Some(step) = self.state.settle_step(now, Arrears::Hold).unwrap() {
            let state = self.state.clone();
            match step {
                SettleStep::Renew => {
                    let charged = state.clone().renew_due(now).unwrap();
                    if self.pay(now, charged).is_none() {
                        self.state = match state.fail_renewal(now, 7).unwrap() {
                            FailedRenewal::InGrace(state) | FailedRenewal::Expired(state) => state,
                        };
                        return;
                    }
                }
                SettleStep::Hold => {
                    self.state.held_at = Some(now);
                    return;
                }
                SettleStep::Expire { .. } => self.state = state.expire(now).unwrap(),
                SettleStep::Deactivate { .. } => self.state = state.deactivate_as_scheduled(now).unwrap(),
                SettleStep::Resume => panic!("nobody asked for a resumption by itself"),
            }
        }
    }

    fn pay(&mut self, now: DateTime<Utc>, charged: Charged) -> Option<()> {
        let Charge { period, term, .. } = charged.charge;
        let minor = PRICE_OF_MONTH * i64::from(term.interval.months());
        if self.balance < minor {
            return None;
        }
        self.balance -= minor;
        self.paid.push((period, minor, now));
        self.state = charged.activation;
        Some(())
    }
}

async fn through_http(stand: &Stand, product: shared::vocab::ProductId, seed: u64) -> Result<(), String> {
    let (start, months, asks) = script(seed);
    let mut model = model_of(start, months);
    stand.set_time(moment_of(model.now));
    let account = stand.account_in(&format!("seed {seed}"), PRICE_OF_MONTH * 20, ZONE).await;
    let caller = stand.caller(&account);
    let create =
        json!({"client_id": account.client_id, "product_id": product, "billing_interval": interval_of(months)});
    let created = post(&caller, paths::ACTIVATIONS, &create, "create").await;
    let id: ActivationId = created.1["activation"]["id"].as_str().ok_or(format!("{created:?}"))?.parse().unwrap();
    for (step, ask) in asks.into_iter().enumerate() {
        let expected = model.ask(ask).is_ok();
        let now = moment_of(model.now);
        stand.set_time(now);
        let done = perform(stand, &caller, &account, id, ask, step).await;
        let at = format!("step {step}, {ask:?} at {now}");
        let done = done.map_err(|why| format!("{at}: {why}"))?;
        if expected != done {
            return Err(format!("{at}: the model says done {expected}, found {done}"));
        }
        let state = stand.activation(&account, id).await;
        compare(&model, &state, stand.balance(&account).await).map_err(|why| format!("{at}: {why}"))?;
    }
    let differences = stand.differences(&account).await;
    if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
}

/// Whether it was done; an error for an answer that is neither that nor a conflict.
async fn perform(
    stand: &Stand,
    caller: &Caller,
    account: &Account,
    id: ActivationId,
    ask: Ask,
    step: usize,
) -> Result<bool, String> {
    let action = |action| paths::activation_action(id, action);
    let (path, body) = match ask {
        Ask::Wait(_) => {
            stand.run_due(account).await;
            return Ok(true);
        }
        Ask::TopUp(minor) => {
            stand.top_up(account, minor).await;
            stand.run_due(account).await;
            return Ok(true);
        }
        Ask::AutoRenew(on) => return set_auto_renew(caller, id, on).await,
        Ask::Renew => (action(ActivationAction::Renew), json!({})),
        Ask::Pause => (action(ActivationAction::Pause), json!({})),
        Ask::Resume => (action(ActivationAction::Resume), json!({})),
        Ask::DeactivateNow => (action(ActivationAction::Deactivate), json!({"takes_effect": TakesEffect::Now})),
        Ask::DeactivateAtPeriodEnd => {
            (action(ActivationAction::Deactivate), json!({"takes_effect": TakesEffect::PeriodEnd}))
        }
        Ask::Keep => (action(ActivationAction::Keep), json!({})),
        Ask::ChangeInterval(months) => {
            (action(ActivationAction::ChangeInterval), json!({"billing_interval": interval_of(months)}))
        }
    };
    judge(post(caller, &path, &body, &format!("step-{step}")).await)
}

async fn set_auto_renew(caller: &Caller, id: ActivationId, on: bool) -> Result<bool, String> {
    let path = paths::activation(id);
    let now = caller.get(&path).await;
    let caller = caller.clone().with_header("if-match", now.header("etag").unwrap_or("*"));
    let body = json!({"auto_renew": on}).to_string().into_bytes();
    let answer = caller.send(reqwest::Method::PATCH, &path, Some(("application/json", body))).await;
    judge((answer.status.as_u16(), serde_json::from_slice(&answer.bytes).unwrap_or_default()))
}

fn judge((status, answer): (u16, Value)) -> Result<bool, String> {
    match status {
        200 | 201 => Ok(true),
        409 => Ok(false),
        _ => Err(format!("{status} {answer}")),
    }
}

async fn post(caller: &Caller, path: &str, body: &Value, key: &str) -> (u16, Value) {
    let answer = caller.clone().with_header("idempotency-key", key).post(path, body).await;
    (answer.status.as_u16(), serde_json::from_slice(&answer.bytes).unwrap_or_default())
}
