//! What time alone does to an activation: due charges, ends of grace, of terms, of pauses (docs/domain.md §§5–6).

use chrono::{DateTime, Utc};
use shared::vocab::ActivationStatus;

use super::{Activation, TransitionError};
use crate::billing_calendar::{CalendarError, add_days, local_date, local_midnight};

/// More periods due at once look like a wrong clock.
pub const MAX_PERIODS_IN_ARREARS: u32 = 3;
/// A pause of so many calendar days expires, once what is paid is over as well.
pub const MAX_PAUSE_DAYS: i64 = 90;

/// What to do about more than [`MAX_PERIODS_IN_ARREARS`] periods due at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrears {
    /// Charge none of them; it keeps its service.
    Hold,
    /// An operator has released them: charge them in order.
    Charge,
}

/// Why an activation expires by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiryReason {
    /// The grace is over.
    NotPaid,
    /// The paid term is over and auto-renew is off.
    EndOfTerm,
    /// Paused for [`MAX_PAUSE_DAYS`] and past what is paid.
    PausedTooLong,
}

/// The next thing that is due on an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettleStep {
    /// Pay by [`Activation::renew_due`]; without the money [`Activation::fail_renewal`]. In grace this is one more try:
    /// after a failure, stop.
    Renew,
    /// Too many periods are due: set [`Activation::held_at`] and charge none.
    Hold,
    /// The moment to resume has come: [`Activation::resume`]; without the money it stays paused. One try: after a
    /// failure, stop.
    Resume,
    /// [`Activation::expire`].
    Expire {
        /// When it expired, however late this is noticed.
        at: DateTime<Utc>,
        /// Why.
        reason: ExpiryReason,
    },
    /// [`Activation::deactivate_as_scheduled`].
    Deactivate {
        /// The scheduled end.
        at: DateTime<Utc>,
    },
}

/// The dates of an active activation that can take it out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceDates {
    /// Whether it renews by itself at the end of what is paid.
    pub auto_renew: bool,
    /// End of what is paid.
    pub paid_until_at: Option<DateTime<Utc>>,
    /// End of the grace.
    pub grace_until_at: Option<DateTime<Utc>>,
    /// Scheduled end.
    pub ends_at: Option<DateTime<Utc>>,
}

impl ServiceDates {
    /// Since when time alone has switched it off, whether or not a run has noticed.
    ///
    /// `None` while it renews: paid or not, it stays on at least until a run has tried.
    pub fn off_from(&self) -> Option<DateTime<Utc>> {
        self.ends_at.or(self.grace_until_at).or(self.paid_until_at.filter(|_| !self.auto_renew))
    }
}

impl Activation {
    /// The next thing that is due at `now`, or `None` when the activation is settled.
    ///
    /// Repeat it after each step: an outage may have left several. A blocked wallet is not settled at all, so that its
    /// grace stands still; that is the caller's to know.
    pub fn settle_step(&self, now: DateTime<Utc>, arrears: Arrears) -> Result<Option<SettleStep>, CalendarError> {
        if !matches!(self.status, ActivationStatus::Active | ActivationStatus::Paused) {
            return Ok(None);
        }
        if let Some(at) = self.ends_at.filter(|ends_at| *ends_at <= now) {
            return Ok(Some(SettleStep::Deactivate { at }));
        }
        if self.status == ActivationStatus::Paused { self.paused_step(now) } else { self.active_step(now, arrears) }
    }

    /// The next moment at which time alone does something to it; in the past for what is overdue.
    ///
    /// A renewal in grace is not tried again by time, only by money that comes in; a held one waits for an operator.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        match self.status {
            ActivationStatus::Active if self.held_at.is_some() && self.renews_at().is_some() => None,
            ActivationStatus::Active => self.leaves_service_at().or(self.grace_until_at).or(self.paid_until_at),
            // Beyond the calendar nothing is due.
            ActivationStatus::Paused => {
                [self.ends_at, self.resume_at, self.pause_expires_at().ok().flatten()].into_iter().flatten().min()
            }
            _ => None,
        }
    }

    /// Expires it, if [`Self::settle_step`] says that this is due.
    pub fn expire(self, now: DateTime<Utc>) -> Result<Self, TransitionError> {
        match self.settle_step(now, Arrears::Charge)? {
            Some(SettleStep::Expire { at, reason }) => Ok(self.expired(at, reason == ExpiryReason::NotPaid)),
            _ => Err(self.refusal(now)),
        }
    }

    /// When a paused activation expires: after [`MAX_PAUSE_DAYS`] calendar days, but not before what is paid is over.
    pub fn pause_expires_at(&self) -> Result<Option<DateTime<Utc>>, CalendarError> {
        let Some(paused_at) = self.paused_at else { return Ok(None) };
        let zone = self.term.zone;
        let by_pause = local_midnight(add_days(local_date(paused_at, zone), MAX_PAUSE_DAYS)?, zone)?;
        Ok(Some(self.paid_until_at.map_or(by_pause, |paid_until_at| by_pause.max(paid_until_at))))
    }

    /// Whether more than [`MAX_PERIODS_IN_ARREARS`] periods are due at `now`.
    pub fn is_far_in_arrears(&self, now: DateTime<Utc>) -> Result<bool, CalendarError> {
        let (_, term, next_n) = self.upcoming()?;
        let n = next_n.checked_add(MAX_PERIODS_IN_ARREARS).ok_or(CalendarError::OutOfRange)?;
        Ok(self.renews_at().is_some() && term.period_starts_at(n)? <= now)
    }

    fn active_step(&self, now: DateTime<Utc>, arrears: Arrears) -> Result<Option<SettleStep>, CalendarError> {
        if let Some(at) = self.grace_until_at.filter(|grace_until_at| *grace_until_at <= now) {
            return Ok(Some(SettleStep::Expire { at, reason: ExpiryReason::NotPaid }));
        }
        if self.grace_until_at.is_some() {
            return Ok(self.auto_renew.then_some(SettleStep::Renew));
        }
        let Some(at) = self.paid_until_at.filter(|paid_until_at| *paid_until_at <= now) else { return Ok(None) };
        if !self.auto_renew {
            return Ok(Some(SettleStep::Expire { at, reason: ExpiryReason::EndOfTerm }));
        }
        // Once held, it stays so until an operator releases it, however the clock moves meanwhile.
        if arrears == Arrears::Hold && (self.held_at.is_some() || self.is_far_in_arrears(now)?) {
            return Ok(self.held_at.is_none().then_some(SettleStep::Hold));
        }
        Ok(Some(SettleStep::Renew))
    }

    fn paused_step(&self, now: DateTime<Utc>) -> Result<Option<SettleStep>, CalendarError> {
        let expires_at = self.pause_expires_at()?.filter(|expires_at| *expires_at <= now);
        if let Some(at) = expires_at {
            return Ok(Some(SettleStep::Expire { at, reason: ExpiryReason::PausedTooLong }));
        }
        Ok(self.resume_at.is_some_and(|resume_at| resume_at <= now).then_some(SettleStep::Resume))
    }
}
