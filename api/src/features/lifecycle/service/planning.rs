//! What an action would do to a settled activation: worked out whole, before anything is written.
//!
//! A quote shows a plan, a commit carries it out: both see the same figures because there is only one place that makes
//! them.

use chrono::{DateTime, Utc};
use domain::activation::{Activation, Charge, Charged, Resumed};
use domain::billing_calendar::local_date;
use domain::ledger::{interval_change, interval_change_credit, refund};
use shared::problem::ProblemCode;
use shared::vocab::{ActivationStatus, BillingInterval, HistoryKind, TakesEffect};

use super::super::store::{self, PaidPeriodRow, Stored};
use super::recording::{Happening, Priced, price_of};
use super::{Context, refused};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::catalogue;
use crate::features::catalogue::store::{Replacements, replacements};

/// What can be asked of an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Pay the next period.
    Renew,
    /// Switch off, keeping what is paid.
    Pause {
        /// When it shall resume by itself.
        resume_at: Option<DateTime<Utc>>,
    },
    /// Switch on again.
    Resume,
    /// End for good.
    Deactivate(TakesEffect),
    /// Undo a scheduled end.
    Keep,
    /// Bill by another interval.
    ChangeInterval(BillingInterval, TakesEffect),
    /// Try a failed set-up again.
    Retry,
}

/// An action, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub action: Action,
    /// Why, for a person.
    pub reason: Option<String>,
}

impl From<Action> for Request {
    fn from(action: Action) -> Self {
        Self { action, reason: None }
    }
}

/// A part of an earlier charge that is given back.
#[derive(Debug, Clone, Copy)]
pub(super) struct GiveBack {
    /// The period that was paid.
    pub row: PaidPeriodRow,
    /// How much of it, in minor units.
    pub minor: i64,
}

/// What an action would do.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The activation, settled.
    pub before: Stored,
    /// The activation afterwards.
    pub after: Stored,
    /// What is given back first.
    pub give_back: Vec<GiveBack>,
    /// What is paid then.
    pub paid: Option<(Charge, Priced)>,
    /// Whether what was given back ends the periods it was paid for: a change of interval at once.
    pub supersedes: bool,
    /// When it takes effect.
    pub effective_at: DateTime<Utc>,
    /// What it is called.
    pub happening: Happening,
}

impl Plan {
    /// What is given back, in minor units.
    pub fn credit_minor(&self) -> i64 {
        self.give_back.iter().map(|part| part.minor).sum()
    }

    /// What leaves the wallet, in minor units; negative if money comes back.
    pub fn amount_minor(&self) -> i64 {
        self.paid.map_or(0, |(_, price)| price.minor) - self.credit_minor()
    }

    /// A transition that moves no money.
    pub fn free(before: Stored, state: Activation, happening: Happening) -> Self {
        let pending_price = before.pending_price.filter(|_| state.pending_interval.is_some());
        let after = Stored { pending_price, state, ..before.clone() };
        let (give_back, effective_at) = (Vec::new(), happening.at);
        Self { before, after, give_back, paid: None, supersedes: false, effective_at, happening }
    }

    /// A transition that pays a period.
    pub async fn paid(
        tx: &WriteTx,
        context: &Context<'_>,
        before: Stored,
        charged: Charged,
        happening: Happening,
    ) -> Result<Self, Error> {
        let price = price_of(tx, context, &before, &charged.charge).await?;
        let mut plan = Self::at_price(before, charged, price, happening);
        // Who catches up charges the next period without reading it anew.
        plan.after.take_replacement()?;
        Ok(plan)
    }

    /// Lets what was announced of the price that is held now decide on the next period.
    fn look_ahead(&mut self, announced: &Replacements) -> Result<(), Error> {
        self.after.replacements = announced.of(self.after.held_price());
        self.after.take_replacement()
    }

    fn at_price(before: Stored, charged: Charged, price: Priced, mut happening: Happening) -> Self {
        if charged.charge.applies_change {
            let is_repriced = charged.charge.term.interval == before.state.term.interval;
            happening.reason.get_or_insert_with(|| match charged.charge.term.interval {
                _ if is_repriced => "At the new price.".to_owned(),
                interval => format!("Now {interval}."),
            });
        }
        let mut plan = Self::free(before, charged.activation, happening);
        (plan.after.price_id, plan.after.price_minor) = (price.id, price.minor);
        plan.paid = Some((charged.charge, price));
        plan
    }
}

/// Works out what an action would do to a settled activation, or why it is refused.
pub(super) async fn plan(
    tx: &WriteTx,
    context: &Context<'_>,
    before: Stored,
    request: &Request,
) -> Result<Plan, Error> {
    let announced = replacements(tx.connection()).await?;
    let mut plan = planned(tx, context, before, request, &announced).await?;
    plan.look_ahead(&announced)?;
    Ok(plan)
}

async fn planned(
    tx: &WriteTx,
    context: &Context<'_>,
    before: Stored,
    request: &Request,
    announced: &Replacements,
) -> Result<Plan, Error> {
    let (now, state) = (context.now, before.state.clone());
    let called = |kind, event| Happening { kind: Some(kind), event, at: now, reason: request.reason.clone() };
    match request.action {
        Action::Renew => {
            let charged = state.renew(now).map_err(refused)?;
            Plan::paid(tx, context, before, charged, called(HistoryKind::Renewed, "activation.renewed")).await
        }
        Action::Pause { resume_at } => {
            let state = state.pause(now, resume_at).map_err(refused)?;
            Ok(Plan::free(before, state, called(HistoryKind::Paused, "activation.paused")))
        }
        Action::Resume => {
            let resumed = called(HistoryKind::Resumed, "activation.resumed");
            match state.resume(now).map_err(refused)? {
                Resumed::Free(state) => Ok(Plan::free(before, state, resumed)),
                Resumed::Charged(charged) => Plan::paid(tx, context, before, charged, resumed).await,
            }
        }
        Action::Deactivate(TakesEffect::PeriodEnd) => {
            let state = state.deactivate_at_period_end(now).map_err(refused)?;
            let effective_at = state.ends_at.unwrap_or(now);
            let scheduled = called(HistoryKind::EndScheduled, "activation.end_scheduled");
            Ok(Plan { effective_at, ..Plan::free(before, state, scheduled) })
        }
        Action::Deactivate(TakesEffect::Now) => {
            let state = state.deactivate_now(now).map_err(refused)?;
            let give_back = refunds(tx, context, &before).await?;
            let ended = called(HistoryKind::Deactivated, "activation.deactivated");
            Ok(Plan { give_back, ..Plan::free(before, state, ended) })
        }
        Action::Keep => {
            let state = state.keep(now).map_err(refused)?;
            Ok(Plan::free(before, state, called(HistoryKind::Kept, "activation.kept")))
        }
        Action::ChangeInterval(interval, TakesEffect::PeriodEnd) => {
            let changed = called(HistoryKind::IntervalChangeScheduled, "activation.interval_change_scheduled");
            change_at_renewal(tx, context, before, (interval, announced), changed).await
        }
        Action::ChangeInterval(interval, TakesEffect::Now) => {
            let changed = called(HistoryKind::IntervalChanged, "activation.interval_changed");
            change_now(tx, context, before, interval, changed).await
        }
        Action::Retry => {
            let charged = state.retry_provisioning(now).map_err(refused)?;
            let price = in_force(tx, context, &before, charged.charge.term.interval).await?;
            Ok(Plan::at_price(before, charged, price, called(HistoryKind::Retried, "activation.retried")))
        }
    }
}

/// Pins the price in force today, or what it is to be replaced by when the next period starts; the change comes with that.
async fn change_at_renewal(
    tx: &WriteTx,
    context: &Context<'_>,
    before: Stored,
    (interval, announced): (BillingInterval, &Replacements),
    happening: Happening,
) -> Result<Plan, Error> {
    let state = before.state.clone().change_interval_at_renewal(interval, context.now).map_err(refused)?;
    let effective_at = state.paid_until_at.unwrap_or(context.now);
    let is_chosen = state.pending_interval.is_some();
    let mut plan = Plan::free(before, state, happening);
    plan.effective_at = effective_at;
    plan.after.pending_price = None;
    if is_chosen {
        let price = in_force(tx, context, &plan.before, interval).await?;
        plan.after.pending_price = Some((price.id, price.minor));
        plan.look_ahead(announced)?;
    }
    plan.happening.reason = Some(match plan.after.pending_price {
        Some((_, minor)) => format!("From the next renewal on {interval}, {}.", context.reseller.money(minor)),
        None => format!("Stays {interval}."),
    });
    Ok(plan)
}

/// Credits the unused days of the running period and what has not begun, and charges a new term from today.
async fn change_now(
    tx: &WriteTx,
    context: &Context<'_>,
    before: Stored,
    interval: BillingInterval,
    happening: Happening,
) -> Result<Plan, Error> {
    let charged = before.state.clone().change_interval_now(interval, context.now).map_err(refused)?;
    if interval == before.state.term.interval {
        let message = format!("is {interval} already; a change at once needs another interval");
        return Err(Error::field("/billing_interval", "unchanged", message));
    }
    let price = in_force(tx, context, &before, interval).await?;
    let today = local_date(context.now, before.state.term.zone);
    let mut give_back = Vec::new();
    for row in store::list_periods(tx, context.reseller.id, before.id, Some(context.now)).await? {
        let minor = interval_change_credit(&[row.paid], today).map_err(Error::internal)?;
        give_back.push(GiveBack { row, minor });
    }
    let credit_minor = give_back.iter().map(|part| part.minor).sum();
    interval_change(credit_minor, price.minor).map_err(|refusal| {
        let [credit, charge] = [refusal.credit_minor, refusal.charge_minor].map(|minor| context.reseller.money(minor));
        let detail =
            format!("{credit} is still paid for, more than the {charge} of the new period: change at renewal.");
        Error::new(ProblemCode::ChangeAtRenewalOnly, detail)
    })?;
    let reason = Some(format!("Now {interval}."));
    let plan = Plan::at_price(before, charged, price, Happening { reason, ..happening });
    Ok(Plan { give_back, supersedes: true, ..plan })
}

/// The price of an interval that is in force today.
async fn in_force(
    tx: &WriteTx,
    context: &Context<'_>,
    activation: &Stored,
    interval: BillingInterval,
) -> Result<Priced, Error> {
    let (currency, on) = (context.reseller.currency, local_date(context.now, activation.state.term.zone));
    let found = catalogue::store::find_price(tx.connection(), activation.product_id, interval, currency, on).await?;
    let price = found.ok_or_else(|| not_priced("/billing_interval", interval, context, on))?;
    Ok(Priced { id: price.id, minor: price.details.amount_minor })
}

/// The refusal of an interval that a product has no price for.
pub(super) fn not_priced(
    pointer: &str,
    interval: BillingInterval,
    context: &Context<'_>,
    on: chrono::NaiveDate,
) -> Error {
    let message = format!("has no {interval} price in {} on {on}", context.reseller.currency);
    Error::field(pointer, "not_priced", message)
}

/// What the rules give back of the running period and of those that have not begun.
async fn refunds(tx: &WriteTx, context: &Context<'_>, before: &Stored) -> Result<Vec<GiveBack>, Error> {
    if before.state.status == ActivationStatus::Expired {
        return Ok(Vec::new());
    }
    let zone = before.state.term.zone;
    let today = local_date(context.now, zone);
    let rows = store::list_periods(tx, context.reseller.id, before.id, Some(context.now)).await?;
    let share = |row: PaidPeriodRow| {
        let charged_on = local_date(row.charged_at, zone);
        GiveBack { row, minor: refund(row.paid.charge_minor, &row.paid.period, charged_on, today).amount_minor }
    };
    Ok(rows.into_iter().map(share).filter(|part| part.minor > 0).collect())
}
