//! What time alone does: renewals, ends of grace, terms and pauses (docs/domain.md §6).

use chrono::{DateTime, Utc};
use domain::activation::{Arrears, ExpiryReason, FailedRenewal, Resumed, SettleStep};
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::HistoryKind;

use super::super::store::{self, Stored};
use super::recording::{Happening, change, charge, price_of, written};
use super::running::run_due;
use super::tally::Tally;
use super::{Context, refused};
use crate::auth::Actor;
use crate::db::{NewEvent, WriteTx};
use crate::error::Error;
use crate::features::ledger::store::lock_wallet;
use crate::features::renewals::service::tell;

/// What a step led to.
pub(super) enum Progress {
    /// Something else may be due now.
    Further(Stored),
    /// Nothing more can be done for now.
    Stuck(Stored),
}

/// Does for one activation what a run would have done by now. The caller holds the wallet's lock.
pub async fn settle(tx: &WriteTx, context: &Context<'_>, activation: Stored) -> Result<Stored, Error> {
    let system = Actor::system();
    let context = context.by(&system);
    let (mut activation, mut tally) = (activation, Tally::default());
    let settled = loop {
        let before = activation.clone();
        match advance(tx, &context, activation, Arrears::Hold).await? {
            Progress::Further(next) => {
                tally.note(&before, &next);
                activation = next;
            }
            Progress::Stuck(settled) => {
                tally.note(&before, &settled);
                break settled;
            }
        }
    };
    // The run that comes later finds it like this and has nothing to tell.
    tell(tx, context.reseller, context.now, &tally.told).await?;
    Ok(settled)
}

/// Lets time pass up to `until`, included, as if a run had come at every moment at which something was due.
pub async fn replay_until(tx: &WriteTx, context: &Context<'_>, until: DateTime<Utc>) -> Result<(), Error> {
    let mut last = None;
    while let Some(due_at) = next_due_at(tx, &context.at(until), last).await?.filter(|due_at| *due_at <= until) {
        let context = context.at(due_at);
        run_due(tx, &context).await?;
        last = Some(due_at);
    }
    Ok(())
}

/// The next moment at which time changes something, later than `after`.
pub async fn next_due_at(
    tx: &WriteTx,
    context: &Context<'_>,
    after: Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>, Error> {
    store::next_due_at(tx.connection(), context.reseller.id, after).await
}

/// One step of what is due.
pub(super) async fn advance(
    tx: &WriteTx,
    context: &Context<'_>,
    activation: Stored,
    arrears: Arrears,
) -> Result<Progress, Error> {
    let step = activation.state.settle_step(context.now, arrears).map_err(Error::internal)?;
    match step {
        None => Ok(Progress::Stuck(activation)),
        Some(SettleStep::Renew) => renew_due(tx, context, activation).await,
        Some(SettleStep::Resume) => resume_due(tx, context, activation).await,
        Some(SettleStep::Hold) => {
            let state = domain::activation::Activation { held_at: Some(context.now), ..activation.state.clone() };
            let held = happening(None, "activation.held", context.now, "Too many periods are due at once.");
            change(tx, context, &activation, state, held).await.map(Progress::Stuck)
        }
        Some(SettleStep::Expire { at, reason }) => {
            let state = activation.state.clone().expire(context.now).map_err(refused)?;
            let reason = match reason {
                ExpiryReason::NotPaid => "Not paid within the grace.",
                ExpiryReason::EndOfTerm => "The paid term is over and auto-renew is off.",
                ExpiryReason::PausedTooLong => "Paused for too long.",
            };
            let expired = happening(Some(HistoryKind::Expired), "activation.expired", at, reason);
            change(tx, context, &activation, state, expired).await.map(Progress::Further)
        }
        Some(SettleStep::Deactivate { at }) => {
            let state = activation.state.clone().deactivate_as_scheduled(context.now).map_err(refused)?;
            let ended =
                happening(Some(HistoryKind::Deactivated), "activation.deactivated", at, "The scheduled end came.");
            change(tx, context, &activation, state, ended).await.map(Progress::Further)
        }
    }
}

async fn renew_due(tx: &WriteTx, context: &Context<'_>, activation: Stored) -> Result<Progress, Error> {
    let charged = activation.state.clone().renew_due(context.now).map_err(refused)?;
    let price = price_of(tx, context, &activation, &charged.charge).await?;
    let renewed =
        Happening { kind: Some(HistoryKind::Renewed), event: "activation.renewed", at: context.now, reason: None };
    match charge(tx, context, &activation, charged, renewed).await {
        Ok(after) => Ok(Progress::Further(after)),
        Err(error) if error.code() == ProblemCode::WalletBlocked => Ok(Progress::Stuck(activation)),
        Err(error) if error.code() == ProblemCode::InsufficientBalance => {
            fail_renewal(tx, context, activation, price.minor).await.map(Progress::Stuck)
        }
        Err(error) => Err(error),
    }
}

/// Into grace, or off; a further failure in grace changes nothing and is not told again.
async fn fail_renewal(
    tx: &WriteTx,
    context: &Context<'_>,
    activation: Stored,
    required_minor: i64,
) -> Result<Stored, Error> {
    let available_minor = lock_wallet(tx, context.reseller.id).await?.map_or(0, |wallet| wallet.balance_minor);
    let [required, available, shortfall] =
        [required_minor, available_minor, required_minor - available_minor].map(|minor| context.reseller.money(minor));
    let missing = format!("{required} was due, {available} was available, {shortfall} was missing.");
    let state = activation.state.clone();
    let (state, kind, event) = match state.fail_renewal(context.now, activation.grace_days).map_err(refused)? {
        FailedRenewal::InGrace(state) if state == activation.state => return Ok(activation),
        FailedRenewal::InGrace(state) => (state, HistoryKind::RenewalFailed, "activation.renewal_failed"),
        FailedRenewal::Expired(state) => (state, HistoryKind::Expired, "activation.expired"),
    };
    let failed = happening(Some(kind), event, context.now, missing);
    change(tx, context, &activation, state, failed).await
}

async fn resume_due(tx: &WriteTx, context: &Context<'_>, activation: Stored) -> Result<Progress, Error> {
    let resumed = Happening {
        kind: Some(HistoryKind::Resumed),
        event: "activation.resumed",
        at: context.now,
        reason: Some("As planned.".to_owned()),
    };
    match activation.state.clone().resume(context.now).map_err(refused)? {
        Resumed::Free(state) => change(tx, context, &activation, state, resumed).await.map(Progress::Further),
        Resumed::Charged(charged) => match charge(tx, context, &activation, charged, resumed).await {
            Ok(after) => Ok(Progress::Further(after)),
            Err(error) if matches!(error.code(), ProblemCode::InsufficientBalance | ProblemCode::WalletBlocked) => {
                tx.push_event(NewEvent {
                    kind: "activation.resume_failed",
                    subject: activation.id.to_string(),
                    occurred_at: context.now,
                    request_id: context.request_id.map(str::to_owned),
                    payload: json!({
                        "activation_id": activation.id,
                        "resume_at": activation.state.resume_at.map(written),
                        "reason": error.to_string(),
                    }),
                });
                Ok(Progress::Stuck(activation))
            }
            Err(error) => Err(error),
        },
    }
}

fn happening(
    kind: Option<HistoryKind>,
    event: &'static str,
    at: DateTime<Utc>,
    reason: impl Into<String>,
) -> Happening {
    Happening { kind, event, at, reason: Some(reason.into()) }
}
