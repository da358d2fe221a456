//! What renews, by billing interval.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{BillingInterval, Money};

/// Recurring costs of all renewing activations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringCosts {
    /// The moment all figures are of.
    pub as_of: DateTime<Utc>,
    /// One card per billing interval, always four, shortest first.
    #[cfg_attr(feature = "openapi", schema(min_items = 4, max_items = 4))]
    pub cards: Vec<RecurringCostCard>,
    /// All cards together, normalised to a month. Rounded once, so it may differ from the sum of the cards' figures.
    pub monthly_equivalent: Money,
    /// The part of `monthly_equivalent` that monthly and quarterly activations make.
    pub short_intervals: CostShare,
    /// The part of `monthly_equivalent` that half-yearly and yearly activations make.
    pub long_intervals: CostShare,
}

/// The renewing activations of one billing interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringCostCard {
    /// The interval.
    pub billing_interval: BillingInterval,
    /// Activations that will renew (active; billing state `current` or `grace`).
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 55))]
    pub renewing_count: i64,
    /// Their present prices together.
    pub total: Money,
    /// `total` divided by the months of the interval, rounded half-up.
    pub monthly_equivalent: Money,
    /// The next charge: overdue in grace; null if nothing renews.
    pub next_charge: Option<NextCharge>,
    /// Renewals due within 7 days of today, overdue ones included, at the interval and price that are in force then.
    pub due_in_7_days: Due,
    /// Renewals due within 30 days of today, overdue ones included, at the interval and price that are in force then.
    pub due_in_30_days: Due,
    /// Paused activations, which are not charged.
    pub paused: Due,
}

/// The next charge of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextCharge {
    /// The day, in the reseller's zone.
    pub renews_on: NaiveDate,
    /// Everything of this card that is charged that day.
    pub amount: Money,
}

/// How many and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Due {
    /// How many activations or renewals.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 3))]
    pub count: i64,
    /// What they cost together.
    pub amount: Money,
}

/// A part of the monthly equivalent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CostShare {
    /// The part as an amount.
    pub monthly_equivalent: Money,
    /// The part in tenths of a percent of the whole; both shares together make 1000, or 0 where nothing renews.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 854))]
    pub per_mille: i64,
}
