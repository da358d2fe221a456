//! Transitions that cost nothing.

use chrono::{DateTime, Utc};
use shared::vocab::{ActivationAction, ActivationStatus, BillingInterval};

use super::{Activation, TransitionError};

impl Activation {
    /// Pending to active: an operator has set it up.
    pub fn provisioned(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        if self.status != ActivationStatus::Pending {
            return Err(self.refusal(now));
        }
        Ok(Self { status: ActivationStatus::Active, ..self })
    }

    /// Pending to failed. The caller gives the whole charge back and closes the term.
    pub fn provisioning_failed(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        if self.status != ActivationStatus::Pending {
            return Err(self.refusal(now));
        }
        Ok(Self { status: ActivationStatus::Failed, paid_until_at: None, ended_at: Some(now), ..self })
    }

    /// Switches off at once, without a refund. In grace the unpaid period is dropped. `resume_at`, if given, lies after
    /// `now`.
    pub fn pause(self, now: DateTime<Utc>, resume_at: Option<DateTime<Utc>>) -> Result<Self, TransitionError> {
        if self.status != ActivationStatus::Active {
            return Err(self.refusal(now));
        }
        let status = ActivationStatus::Paused;
        Ok(Self { status, paused_at: Some(now), resume_at, grace_until_at: None, held_at: None, ..self })
    }

    /// Switches auto-renew on or off; in grace, off stops the tries and the service ends with the grace.
    pub fn set_auto_renew(self, auto_renew: bool, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        match self.status {
            ActivationStatus::Pending | ActivationStatus::Active | ActivationStatus::Paused => {
                Ok(Self { auto_renew, ..self })
            }
            _ => Err(self.refusal(now)),
        }
    }

    /// Schedules the end for the end of what is paid; [`Self::keep`] undoes it. See [`Self::may_end_at_period_end`].
    pub fn deactivate_at_period_end(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        if !self.may_end_at_period_end(now) {
            return Err(self.refusal(now));
        }
        // An end and a change of interval exclude each other: the later choice replaces the earlier one.
        Ok(Self { ends_at: self.paid_until_at, pending_interval: None, ..self })
    }

    /// Chooses the interval of the next period that is charged, by whatever way; the present one undoes a choice.
    pub fn change_interval_at_renewal(
        self,
        interval: BillingInterval,
        now: DateTime<Utc>,
    ) -> Result<Self, TransitionError> {
        if !self.allows(ActivationAction::ChangeInterval, now) {
            return Err(self.refusal(now));
        }
        let pending_interval = Some(interval).filter(|interval| *interval != self.term.interval);
        Ok(Self { pending_interval, ..self })
    }

    /// Ends it for good at `now`. What is given back is decided by [`crate::ledger::refund`].
    pub fn deactivate_now(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        match self.status {
            ActivationStatus::Active | ActivationStatus::Paused | ActivationStatus::Expired => {
                Ok(self.ended(ActivationStatus::Deactivated, now))
            }
            _ => Err(self.refusal(now)),
        }
    }

    /// Carries out a scheduled end that has come; it ended at that moment, however late this runs.
    pub fn deactivate_as_scheduled(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        let is_on_or_paused = matches!(self.status, ActivationStatus::Active | ActivationStatus::Paused);
        match self.ends_at {
            Some(ends_at) if is_on_or_paused && ends_at <= now => {
                Ok(self.ended(ActivationStatus::Deactivated, ends_at))
            }
            _ => Err(self.refusal(now)),
        }
    }

    /// Undoes a scheduled end.
    pub fn keep(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        let is_on_or_paused = matches!(self.status, ActivationStatus::Active | ActivationStatus::Paused);
        if !is_on_or_paused || self.ends_at.is_none_or(|ends_at| ends_at <= now) {
            return Err(self.refusal(now));
        }
        Ok(Self { ends_at: None, ..self })
    }

    /// Off since `at`. The next renewal has no grace if this was for non-payment.
    pub(super) fn expired(self, at: DateTime<Utc>, is_for_non_payment: bool) -> Self {
        Self { skips_grace: is_for_non_payment, ..self.ended(ActivationStatus::Expired, at) }
    }

    fn ended(self, status: ActivationStatus, at: DateTime<Utc>) -> Self {
        Self {
            status,
            // An expired one may be renewed, with the interval that was chosen.
            pending_interval: self.pending_interval.filter(|_| status == ActivationStatus::Expired),
            grace_until_at: None,
            ends_at: None,
            paused_at: None,
            resume_at: None,
            held_at: None,
            // An expired one left service when it expired.
            ended_at: self.ended_at.or(Some(at)),
            ..self
        }
    }
}
