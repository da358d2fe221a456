//! Everything the dashboard shows, in one answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activation::{ActivationCounts, ActivationRow};
use super::active_users::ActiveUsersSeries;
use super::forecast::Runway;
use super::overview::Overview;
use super::page::Page;
use super::recurring_costs::RecurringCosts;
use super::session::Session;
use crate::problem::Problem;

/// A section: its data, or why it could not be had. The others stand on their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "seven sections an answer; data is larger than a problem")
)]
pub enum Section<T> {
    /// What was asked for.
    Data(T),
    /// Why it could not be had.
    Problem(Problem),
}

/// The dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dashboard {
    /// The moment all sections are of.
    pub as_of: DateTime<Utc>,
    /// Who is looking.
    pub session: Section<Session>,
    /// The KPI figures.
    pub overview: Section<Overview>,
    /// Recurring costs by interval.
    pub recurring_costs: Section<RecurringCosts>,
    /// The series of the range asked for, compared with the period before.
    pub active_users: Section<ActiveUsersSeries>,
    /// The first 25 activations, newest first, with their total.
    pub activations: Section<Page<ActivationRow>>,
    /// How many activations there are by status, product and interval.
    pub activation_counts: Section<ActivationCounts>,
    /// The next five renewals, soonest first.
    #[cfg_attr(feature = "openapi", schema(max_items = 5))]
    pub next_renewals: Section<Vec<ActivationRow>>,
    /// How far the wallet reaches, and how urgent a top-up is.
    pub runway: Section<Runway>,
}
