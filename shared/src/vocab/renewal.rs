//! What is said about the money that renewals will need, and about the runs that take it.

use super::word_enum;

word_enum! {
    /// How far the wallet reaches.
    RunwayState {
        /// What is due today is not covered.
        ShortNow = "short_now",
        /// Some day within two years is not covered.
        Short = "short",
        /// Everything within two years is covered.
        BeyondHorizon = "beyond_horizon",
        /// Nothing renews.
        NothingRenews = "nothing_renews",
    }
}

word_enum! {
    /// How urgent a top-up is.
    BalanceLevel {
        /// The next 30 days are covered.
        Ok = "ok",
        /// Something in 8 to 30 days is not covered.
        Watch = "watch",
        /// Something within 7 days is not covered.
        Low = "low",
        /// A renewal failed, or one within 24 hours is not covered.
        Blocked = "blocked",
    }
}

word_enum! {
    /// What a notice is about.
    NoticeKind {
        /// Renewals that lie ahead are not covered.
        NotCovered = "renewals_not_covered",
        /// Renewals could not be paid.
        Failed = "renewals_failed",
        /// Activations went off because they were not paid.
        Expired = "activations_expired",
        /// Too many periods were due at once: held until an operator releases them.
        Held = "renewals_held",
        /// The balance fell below an amount that the reseller named.
        BalanceLow = "balance_low",
    }
}

word_enum! {
    /// What set a renewal run going.
    RunTrigger {
        /// The clock.
        Schedule = "schedule",
        /// Money that came in.
        Credit = "credit",
        /// A person at a shell.
        Command = "command",
        /// An operator who released what was held.
        Release = "release",
    }
}
