//! The days around an activation.

use crate::active_users::LocalDay;

/// Days before and after an activation that are compared: four whole weeks, so that weekdays meet.
pub const IMPACT_DAYS: i32 = 28;

/// The days around an activation, as seen today. The day of the activation is day 1 after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpactWindow {
    activated: LocalDay,
    today: LocalDay,
}

impl ImpactWindow {
    /// The days around `activated`.
    pub fn new(activated: LocalDay, today: LocalDay) -> Self {
        Self { activated, today }
    }

    /// First and last day before.
    pub fn before(self) -> (LocalDay, LocalDay) {
        (self.activated.plus(-IMPACT_DAYS), self.activated.plus(-1))
    }

    /// First and last day after, whether they have come or not.
    pub fn after(self) -> (LocalDay, LocalDay) {
        (self.activated, self.day(IMPACT_DAYS))
    }

    /// How many of the days after are over.
    pub fn days_over(self) -> i64 {
        self.today.since(self.activated).clamp(0, i64::from(IMPACT_DAYS))
    }

    /// Whether all days after are over, so that both sides are equally long.
    pub fn is_complete(self) -> bool {
        self.days_over() == i64::from(IMPACT_DAYS)
    }

    /// The n-th day after, from 1.
    pub fn day(self, n: i32) -> LocalDay {
        self.activated.plus(n - 1)
    }

    /// Whether the n-th day after is over.
    pub fn is_over(self, n: i32) -> bool {
        self.day(n) < self.today
    }
}
