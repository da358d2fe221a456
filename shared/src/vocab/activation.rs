//! The states of an activation and the actions that lead from one to another.

use super::word_enum;

word_enum! {
    /// Where an activation stands in its life.
    ActivationStatus {
        /// Charged, being provisioned by hand.
        Pending = "pending",
        /// On; see [`BillingState`].
        Active = "active",
        /// Off by the reseller.
        Paused = "paused",
        /// Off for non-payment or end of term.
        Expired = "expired",
        /// Off for good; its history stays.
        Deactivated = "deactivated",
        /// Never served; the charge was reversed.
        Failed = "failed",
    }
}

word_enum! {
    /// What billing will do next with an active activation.
    BillingState {
        /// Renews by itself at the end of the paid period.
        Current = "current",
        /// The last renewal failed; on until the grace ends.
        Grace = "grace",
        /// Ends at the end of the paid period: auto-renew is off or an end is scheduled.
        Ending = "ending",
    }
}

word_enum! {
    /// An action a member or an integrator may ask for.
    ActivationAction {
        /// Pay the next period by hand.
        Renew = "renew",
        /// Switch off, keeping what is paid.
        Pause = "pause",
        /// Switch on again.
        Resume = "resume",
        /// End for good, now or at the end of the period.
        Deactivate = "deactivate",
        /// Undo a scheduled end.
        Keep = "keep",
        /// Bill by another interval.
        ChangeInterval = "change_interval",
        /// Try a failed set-up again.
        Retry = "retry",
    }
}

word_enum! {
    /// When a deactivation or a change of interval takes effect.
    TakesEffect {
        /// At once.
        Now = "now",
        /// At the end of what is paid: a change of interval with the next period that is charged.
        PeriodEnd = "period_end",
    }
}

impl Default for TakesEffect {
    /// What can be undone.
    fn default() -> Self {
        Self::PeriodEnd
    }
}

word_enum! {
    /// What happened to an activation, as its timeline tells it.
    HistoryKind {
        /// Put in service.
        Activated = "activated",
        /// The next period was charged.
        Renewed = "renewed",
        /// A renewal could not be paid; the grace began.
        RenewalFailed = "renewal_failed",
        /// Switched off by the reseller.
        Paused = "paused",
        /// Switched on again.
        Resumed = "resumed",
        /// An end was scheduled.
        EndScheduled = "end_scheduled",
        /// A scheduled end was undone.
        Kept = "kept",
        /// Auto-renew was switched on or off.
        AutoRenewChanged = "auto_renew_changed",
        /// The order of renewal was changed.
        PriorityChanged = "priority_changed",
        /// Another interval was chosen for the next period that is charged, or that choice was undone.
        IntervalChangeScheduled = "interval_change_scheduled",
        /// Billed by another interval at once.
        IntervalChanged = "interval_changed",
        /// A failed set-up is tried again.
        Retried = "retried",
        /// Switched off for non-payment or at the end of its term.
        Expired = "expired",
        /// Ended for good.
        Deactivated = "deactivated",
        /// Provisioning failed and the charge was reversed.
        Failed = "failed",
    }
}
