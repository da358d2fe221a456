//! Words of the reports and of what explains a figure.

use super::word_enum;

word_enum! {
    /// By what costs per active user are told.
    CostBy {
        /// One row per product.
        Product = "product",
        /// One row per client.
        Client = "client",
    }
}

word_enum! {
    /// What to do about a renewal that is due.
    Suggestion {
        /// End it at the end of what is paid.
        Drop = "drop",
        /// Switch it off until somebody asks for it.
        Pause = "pause",
        /// Let it renew.
        Renew = "renew",
    }
}

word_enum! {
    /// A rule that speaks for or against a renewal.
    DecisionReason {
        /// On for 30 days and more, and never used.
        NeverUsed = "never_used",
        /// Not used for 60 days.
        Unused60Days = "unused_60_days",
        /// Not used for 30 days.
        Unused30Days = "unused_30_days",
        /// On for less than 30 days: too early to tell.
        TooNew = "too_new",
        /// Somebody used it in the last 30 days.
        InUse = "in_use",
        /// More users than in the 30 days before.
        GrowingUse = "growing_use",
        /// At most half of at least five users of the 30 days before are left.
        FallingUse = "falling_use",
        /// A user costs at least twice what one of this product costs on average.
        ExpensiveUse = "expensive_use",
    }
}

word_enum! {
    /// A figure that can be explained.
    Figure {
        /// Distinct end users of the 30 days that end today.
        TotalActiveUsers = "total_active_users",
        /// Activations that are on.
        TotalActiveSoftware = "total_active_software",
        /// What the wallet holds.
        Balance = "balance",
        /// What renews, by the month.
        MonthlyEquivalent = "monthly_equivalent",
        /// What renewals take in the next 30 days.
        DueIn30Days = "due_in_30_days",
        /// Until when the wallet covers every renewal.
        CoveredUntil = "covered_until",
        /// Distinct end users of the days of one point.
        ActiveUsers = "active_users",
    }
}

word_enum! {
    /// What the rows behind a figure are.
    RowsKind {
        /// People under pseudonyms.
        EndUsers = "end_users",
        /// Activations.
        Activations = "activations",
        /// Movements of money.
        LedgerEntries = "ledger_entries",
        /// Charges that lie ahead.
        UpcomingRenewals = "upcoming_renewals",
    }
}
