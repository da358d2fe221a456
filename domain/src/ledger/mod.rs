//! Which accounts a movement of money touches, and how much of a charge is given back.
//!
//! A [`Posting`] moves one positive amount between two of a reseller's four accounts, so it sums to zero by its shape
//! (docs/domain.md §4). Amounts are integer minor units of the reseller's one currency. Knows neither the stored
//! balance nor how entries are numbered.

mod low_balance;
mod refund;

use shared::vocab::{LedgerAccountKind, LedgerEntryKind};

pub use low_balance::{MAX_THRESHOLDS, ThresholdError, Thresholds};
pub use refund::{
    ChangeAtRenewalOnly, IntervalChange, PaidPeriod, REFUNDABLE_DAYS, Refund, RefundRule, interval_change,
    interval_change_credit, refund,
};

/// Why a movement cannot be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostingError {
    /// A movement of nothing, or of less; a period that costs nothing has no entry.
    #[error("an amount of {amount_minor} minor units cannot be posted")]
    NotPositive {
        /// What was given.
        amount_minor: i64,
    },
    /// The wallet would fall below zero.
    #[error("the balance of {available_minor} does not cover {required_minor} minor units")]
    InsufficientBalance {
        /// What the movement takes out of the wallet, in minor units.
        required_minor: i64,
        /// What the wallet holds, in minor units.
        available_minor: i64,
        /// What is missing, in minor units.
        shortfall_minor: i64,
    },
    /// Beyond the range of minor units.
    #[error("the amount is out of range")]
    OutOfRange,
}

/// One movement of money between two accounts of a reseller.
///
/// The wallet is what the instance owes the reseller: a credit raises it, a debit lowers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    kind: LedgerEntryKind,
    debit: LedgerAccountKind,
    credit: LedgerAccountKind,
    amount_minor: i64,
}

impl Posting {
    /// Money comes in: from top-up clearing to the wallet.
    pub fn top_up(amount_minor: i64) -> Result<Self, PostingError> {
        Self::new(LedgerEntryKind::TopUp, LedgerAccountKind::TopUpClearing, LedgerAccountKind::Wallet, amount_minor)
    }

    /// The first period of a new activation: from the wallet to revenue.
    pub fn activation_charge(amount_minor: i64) -> Result<Self, PostingError> {
        Self::new(
            LedgerEntryKind::ActivationCharge,
            LedgerAccountKind::Wallet,
            LedgerAccountKind::Revenue,
            amount_minor,
        )
    }

    /// A later period: from the wallet to revenue.
    pub fn renewal_charge(amount_minor: i64) -> Result<Self, PostingError> {
        Self::new(LedgerEntryKind::RenewalCharge, LedgerAccountKind::Wallet, LedgerAccountKind::Revenue, amount_minor)
    }

    /// Money given back for unused days or a failed set-up: from revenue to the wallet.
    pub fn refund(amount_minor: i64) -> Result<Self, PostingError> {
        Self::new(LedgerEntryKind::Refund, LedgerAccountKind::Revenue, LedgerAccountKind::Wallet, amount_minor)
    }

    /// A correction by an operator: to the wallet if positive, out of it if negative.
    pub fn adjustment(signed_minor: i64) -> Result<Self, PostingError> {
        let (wallet, other) = (LedgerAccountKind::Wallet, LedgerAccountKind::Adjustments);
        let (debit, credit) = if signed_minor < 0 { (wallet, other) } else { (other, wallet) };
        let amount_minor = signed_minor.checked_abs().ok_or(PostingError::OutOfRange)?;
        Self::new(LedgerEntryKind::Adjustment, debit, credit, amount_minor)
    }

    fn new(
        kind: LedgerEntryKind,
        debit: LedgerAccountKind,
        credit: LedgerAccountKind,
        amount_minor: i64,
    ) -> Result<Self, PostingError> {
        if amount_minor <= 0 {
            return Err(PostingError::NotPositive { amount_minor });
        }
        Ok(Self { kind, debit, credit, amount_minor })
    }

    /// Why the money moves.
    pub fn kind(&self) -> LedgerEntryKind {
        self.kind
    }

    /// The account that is debited; never the credited one.
    pub fn debit(&self) -> LedgerAccountKind {
        self.debit
    }

    /// The account that is credited.
    pub fn credit(&self) -> LedgerAccountKind {
        self.credit
    }

    /// How much moves, in minor units; always positive.
    pub fn amount_minor(&self) -> i64 {
        self.amount_minor
    }

    /// The signed change of `account`, in minor units: plus for its credit, minus for its debit, else zero. The
    /// effects over all accounts sum to zero.
    pub fn effect_minor(&self, account: LedgerAccountKind) -> i64 {
        if account == self.credit {
            self.amount_minor
        } else if account == self.debit {
            -self.amount_minor
        } else {
            0
        }
    }

    /// The signed change of the wallet, in minor units; every posting has one.
    pub fn wallet_effect_minor(&self) -> i64 {
        self.effect_minor(LedgerAccountKind::Wallet)
    }

    /// The wallet's balance after this posting, refused if it would fall below zero; adjustments are no exception.
    pub fn balance_after_minor(&self, balance_minor: i64) -> Result<i64, PostingError> {
        let after = balance_minor.checked_add(self.wallet_effect_minor()).ok_or(PostingError::OutOfRange)?;
        if after < 0 && self.wallet_effect_minor() < 0 {
            return Err(PostingError::InsufficientBalance {
                required_minor: self.amount_minor,
                available_minor: balance_minor,
                shortfall_minor: after.checked_neg().ok_or(PostingError::OutOfRange)?,
            });
        }
        Ok(after)
    }
}

#[cfg(test)]
mod tests;
