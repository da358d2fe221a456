//! Sending usage: batches of events, and what was done with each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{ActivationId, UsageEventOutcome};

/// A batch of usage events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordUsageEventsRequest {
    /// The events, in any order.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1000))]
    pub events: Vec<NewUsageEvent>,
}

/// An end user opened or used an activated product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUsageEvent {
    /// Made by the sender, 1 to 64 characters of printable ASCII without spaces. An event that comes again under its id is not
    /// counted again.
    #[cfg_attr(feature = "openapi", schema(example = "login-2026-11-22-000017", max_length = 256))]
    pub id: String,
    /// What was used.
    pub activation_id: ActivationId,
    /// By whom: any text that names the person among the client's people, at most 254 characters. Trimmed, and lower-cased if
    /// it contains `@`. Only its keyed hash is kept.
    #[cfg_attr(feature = "openapi", schema(example = "ana@ferreira-studio.example", max_length = 1000))]
    pub end_user_key: String,
    /// When, at most 30 times 24 hours ago and 5 minutes ahead.
    pub occurred_at: DateTime<Utc>,
    /// A name to show in lists, cut at 100 characters. Kept only if the reseller switched that on.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Ana Ferreira", max_length = 1000))]
    pub label: Option<String>,
}

/// What was done with a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordedUsageEvents {
    /// The moment that the window of accepted events is measured from.
    pub as_of: DateTime<Utc>,
    /// Each event, in the order of the request.
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub items: Vec<RecordedUsageEvent>,
    /// How many had each outcome.
    pub totals: UsageEventTotals,
}

/// What was done with one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordedUsageEvent {
    /// The sender's id, as it came.
    #[cfg_attr(feature = "openapi", schema(example = "login-2026-11-22-000017", max_length = 256))]
    pub id: String,
    /// What was done.
    pub outcome: UsageEventOutcome,
}

/// How many events of a batch had each outcome; together as many as were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageEventTotals {
    /// Kept and counted.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 1))]
    pub counted: u32,
    /// Kept, but not counted: off at that moment.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 0))]
    pub not_counted: u32,
    /// Known already.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 1))]
    pub duplicate: u32,
    /// Before the window.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 0))]
    pub too_old: u32,
    /// After the window.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 0))]
    pub in_future: u32,
    /// Of an activation that the reseller does not have.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 0))]
    pub unknown_activation: u32,
    /// Under an id that cannot be used.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 0))]
    pub invalid_id: u32,
    /// By an end user whose key cannot be used.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000, example = 0))]
    pub invalid_end_user_key: u32,
}

impl UsageEventTotals {
    /// Counts one more.
    pub fn add(&mut self, outcome: UsageEventOutcome) {
        let counter = match outcome {
            UsageEventOutcome::Counted => &mut self.counted,
            UsageEventOutcome::NotCounted => &mut self.not_counted,
            UsageEventOutcome::Duplicate => &mut self.duplicate,
            UsageEventOutcome::TooOld => &mut self.too_old,
            UsageEventOutcome::InFuture => &mut self.in_future,
            UsageEventOutcome::UnknownActivation => &mut self.unknown_activation,
            UsageEventOutcome::InvalidId => &mut self.invalid_id,
            UsageEventOutcome::InvalidEndUserKey => &mut self.invalid_end_user_key,
        };
        *counter += 1;
    }
}
