//! What the reports conclude from use and cost: money at stake, cost per active user, the impact of an activation, and what
//! to do about a renewal (docs/domain.md §10).
//!
//! Knows nothing of how users are counted or where prices come from; sums are exact and rounded once.

mod at_stake;
mod cost_per_user;
mod decision;
mod impact;

pub use at_stake::AtStake;
pub use cost_per_user::{CostPerUser, MonthlyCost};
pub use decision::{Decision, Facts, OLD_UNUSED_DAYS, SMALLEST_FALL_BASE, UNUSED_DAYS, decide};
pub use impact::{IMPACT_DAYS, ImpactWindow};

#[cfg(test)]
mod tests;
