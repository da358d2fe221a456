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
