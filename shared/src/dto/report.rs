//! Reports: what is used, what it costs, and what to decide.
//!
//! Every report says the moment it is of and the days it looks at. Amounts are null for callers without `wallet_read`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::activation::{ActivationClient, ActivationProduct, ActivationRow};
use super::page::PageInfo;
use crate::vocab::{CostBy, DecisionReason, Money, Suggestion};

/// Days of the reseller's calendar, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportWindow {
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
}

/// What unused activations cost until and at their next renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoneyAtStake {
    /// Paid already, for days that have not come yet: of each period the unused share, rounded down.
    pub paid_unused: Money,
    /// What the next renewal takes; zero where nothing renews.
    pub renewal: Money,
    /// Both together.
    pub total: Money,
}

/// Activations that are on, or paid for, and that nobody used for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnusedActivations {
    /// The moment the report is of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone of the days.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// The days without use.
    pub window: ReportWindow,
    /// How many activations.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 3))]
    pub count: i64,
    /// Those of them that were never used at all.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1))]
    pub never_used_count: i64,
    /// What all of them have at stake.
    pub at_stake: Option<MoneyAtStake>,
    /// The activations of this page; most at stake first (without `wallet_read`, the longest unused first).
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub items: Vec<UnusedActivation>,
    /// Where this page stands.
    pub page: PageInfo,
}

/// An activation that nobody used for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnusedActivation {
    /// The activation.
    pub activation: ActivationRow,
    /// Day of its last counted use; null if it was never used.
    pub last_used_on: Option<NaiveDate>,
    /// Days since then; since it was activated if it was never used.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 47))]
    pub unused_days: i64,
    /// What it has at stake.
    pub at_stake: Option<MoneyAtStake>,
}

/// Who used what in the 28 days before and after activations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationImpacts {
    /// The moment the report is of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone of the days.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// Days on either side.
    #[cfg_attr(feature = "openapi", schema(minimum = 28, maximum = 28, example = 28))]
    pub days: i64,
    /// How many activations.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 96))]
    pub count: i64,
    /// The activations of this page, the latest first.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub items: Vec<ActivationImpact>,
    /// Where this page stands.
    pub page: PageInfo,
}

/// What an activation changed. Coincidence, not cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationImpact {
    /// The activation.
    pub activation: ActivationRow,
    /// The 28 days before it.
    pub before: ReportWindow,
    /// The 28 days from its first day on, whether they have come or not.
    pub after: ReportWindow,
    /// How many days of `after` are over.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 28, example = 28))]
    pub days_over: i64,
    /// Whether all 28 are over. Until then figures after it count the days so far, today included.
    pub is_complete: bool,
    /// Whether use was counted on all days before; if not, a comparison would mislead.
    pub is_before_whole: bool,
    /// Distinct end users of its client in the days before, over all products; null if nothing was counted in those days yet.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 31))]
    pub client_users_before: Option<i64>,
    /// The same in the days after.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 44))]
    pub client_users_after: i64,
    /// Distinct end users of the activation itself in the days after.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 19))]
    pub activation_users_after: i64,
    /// Day of its first counted use; null if it was never used.
    pub first_used_on: Option<NaiveDate>,
    /// Days from the activation to it; 0 on the same day.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 2))]
    pub days_to_first_use: Option<i64>,
    /// Who used it on day 7.
    pub day_7: UsersOnDay,
    /// Who used it on day 28.
    pub day_28: UsersOnDay,
}

/// Users of an activation on one day after it; the day of the activation is day 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsersOnDay {
    /// The day.
    pub on: NaiveDate,
    /// Distinct end users; null while the day is not over.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 8))]
    pub users: Option<i64>,
}

/// What an active user costs, by product or client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CostsPerActiveUser {
    /// The moment the report is of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone of the days.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// What a row is.
    pub by: CostBy,
    /// The 30 days in which users are counted.
    pub window: ReportWindow,
    /// The 30 days before.
    pub previous_window: ReportWindow,
    /// Everything that renews and everybody: users are distinct, so rows do not add up to it.
    pub total: CostPerActiveUser,
    /// How many rows.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 12))]
    pub count: i64,
    /// The rows of this page: those without users first, then the highest cost per user (without `wallet_read`, by users).
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub items: Vec<CostPerActiveUserRow>,
    /// Where this page stands.
    pub page: PageInfo,
}

/// One product's or client's cost per active user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CostPerActiveUserRow {
    /// The product, with `by=product`.
    pub product: Option<ActivationProduct>,
    /// The client, with `by=client`.
    pub client: Option<ActivationClient>,
    /// Its activations that will renew.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 7))]
    pub renewing_count: i64,
    /// What they cost and who uses them.
    pub figures: CostPerActiveUser,
}

/// Costs by the month, and the people who share them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CostPerActiveUser {
    /// What renews, normalised to a month.
    pub monthly_equivalent: Option<Money>,
    /// Distinct end users of the 30 days that end today.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 41))]
    pub active_users: i64,
    /// The exact monthly cost divided by them, rounded once, half-up; null without users.
    pub cost_per_user: Option<Money>,
    /// Distinct end users of the 30 days before; null if usage was first seen later.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 38))]
    pub previous_active_users: Option<i64>,
    /// Today's cost divided by those, so that a difference comes from users alone; null without users.
    pub previous_cost_per_user: Option<Money>,
}

/// Products by what was newly activated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Demand {
    /// The moment the report is of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone of the days.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// The days in which activations are counted.
    pub window: ReportWindow,
    /// As many days before.
    pub previous_window: ReportWindow,
    /// All products together; active users are distinct, so rows do not add up to them.
    pub total: DemandFigures,
    /// How many products.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 12))]
    pub count: i64,
    /// The products of this page: most new activations first, then the highest net, then the most users.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub items: Vec<DemandRow>,
    /// Where this page stands.
    pub page: PageInfo,
}

/// A product in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemandRow {
    /// Its place; products with equally many new activations share one.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 1))]
    pub rank: i64,
    /// The product.
    pub product: ActivationProduct,
    /// What was activated and what ended.
    pub figures: DemandFigures,
}

/// What was activated and what ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemandFigures {
    /// Activations that began in the window; failed set-ups left out.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 14))]
    pub new_activations: i64,
    /// The same in the window before.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 9))]
    pub previous_new_activations: i64,
    /// Activations that left service in the window, for good or for non-payment.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 2))]
    pub ended: i64,
    /// `new_activations` less `ended`.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub net: i64,
    /// Activations that are on now.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 31))]
    pub active_activations: i64,
    /// Distinct end users of the 30 days that end today.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 212))]
    pub active_users: i64,
}

/// The renewals of the next days, with what to do about each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewalDecisions {
    /// The moment the report is of.
    pub as_of: DateTime<Utc>,
    /// IANA name of the zone of the days.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// From today to the last day of renewals; overdue ones are included.
    pub due: ReportWindow,
    /// The 30 days in which users are counted.
    pub window: ReportWindow,
    /// The 30 days before.
    pub previous_window: ReportWindow,
    /// How many renewals match.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 61))]
    pub count: i64,
    /// How many of all renewals due carry each suggestion, whatever is filtered: drop, pause, renew.
    #[cfg_attr(feature = "openapi", schema(min_items = 3, max_items = 3))]
    pub by_suggestion: Vec<SuggestionTotal>,
    /// The renewals of this page: drop, pause, renew; in each the earliest first, then the dearest.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub items: Vec<RenewalDecision>,
    /// Where this page stands.
    pub page: PageInfo,
}

/// How many renewals carry a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuggestionTotal {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// How many renewals.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 4))]
    pub count: i64,
    /// What they take.
    pub amount: Option<Money>,
}

/// A renewal to decide about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewalDecision {
    /// The activation that renews.
    pub activation: ActivationRow,
    /// What the renewal takes.
    pub amount: Option<Money>,
    /// That normalised to a month.
    pub monthly_equivalent: Option<Money>,
    /// Its distinct end users of the 30 days that end today.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 4))]
    pub active_users: i64,
    /// The same of the 30 days before; null if usage was first seen later.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 11))]
    pub previous_active_users: Option<i64>,
    /// The monthly cost divided by its users, rounded once, half-up; null without users.
    pub cost_per_user: Option<Money>,
    /// Day of its last counted use; null if it was never used.
    pub last_used_on: Option<NaiveDate>,
    /// Whether nobody used it in the 30 days that end today.
    pub is_unused: bool,
    /// What to do about it. A suggestion, nothing is done by itself.
    pub suggestion: Suggestion,
    /// Why: the rules that speak for or against it, the deciding one first.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 8))]
    pub reasons: Vec<DecisionReason>,
}
