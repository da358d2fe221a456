//! What an active user costs by the month.

use shared::vocab::BillingInterval;

use crate::recurring_costs::OutOfRange;

/// A yearly price is a whole number of twelfths of its monthly equivalent.
const TWELFTHS: i128 = 12;

/// Costs by the month, exact: in twelfths of a minor unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthlyCost(i128);

impl MonthlyCost {
    /// What so many minor units per interval are by the month.
    pub fn of(price_minor: i64, interval: BillingInterval) -> Self {
        Self(i128::from(price_minor) * (TWELFTHS / i128::from(interval.months())))
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// In minor units, rounded half-up.
    pub fn minor(self) -> Result<i64, OutOfRange> {
        half_up(self.0, TWELFTHS)
    }
}

/// Costs by the month and the people who share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostPerUser {
    /// What is paid.
    pub cost: MonthlyCost,
    /// Distinct active users.
    pub users: u64,
}

impl CostPerUser {
    /// What one user costs, in minor units, rounded once, half-up; none where there is nobody to share the cost.
    pub fn minor(self) -> Result<Option<i64>, OutOfRange> {
        if self.users == 0 {
            return Ok(None);
        }
        half_up(self.cost.0, TWELFTHS * i128::from(self.users)).map(Some)
    }

    /// Whether one user costs at least so many times what one of the others costs. Compared exactly; false where either has
    /// no users.
    pub fn is_at_least(self, times: u32, others: Self) -> bool {
        self.users > 0
            && others.users > 0
            && self.cost.0 * i128::from(others.users) >= i128::from(times) * others.cost.0 * i128::from(self.users)
    }
}

/// A fraction as a whole number, half-up. The divisor is positive.
fn half_up(dividend: i128, divisor: i128) -> Result<i64, OutOfRange> {
    i64::try_from((2 * dividend + divisor).div_euclid(2 * divisor)).map_err(|_| OutOfRange)
}
