//! What to do about a renewal that is due: renew, pause or drop, and why.
//!
//! Few rules, in a fixed order; the first that holds decides (docs/domain.md §10). A suggestion, never an action.

use shared::vocab::{DecisionReason, Suggestion};

use super::CostPerUser;

/// So many days without use make an activation unused; younger ones are not judged.
pub const UNUSED_DAYS: i64 = 30;
/// So many days without use suggest to drop rather than pause.
pub const OLD_UNUSED_DAYS: i64 = 60;
/// With fewer users than this before, a fall is noise.
pub const SMALLEST_FALL_BASE: u64 = 5;
/// A user who costs so many times what one of the same product usually costs is expensive.
const EXPENSIVE_TIMES: u32 = 2;

/// What is known about an activation whose renewal is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Days since it was last switched on.
    pub days_on: i64,
    /// Days since its last counted use; none if it was never used.
    pub days_since_use: Option<i64>,
    /// Distinct users of the 30 days that end today.
    pub users: u64,
    /// Distinct users of the 30 days before.
    pub users_before: u64,
    /// Its own cost per user.
    pub cost: CostPerUser,
    /// The cost per user of everything that renews of the same product.
    pub product_cost: CostPerUser,
}

/// What is suggested, and every rule that speaks for or against it, the deciding one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What to do.
    pub suggestion: Suggestion,
    /// Why; never empty.
    pub reasons: Vec<DecisionReason>,
}

impl Decision {
    fn new(suggestion: Suggestion, reasons: &[DecisionReason]) -> Self {
        Self { suggestion, reasons: reasons.to_vec() }
    }
}

/// Decides.
pub fn decide(facts: &Facts) -> Decision {
    use DecisionReason as Why;
    if facts.users == 0 {
        if facts.days_on < UNUSED_DAYS {
            return Decision::new(Suggestion::Renew, &[Why::TooNew]);
        }
        return match facts.days_since_use {
            None => Decision::new(Suggestion::Drop, &[Why::NeverUsed]),
            Some(days) if days >= OLD_UNUSED_DAYS => Decision::new(Suggestion::Drop, &[Why::Unused60Days]),
            Some(_) => Decision::new(Suggestion::Pause, &[Why::Unused30Days]),
        };
    }
    let is_falling = facts.users_before >= SMALLEST_FALL_BASE && facts.users.saturating_mul(2) <= facts.users_before;
    let is_expensive = facts.cost.is_at_least(EXPENSIVE_TIMES, facts.product_cost);
    match (is_falling, is_expensive) {
        (true, true) => Decision::new(Suggestion::Pause, &[Why::FallingUse, Why::ExpensiveUse]),
        (true, false) => Decision::new(Suggestion::Renew, &[Why::InUse, Why::FallingUse]),
        (false, true) => Decision::new(Suggestion::Renew, &[Why::InUse, Why::ExpensiveUse]),
        (false, false) if facts.users > facts.users_before => {
            Decision::new(Suggestion::Renew, &[Why::InUse, Why::GrowingUse])
        }
        (false, false) => Decision::new(Suggestion::Renew, &[Why::InUse]),
    }
}
