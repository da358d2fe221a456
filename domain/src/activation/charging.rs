//! Transitions that cost money, and the rule which period they pay.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use shared::vocab::{ActivationAction, ActivationStatus, BillingInterval, LedgerEntryKind};

use super::{Activation, TransitionError};
use crate::billing_calendar::{CalendarError, Period, Term, grace_until, local_date};

/// How a product is put in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provisioning {
    /// At once, as most products are.
    AtOnce,
    /// By hand: charged and pending until an operator has done it.
    ByHand,
}

/// A period that is to be paid. Its price is the one in force on the period's first day, found by the caller; a price
/// of zero makes a period but no ledger entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// What the ledger entry is called.
    pub kind: LedgerEntryKind,
    /// Number of the term the period belongs to.
    pub term_no: u32,
    /// That term.
    pub term: Term,
    /// Whether this charge opens the term; the one before it, if any, is closed.
    pub opens_term: bool,
    /// Whether it carries out [`Activation::pending_interval`], whose price was pinned with it.
    pub applies_change: bool,
    /// The period.
    pub period: Period,
}

/// A transition that costs money: what it costs, and the activation once that is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// The activation after payment.
    pub activation: Activation,
    /// What has to be paid.
    pub charge: Charge,
}

/// A resumed activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resumed {
    /// Within what is paid: free, in the same term.
    Free(Activation),
    /// Past what is paid: a new term from today on.
    Charged(Charged),
}

/// An activation whose renewal could not be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailedRenewal {
    /// It stays on until [`Activation::grace_until_at`].
    InGrace(Activation),
    /// It has no grace and is off.
    Expired(Activation),
}

impl Activation {
    /// Puts a product in service at `now`: charges the first period, which starts on the local day of `now`.
    pub fn activate(
        now: DateTime<Utc>,
        zone: Tz,
        interval: BillingInterval,
        auto_renew: bool,
        provisioning: Provisioning,
    ) -> Result<Charged, CalendarError> {
        let status = match provisioning {
            Provisioning::AtOnce => ActivationStatus::Active,
            Provisioning::ByHand => ActivationStatus::Pending,
        };
        let unpaid = Self {
            status,
            auto_renew,
            term_no: 1,
            term: Term::starting(local_date(now, zone), interval, zone),
            next_n: 0,
            pending_interval: None,
            paid_until_at: None,
            grace_until_at: None,
            ends_at: None,
            paused_at: None,
            resume_at: None,
            held_at: None,
            ended_at: None,
            skips_grace: false,
        };
        unpaid.pay(LedgerEntryKind::ActivationCharge)
    }

    /// The period that a renewal in the present term charges next, at its original date however late it is paid.
    pub fn next_charge(&self) -> Result<Charge, CalendarError> {
        self.charge(LedgerEntryKind::RenewalCharge)
    }

    /// Renews by hand (docs/domain.md §5).
    ///
    /// Active: pays the next period, in grace the unpaid one at its original date; refused while one is paid ahead, and
    /// with a scheduled end until that is undone. What is held stays so while more is due: only an operator releases that.
    /// Expired: opens a new term today. Auto-renew stays as it is.
    pub fn renew(self, now: DateTime<Utc>) -> Result<Charged, TransitionError> {
        match self.status {
            ActivationStatus::Active if self.ends_at.is_none() => {
                if let (Some(paid_until_at), false) = (self.paid_until_at, self.may_renew_ahead(now)?) {
                    return Err(TransitionError::AlreadyRenewedAhead { paid_until_at });
                }
                let held_at = self.held_at;
                let Charged { activation, charge } = self.pay(LedgerEntryKind::RenewalCharge)?;
                let held_at = held_at.filter(|_| !activation.is_paid_at(now));
                Ok(Charged { activation: Self { held_at, ..activation }, charge })
            }
            ActivationStatus::Expired => Ok(self.open_next_term(now, LedgerEntryKind::RenewalCharge)?),
            _ => Err(self.refusal(now)),
        }
    }

    /// Ends the present term today and opens one with another interval. The caller credits what is not used.
    ///
    /// Only while it is on and paid: no period that begins while paused is charged, and an unpaid one is not skipped.
    pub fn change_interval_now(
        self,
        interval: BillingInterval,
        now: DateTime<Utc>,
    ) -> Result<Charged, TransitionError> {
        if !self.allows(ActivationAction::ChangeInterval, now) {
            return Err(self.refusal(now));
        }
        if !self.is_on() || !self.is_paid_at(now) {
            return Err(TransitionError::ChangeAtRenewalOnly);
        }
        Ok(Self { pending_interval: None, ..self }.open_term(now, interval, LedgerEntryKind::RenewalCharge)?)
    }

    /// Renews as the renewal run does: only what is due at `now` and renews by itself.
    pub fn renew_due(self, now: DateTime<Utc>) -> Result<Charged, TransitionError> {
        if self.renews_at().is_none_or(|renews_at| now < renews_at) {
            return Err(self.refusal(now));
        }
        Ok(self.pay(LedgerEntryKind::RenewalCharge)?)
    }

    /// Notes that a due renewal could not be paid (docs/domain.md §6): into grace, or off if it has none.
    ///
    /// A further failure in grace changes nothing: one unpaid period at a time, and its grace is not prolonged.
    pub fn fail_renewal(self, failed_at: DateTime<Utc>, grace_days: u32) -> Result<FailedRenewal, TransitionError> {
        if self.renews_at().is_none_or(|renews_at| failed_at < renews_at) {
            return Err(self.refusal(failed_at));
        }
        if self.grace_until_at.is_some() {
            return Ok(FailedRenewal::InGrace(self));
        }
        if self.skips_grace {
            return Ok(FailedRenewal::Expired(self.expired(failed_at, true)));
        }
        let due_on = self.term.period_start(self.next_n)?;
        let grace_until_at = Some(grace_until(due_on, grace_days, self.term.zone, failed_at)?);
        Ok(FailedRenewal::InGrace(Self { grace_until_at, ..self }))
    }

    /// Switches a paused activation on again: free while `now` is within what is paid, else a full charge in a new term
    /// whose anchor is today. Auto-renew stays as it is.
    pub fn resume(self, now: DateTime<Utc>) -> Result<Resumed, TransitionError> {
        if self.status != ActivationStatus::Paused {
            return Err(self.refusal(now));
        }
        if self.is_paid_at(now) {
            let status = ActivationStatus::Active;
            return Ok(Resumed::Free(Self { status, paused_at: None, resume_at: None, ..self }));
        }
        Ok(Resumed::Charged(self.open_next_term(now, LedgerEntryKind::RenewalCharge)?))
    }

    /// Tries a failed set-up again: pending in the next term, which starts today.
    pub fn retry_provisioning(self, now: DateTime<Utc>) -> Result<Charged, TransitionError> {
        if self.status != ActivationStatus::Failed {
            return Err(self.refusal(now));
        }
        let mut charged = self.open_next_term(now, LedgerEntryKind::ActivationCharge)?;
        charged.activation.status = ActivationStatus::Pending;
        Ok(charged)
    }

    /// Whether one more period may be paid: what is paid ends no later than the period that contains `now`.
    pub(super) fn may_renew_ahead(&self, now: DateTime<Utc>) -> Result<bool, CalendarError> {
        // Before the term begins, its first period is the one paid ahead.
        let Some(running) = self.term.period_at(now)? else { return Ok(false) };
        Ok(self.paid_until_at.is_none_or(|paid_until_at| paid_until_at <= running.ends_at))
    }

    /// The term of the next charge, its number, and the period's: another term where a change of interval waits.
    pub(super) fn upcoming(&self) -> Result<(u32, Term, u32), CalendarError> {
        // A term is only ever opened with the interval that was chosen.
        let Some(interval) = self.pending_interval else { return Ok((self.term_no, self.term, self.next_n)) };
        let start_on = self.term.period_start(self.next_n)?;
        let term = Term::continuing(start_on, self.term.anchor_day, interval, self.term.zone)?;
        Ok((self.term_no.checked_add(1).ok_or(CalendarError::OutOfRange)?, term, 0))
    }

    fn charge(&self, kind: LedgerEntryKind) -> Result<Charge, CalendarError> {
        let (term_no, term, n) = self.upcoming()?;
        let applies_change = self.pending_interval.is_some();
        Ok(Charge { kind, term_no, term, opens_term: n == 0, applies_change, period: term.period(n)? })
    }

    /// The next period, and the activation once it is paid.
    fn pay(self, kind: LedgerEntryKind) -> Result<Charged, CalendarError> {
        let charge = self.charge(kind)?;
        let activation = Self {
            term_no: charge.term_no,
            term: charge.term,
            next_n: charge.period.n.checked_add(1).ok_or(CalendarError::OutOfRange)?,
            pending_interval: None,
            paid_until_at: Some(charge.period.ends_at),
            grace_until_at: None,
            held_at: None,
            // The charge that opens the first term, or one after a gap, is no renewal yet.
            skips_grace: self.skips_grace && self.next_n == 0,
            ..self
        };
        Ok(Charged { activation, charge })
    }

    /// A new term that starts on the local day of `now`, with the interval that was chosen for the next charge.
    fn open_next_term(self, now: DateTime<Utc>, kind: LedgerEntryKind) -> Result<Charged, CalendarError> {
        let applies_change = self.pending_interval.is_some();
        let interval = self.pending_interval.unwrap_or(self.term.interval);
        let mut charged = Self { pending_interval: None, ..self }.open_term(now, interval, kind)?;
        charged.charge.applies_change = applies_change;
        Ok(charged)
    }

    /// A new term that starts on the local day of `now`, and the activation once its first period is paid.
    fn open_term(
        self,
        now: DateTime<Utc>,
        interval: BillingInterval,
        kind: LedgerEntryKind,
    ) -> Result<Charged, CalendarError> {
        let opened = Self {
            status: ActivationStatus::Active,
            term_no: self.term_no.checked_add(1).ok_or(CalendarError::OutOfRange)?,
            term: Term::starting(local_date(now, self.term.zone), interval, self.term.zone),
            next_n: 0,
            ends_at: None,
            paused_at: None,
            resume_at: None,
            ended_at: None,
            ..self
        };
        opened.pay(kind)
    }
}
