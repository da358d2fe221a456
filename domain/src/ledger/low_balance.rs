//! When a balance is low in the eyes of its owner.

use shared::vocab::MAX_MINOR;

/// Amounts that one wallet may have at most.
pub const MAX_THRESHOLDS: usize = 5;

/// Why amounts cannot be thresholds; the place is that of the first wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    /// Too many.
    #[error("at most {MAX_THRESHOLDS} thresholds")]
    TooMany,
    /// No wallet falls below zero.
    #[error("a threshold is more than zero")]
    NotPositive(usize),
    /// Beyond the range of amounts.
    #[error("a threshold beyond the range of amounts")]
    OutOfRange(usize),
    /// Named twice.
    #[error("a threshold that is named twice")]
    Repeated(usize),
}

/// The amounts, in minor units, below which a balance is low: the highest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thresholds(Vec<i64>);

impl Thresholds {
    /// In any order.
    pub fn new(mut amounts: Vec<i64>) -> Result<Self, ThresholdError> {
        if amounts.len() > MAX_THRESHOLDS {
            return Err(ThresholdError::TooMany);
        }
        for (place, amount) in amounts.iter().enumerate() {
            if *amount <= 0 {
                return Err(ThresholdError::NotPositive(place));
            }
            if *amount > MAX_MINOR {
                return Err(ThresholdError::OutOfRange(place));
            }
            if amounts.iter().take(place).any(|earlier| earlier == amount) {
                return Err(ThresholdError::Repeated(place));
            }
        }
        amounts.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Self(amounts))
    }

    /// The highest first, in minor units.
    pub fn amounts(&self) -> &[i64] {
        &self.0
    }

    /// The lowest amount that a balance fell below, if it fell below one that it was not below already.
    pub fn crossed(&self, before_minor: i64, after_minor: i64) -> Option<i64> {
        self.0.iter().copied().filter(|amount| after_minor < *amount && *amount <= before_minor).min()
    }
}
