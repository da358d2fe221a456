//! Between what is sent and what the rules understand: requests, quotes and answers of writes.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::billing_calendar::local_midnight;
use shared::dto::activation::{Activation, Period};
use shared::dto::lifecycle::{
    ActivationChange, BulkActivationsRequest, CreateActivationRequest, Expected, MAX_BULK_ITEMS, NextRenewal,
    PauseActivationRequest, Quote, QuoteActionRequest, QuoteNewActivationRequest, QuotedRunway,
};
use shared::problem::ProblemCode;
use shared::vocab::{ActivationAction, BillingInterval, ClientId, Permission, TakesEffect};
use uuid::Uuid;

use super::service::{Action, Done, NewActivation, Quoted, Request};
use crate::auth::{Caller, Reseller};
use crate::clock::whole_micros;
use crate::error::Error;
use crate::http::text;

/// The longest reason.
const MAX_REASON: usize = 500;
/// The longest reference of the sender's own.
const MAX_REFERENCE: usize = 100;
/// The longest notes.
const MAX_NOTES: usize = 2_000;
/// A pause cannot last longer than what is paid, or 90 days.
const MAX_PAUSE: TimeDelta = TimeDelta::days(2 * 366);

/// What a caller agreed to, may do and may see.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    reseller: &'a Reseller,
    expected: Option<&'a Expected>,
    may_spend: bool,
    sees_money: bool,
}

impl<'a> Terms<'a> {
    /// Of a caller.
    pub fn of<P>(caller: &'a Caller<P>, expected: Option<&'a Expected>) -> Self {
        let may_spend = caller.may(Permission::ActivationsSpend);
        Self { reseller: caller.reseller(), expected, may_spend, sees_money: caller.may(Permission::WalletRead) }
    }

    /// Whether [`Self::check`] can refuse anything.
    pub fn are_open(&self) -> bool {
        self.expected.is_some() || !self.may_spend
    }

    /// Refuses what costs money without the permission, and what is not what was agreed to.
    pub fn check(&self, quoted: &Quoted) -> Result<(), Error> {
        if quoted.amount_minor != 0 && !self.may_spend {
            let detail = format!("This moves money and needs the permission {}.", Permission::ActivationsSpend);
            return Err(Error::new(ProblemCode::PermissionDenied, detail));
        }
        let now = quote(self.reseller, quoted, self.sees_money);
        let is_agreed = |expected: &Expected| {
            expected.amount == now.amount
                && expected.period_start_on == now.period.as_ref().map(|period| period.start_on)
        };
        if self.expected.is_none_or(is_agreed) { Ok(()) } else { Err(Error::quote_changed(now)) }
    }
}

/// A quote; without `sees_money` the amounts of the wallet are left out.
pub fn quote(reseller: &Reseller, quoted: &Quoted, sees_money: bool) -> Quote {
    let money = |minor| reseller.money(minor);
    let on = |at: DateTime<Utc>| reseller.date_of(at);
    let missing = -quoted.balance_after_minor;
    Quote {
        as_of: quoted.as_of,
        amount: money(quoted.amount_minor),
        price: quoted.price_minor.map(money),
        credit: money(quoted.credit_minor),
        period: quoted.period.map(|(start, end)| Period { start_on: on(start), end_on: on(end) }),
        due_first: money(quoted.due_first_minor),
        status_before: quoted.status_before,
        status: quoted.status,
        effective_on: on(quoted.effective_at),
        paid_until_before_on: quoted.paid_until_before_at.map(on),
        paid_until_on: quoted.paid_until_at.map(on),
        next_renewal: quoted.next_renewal.map(|(at, minor, billing_interval)| NextRenewal {
            renews_on: on(at),
            amount: money(minor),
            billing_interval,
        }),
        ends_on: quoted.leaves_service_at.map(on),
        balance_before: sees_money.then(|| money(quoted.balance_before_minor)),
        balance_after: sees_money.then(|| money(quoted.balance_after_minor)),
        shortfall: (sees_money && missing > 0).then(|| money(missing)),
        runway: quoted.runway.filter(|_| sees_money).map(|runway| QuotedRunway {
            state: runway.state,
            covered_until_on: runway.covered_until_on,
            first_shortfall_on: runway.shortfall.map(|short| short.on),
            first_shortfall: runway.shortfall.map(|short| money(short.minor)),
        }),
    }
}

/// What a write did; without `sees_money` the balance is left out.
pub fn change(reseller: &Reseller, activation: Activation, done: &Done, sees_money: bool) -> ActivationChange {
    ActivationChange {
        activation,
        amount: reseller.money(done.amount_minor),
        ledger_entry_ids: done.ledger_entry_ids.clone(),
        balance: sees_money.then(|| reseller.money(done.balance_minor)),
    }
}

/// A new activation as the rules understand it.
pub fn new_activation(body: &CreateActivationRequest) -> Result<NewActivation<'_>, Error> {
    text::check_given("/external_reference", body.external_reference.as_deref(), 1..=MAX_REFERENCE)?;
    text::check_given("/notes", body.notes.as_deref(), 0..=MAX_NOTES)?;
    Ok(NewActivation {
        id: None,
        client_id: body.client_id,
        product_id: body.product_id,
        interval: body.billing_interval,
        auto_renew: body.auto_renew,
        priority: priority(body.priority)?,
        price_id: None,
        external_reference: body.external_reference.as_deref(),
        notes: body.notes.as_deref(),
    })
}

/// A new activation to be quoted: for nobody yet.
pub fn quoted_new(body: &QuoteNewActivationRequest) -> NewActivation<'_> {
    NewActivation {
        id: None,
        client_id: ClientId(Uuid::nil()),
        product_id: body.product_id,
        interval: body.billing_interval,
        auto_renew: body.auto_renew,
        priority: 5,
        price_id: None,
        external_reference: None,
        notes: None,
    }
}

/// A place in the order of renewal.
pub fn priority(given: u8) -> Result<i16, Error> {
    if (1..=9).contains(&given) {
        return Ok(i16::from(given));
    }
    Err(Error::field("/priority", "out_of_range", "must be between 1 and 9"))
}

/// An action with its reason.
pub fn request(action: Action, reason: Option<&str>) -> Result<Request, Error> {
    text::check_given("/reason", reason, 0..=MAX_REASON)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    Ok(Request { action, reason })
}

/// A pause.
pub fn pause(body: &PauseActivationRequest, reseller: &Reseller, now: DateTime<Utc>) -> Result<Request, Error> {
    let resume_at = match (body.resume_at, body.resume_on) {
        (Some(_), Some(_)) => {
            return Err(Error::field("/resume_on", "invalid", "must not be given together with resume_at"));
        }
        // What the databases keep.
        (Some(at), None) => Some(in_pause("/resume_at", whole_micros(at), now)?),
        (None, on) => resume_on(on, reseller, now)?,
    };
    request(Action::Pause { resume_at }, body.reason.as_deref())
}

fn resume_on(on: Option<NaiveDate>, reseller: &Reseller, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    let Some(on) = on else { return Ok(None) };
    let out_of_range = |_| Error::field("/resume_on", "out_of_range", "is out of range");
    let at = local_midnight(on, reseller.time_zone).map_err(out_of_range)?;
    in_pause("/resume_on", at, now).map(Some)
}

fn in_pause(pointer: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
    if at <= now {
        return Err(Error::field(pointer, "out_of_range", "must be in the future"));
    }
    if at > now + MAX_PAUSE {
        return Err(Error::field(pointer, "out_of_range", "must be within two years"));
    }
    Ok(at)
}

/// An action to be quoted.
pub fn quoted_action(body: &QuoteActionRequest) -> Result<Request, Error> {
    request(action(body.action, body.takes_effect, body.billing_interval, None)?, None)
}

fn action(
    named: ActivationAction,
    takes_effect: Option<TakesEffect>,
    interval: Option<BillingInterval>,
    resume_at: Option<DateTime<Utc>>,
) -> Result<Action, Error> {
    use ActivationAction as A;
    let refuse = |pointer: &str| Err(Error::field(pointer, "invalid", format!("has no meaning with {named}")));
    if takes_effect.is_some() && !matches!(named, A::Deactivate | A::ChangeInterval) {
        return refuse("/takes_effect");
    }
    if interval.is_some() && named != A::ChangeInterval {
        return refuse("/billing_interval");
    }
    if resume_at.is_some() && named != A::Pause {
        return refuse("/resume_on");
    }
    let takes_effect = takes_effect.unwrap_or_default();
    Ok(match named {
        A::Renew => Action::Renew,
        A::Pause => Action::Pause { resume_at },
        A::Resume => Action::Resume,
        A::Deactivate => Action::Deactivate(takes_effect),
        A::Keep => Action::Keep,
        A::ChangeInterval => {
            let missing = || Error::field("/billing_interval", "required", "must be given with change_interval");
            Action::ChangeInterval(interval.ok_or_else(missing)?, takes_effect)
        }
        A::Retry => Action::Retry,
    })
}

/// What is asked of each activation of a bulk request.
pub fn bulk(body: &BulkActivationsRequest, reseller: &Reseller, now: DateTime<Utc>) -> Result<Request, Error> {
    if body.items.is_empty() || body.items.len() > MAX_BULK_ITEMS {
        return Err(Error::field("/items", "out_of_range", format!("must have 1 to {MAX_BULK_ITEMS} items")));
    }
    let mut seen = std::collections::HashSet::new();
    if let Some(index) = body.items.iter().position(|item| !seen.insert(item.activation_id)) {
        return Err(Error::field(format!("/items/{index}/activation_id"), "repeated", "must be named once"));
    }
    let resume_at = resume_on(body.resume_on, reseller, now)?;
    let action = action(body.action, body.takes_effect, body.billing_interval, resume_at)?;
    request(action, body.reason.as_deref())
}
