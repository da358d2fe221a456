//! How far the wallet reaches: runway, shortfall, recommended top-ups, and the renewals ahead.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::activation::{ActivationClient, ActivationProduct};
use super::recurring_costs::Due;
use crate::vocab::{ActivationId, BalanceLevel, BillingInterval, Money, RunwayState};

/// How far the wallet reaches if nothing is topped up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Runway {
    /// In one word.
    pub state: RunwayState,
    /// What the wallet holds now.
    pub available: Money,
    /// The last day on which everything is covered; null unless `state` is `short`.
    pub covered_until_on: Option<NaiveDate>,
    /// The first day that is not covered; null unless `state` is `short` or `short_now`.
    pub first_shortfall: Option<Shortfall>,
    /// How urgent a top-up is.
    pub level: BalanceLevel,
    /// Activations in grace: their renewal failed.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 0))]
    pub failed_count: i64,
    /// What has to come in to leave the level behind: to pay what is due by `needed_until_on`; zero with `ok`.
    pub needed: Money,
    /// Until when `needed` reaches; null with `ok`.
    pub needed_until_on: Option<NaiveDate>,
}

/// The first day whose renewals the wallet does not cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shortfall {
    /// The day, in the reseller's zone; today for what is overdue.
    pub on: NaiveDate,
    /// What is missing at the end of it.
    pub amount: Money,
    /// The renewals that would fail, in the order of charging; the first 20.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub failing: Vec<UpcomingRenewal>,
    /// How many would fail.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 1))]
    pub failing_count: i64,
}

/// A charge that lies ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpcomingRenewal {
    /// The activation.
    pub activation_id: ActivationId,
    /// Its product.
    pub product: ActivationProduct,
    /// Its client.
    pub client: ActivationClient,
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// When it is charged; in the past while it is overdue.
    pub renews_at: DateTime<Utc>,
    /// The same as a date in the reseller's zone.
    pub renews_on: NaiveDate,
    /// Days from today to `renews_on`, negative when overdue.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub renews_in_days: i64,
    /// What it costs.
    pub amount: Money,
    /// Projected balance once it and all before it are charged; negative past a shortfall.
    pub balance_after: Money,
    /// What the wallet holds once it and all before it had their turn, with what is not covered left out: never negative; null
    /// in the list of a shortfall, which tells of whole days.
    pub left_over: Option<Money>,
    /// Whether the wallet pays it if nothing is topped up.
    pub covered: bool,
}

/// The runway with what it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// The moment all figures are of.
    pub as_of: DateTime<Utc>,
    /// That day, in the reseller's zone.
    pub today_on: NaiveDate,
    /// How far the wallet reaches.
    pub runway: Runway,
    /// What to top up to cover the next 30, 60 and 90 days.
    #[cfg_attr(feature = "openapi", schema(min_items = 3, max_items = 3))]
    pub recommended_top_ups: Vec<RecommendedTopUp>,
    /// The projected balance at the end of each day on which something is due, and of the first and last day asked for.
    #[cfg_attr(feature = "openapi", schema(max_items = 734))]
    pub series: Vec<ProjectedBalance>,
}

/// What to top up to cover a number of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecommendedTopUp {
    /// How many days from today.
    #[cfg_attr(feature = "openapi", schema(example = 30))]
    pub days: i64,
    /// The last of them.
    pub until_on: NaiveDate,
    /// Everything due until then.
    pub due: Due,
    /// What is missing for it; zero if nothing is.
    pub amount: Money,
}

/// The balance at the end of a day, if nothing is topped up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectedBalance {
    /// The day, in the reseller's zone.
    pub on: NaiveDate,
    /// What is charged on it.
    pub due: Due,
    /// The balance at its end; negative past a shortfall.
    pub balance: Money,
}
