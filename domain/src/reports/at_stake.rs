//! What an activation that nobody uses costs until and at its next renewal.

use chrono::NaiveDate;

use crate::ledger::{PaidPeriod, PostingError, interval_change_credit};

/// Money that is at stake, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AtStake {
    /// Paid already, for days that have not come yet.
    pub paid_unused_minor: i64,
    /// What the next renewal takes; zero where there is none.
    pub renewal_minor: i64,
}

impl AtStake {
    /// What is at stake on `today`, a day in the activation's zone: of each paid period the unused share, rounded down, and
    /// periods that have not begun in full. Today counts as used, as it does for refunds.
    pub fn of(periods: &[PaidPeriod], renewal_minor: i64, today: NaiveDate) -> Result<Self, PostingError> {
        Ok(Self { paid_unused_minor: interval_change_credit(periods, today)?, renewal_minor })
    }

    /// Both together.
    pub fn total_minor(self) -> Result<i64, PostingError> {
        self.paid_unused_minor.checked_add(self.renewal_minor).ok_or(PostingError::OutOfRange)
    }

    /// What two activations have at stake together.
    pub fn and(self, other: Self) -> Result<Self, PostingError> {
        let add = |one: i64, other: i64| one.checked_add(other).ok_or(PostingError::OutOfRange);
        Ok(Self {
            paid_unused_minor: add(self.paid_unused_minor, other.paid_unused_minor)?,
            renewal_minor: add(self.renewal_minor, other.renewal_minor)?,
        })
    }
}
