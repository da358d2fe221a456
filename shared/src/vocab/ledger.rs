//! The kinds of ledger entries and accounts.

use super::word_enum;

word_enum! {
    /// Why money moved.
    LedgerEntryKind {
        /// Money came in.
        TopUp = "top_up",
        /// The first period of an activation.
        ActivationCharge = "activation_charge",
        /// A later period.
        RenewalCharge = "renewal_charge",
        /// Money given back for unused days or a failed set-up.
        Refund = "refund",
        /// A correction by an operator.
        Adjustment = "adjustment",
    }
}

word_enum! {
    /// The accounts each reseller has in the double-entry ledger.
    LedgerAccountKind {
        /// The prepaid balance; the only account with a cached balance and a sequence.
        Wallet = "wallet",
        /// What was charged.
        Revenue = "revenue",
        /// Where top-ups come from.
        TopUpClearing = "top_up_clearing",
        /// Where adjustments come from.
        Adjustments = "adjustments",
    }
}

word_enum! {
    /// How a top-up is paid.
    TopUpMethod {
        /// A transfer to the operator's bank account.
        BankTransfer = "bank_transfer",
        /// Cash or a cheque handed over.
        Cash = "cash",
        /// As agreed with the operator.
        Other = "other",
    }
}

word_enum! {
    /// Where a top-up stands.
    TopUpStatus {
        /// Requested; the money has not been seen yet.
        Pending = "pending",
        /// The money is on the wallet.
        Settled = "settled",
        /// The operator refused it.
        Rejected = "rejected",
        /// The reseller withdrew it.
        Cancelled = "cancelled",
    }
}

word_enum! {
    /// What reconciliation proves about a reseller's books.
    LedgerCheck {
        /// Entries are numbered 1, 2, 3 … without a gap.
        Sequence = "sequence",
        /// Each entry moves one amount between the two accounts of its kind, in the reseller's currency; all accounts
        /// together are zero.
        DoubleEntry = "double_entry",
        /// Each entry's balance is the one before plus its effect.
        RunningBalance = "running_balance",
        /// The wallet's balance is the sum of all entries, and it counted them all.
        Wallet = "wallet",
        /// Each paid period has exactly its charge, each charge its period; the periods of a term tile.
        Charges = "charges",
        /// What was given back of a charge stays within it.
        Refunds = "refunds",
        /// Each settled top-up is exactly its entry.
        TopUps = "top_ups",
    }
}
