//! The three figures at the top of the dashboard.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::Money;

/// The KPI figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// The moment all figures are of.
    pub as_of: DateTime<Utc>,
    /// The date of `as_of` in the reseller's zone.
    pub today_on: NaiveDate,
    /// Distinct end users active in the 30 local days that end today.
    pub total_active_users: ActiveUsersFigure,
    /// Activations that are on now, grace included.
    pub total_active_software: ActiveSoftwareFigure,
    /// The wallet; null for callers that may not read it.
    pub balance: Option<BalanceFigure>,
}

/// Distinct end users, with the 30 days before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveUsersFigure {
    /// Distinct end users active in the 30 local days that end today.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1284))]
    pub value: i64,
    /// The same over the 30 days before; null if usage was first seen later.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1142))]
    pub previous: Option<i64>,
    /// First day of the window.
    pub from_on: NaiveDate,
    /// Last day of the window: today.
    pub to_on: NaiveDate,
    /// Distinct end users since the first event.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 2310))]
    pub ever_used: i64,
    /// `value` as of each of the last 30 days, oldest first; null before the first event.
    #[cfg_attr(feature = "openapi", schema(max_items = 30))]
    pub trend: Vec<Option<i64>>,
}

/// Activations that are on, with the same a month ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveSoftwareFigure {
    /// Activations that are on now.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 86))]
    pub value: i64,
    /// Activations that were on at the same local time 30 days ago.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 77))]
    pub previous: i64,
    /// Activations that were on at the end of each of the last 29 days and now, oldest first.
    #[cfg_attr(feature = "openapi", schema(max_items = 30))]
    pub trend: Vec<i64>,
}

/// The wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BalanceFigure {
    /// The sum of all ledger entries.
    pub balance: Money,
    /// What renewals will take until 30 days from today, overdue ones included.
    pub due_in_30_days: Money,
    /// How many renewals that are.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 61))]
    pub renewals_in_30_days: i64,
}
