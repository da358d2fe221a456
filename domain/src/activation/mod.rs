//! The life of an activation: which transitions are allowed, and which period is charged next (docs/domain.md §5).
//!
//! A transition consumes the value, takes the time as an argument and returns the value as it is afterwards. It never
//! asks whether there is money: the caller debits what a [`Charge`] names and drops the result if that is refused.
//! Call [`Activation::settle_step`] first, so that no outcome depends on when a scheduler ticks. Knows nothing of
//! prices, rows or requests.

mod charging;
mod settling;
mod transitions;

use chrono::{DateTime, Utc};
use shared::vocab::{ActivationAction, ActivationStatus, BillingInterval, BillingState};

pub use charging::{Charge, Charged, FailedRenewal, Provisioning, Resumed};
pub use settling::{Arrears, ExpiryReason, MAX_PAUSE_DAYS, MAX_PERIODS_IN_ARREARS, ServiceDates, SettleStep};

use crate::billing_calendar::{CalendarError, Term};

/// An activation as far as its life is concerned: plain fields, one per column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Where it stands.
    pub status: ActivationStatus,
    /// Whether it renews by itself at the end of what is paid.
    pub auto_renew: bool,
    /// Number of the present term, from 1.
    pub term_no: u32,
    /// The present term; its zone was frozen at activation.
    pub term: Term,
    /// Number of the first period of the term that is not paid.
    pub next_n: u32,
    /// The interval chosen for the next period that is charged, by whatever way; it opens a new term.
    pub pending_interval: Option<BillingInterval>,
    /// End, exclusive, of the last paid period; `None` after a failed set-up, whose charge was reversed.
    pub paid_until_at: Option<DateTime<Utc>>,
    /// Until when it stays on although the period from [`Self::paid_until_at`] on is not paid.
    pub grace_until_at: Option<DateTime<Utc>>,
    /// Scheduled end: at this moment it is deactivated, whatever the balance.
    pub ends_at: Option<DateTime<Utc>>,
    /// Since when it is paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// When it shall resume by itself.
    pub resume_at: Option<DateTime<Utc>>,
    /// Since when its renewals are held back because too many were due at once.
    pub held_at: Option<DateTime<Utc>>,
    /// When it left service by expiry, deactivation or a failed set-up.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether the next renewal has no grace: it is the first one after an expiry for non-payment.
    pub skips_grace: bool,
}

/// Why a transition is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// Not from this state; tells what is allowed instead.
    #[error("not allowed while the activation is {status}")]
    Invalid {
        /// Where the activation stands.
        status: ActivationStatus,
        /// What could be asked for instead.
        allowed_actions: Vec<ActivationAction>,
    },
    /// The period after the running one is paid already.
    #[error("already renewed ahead until {paid_until_at}")]
    AlreadyRenewedAhead {
        /// End of what is paid.
        paid_until_at: DateTime<Utc>,
    },
    /// Only what is on and paid can change its interval at once; everything else changes with the next charge.
    #[error("the interval can change with the next charged period only")]
    ChangeAtRenewalOnly,
    /// A date beyond the calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl Activation {
    /// What billing will do next: a value exactly while it is active.
    ///
    /// With auto-renew off no renewal is tried, so an unpaid activation whose auto-renew was switched off is ending.
    pub fn billing_state(&self) -> Option<BillingState> {
        if self.status != ActivationStatus::Active {
            return None;
        }
        Some(if !self.auto_renew || self.ends_at.is_some() {
            BillingState::Ending
        } else if self.grace_until_at.is_some() {
            BillingState::Grace
        } else {
            BillingState::Current
        })
    }

    /// The interval that was chosen for the next charge, if that is another than the present one.
    pub fn chosen_interval(&self) -> Option<BillingInterval> {
        self.pending_interval.filter(|interval| *interval != self.term.interval)
    }

    /// When the next period is charged by itself, in the past while in grace; `None` if it does not renew.
    pub fn renews_at(&self) -> Option<DateTime<Utc>> {
        match self.billing_state()? {
            BillingState::Current | BillingState::Grace => self.paid_until_at,
            BillingState::Ending => None,
        }
    }

    /// When an active activation leaves service if nothing is done: the scheduled end, the end of grace, or the end
    /// of what is paid. `None` while it renews by itself.
    pub fn leaves_service_at(&self) -> Option<DateTime<Utc>> {
        match self.billing_state()? {
            BillingState::Ending => self.ends_at.or(self.grace_until_at).or(self.paid_until_at),
            BillingState::Current | BillingState::Grace => None,
        }
    }

    /// Whether it is on; grace included.
    pub fn is_on(&self) -> bool {
        self.status == ActivationStatus::Active
    }

    /// Whether `now` lies in what is paid.
    pub fn is_paid_at(&self, now: DateTime<Utc>) -> bool {
        self.paid_until_at.is_some_and(|paid_until_at| now < paid_until_at)
    }

    /// Whether a deactivation can wait for the end of the paid period: not in grace, not past it, not twice.
    pub fn may_end_at_period_end(&self, now: DateTime<Utc>) -> bool {
        matches!(self.status, ActivationStatus::Active | ActivationStatus::Paused)
            && self.grace_until_at.is_none()
            && self.ends_at.is_none()
            && self.is_paid_at(now)
    }

    /// What a member may ask for at `now`, in the order of [`ActivationAction::ALL`].
    pub fn allowed_actions(&self, now: DateTime<Utc>) -> Vec<ActivationAction> {
        ActivationAction::ALL.iter().copied().filter(|action| self.allows(*action, now)).collect()
    }

    fn allows(&self, action: ActivationAction, now: DateTime<Utc>) -> bool {
        use ActivationStatus::{Active, Expired, Paused};
        let has_scheduled_end = self.ends_at.is_some();
        match action {
            ActivationAction::Renew => match self.status {
                Active => !has_scheduled_end && self.may_renew_ahead(now).unwrap_or(false),
                status => status == Expired,
            },
            ActivationAction::Pause => self.status == Active,
            ActivationAction::Resume => self.status == Paused,
            ActivationAction::Deactivate => matches!(self.status, Active | Paused | Expired),
            ActivationAction::Keep => matches!(self.status, Active | Paused) && has_scheduled_end,
            ActivationAction::ChangeInterval => matches!(self.status, Active | Paused) && !has_scheduled_end,
            ActivationAction::Retry => self.status == ActivationStatus::Failed,
        }
    }

    /// The refusal of a transition from this state.
    fn refusal(&self, now: DateTime<Utc>) -> TransitionError {
        TransitionError::Invalid { status: self.status, allowed_actions: self.allowed_actions(now) }
    }
}

#[cfg(test)]
mod tests;
