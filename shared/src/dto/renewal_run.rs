//! What renewal runs did.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{Money, RenewalRunId, ResellerId, RunTrigger};

/// One run over what was due of one reseller. Runs that found nothing to do leave no record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenewalRun {
    /// Its id.
    pub id: RenewalRunId,
    /// What set it going.
    pub trigger: RunTrigger,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 41))]
    pub duration_ms: i64,
    /// Periods that were due.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 12))]
    pub due_count: i64,
    /// Periods that were charged.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 11))]
    pub charged_count: i64,
    /// What was charged together; null for callers that may not read the wallet.
    pub charged: Option<Money>,
    /// Renewals the wallet did not cover.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1))]
    pub short_count: i64,
    /// Activations that could not be dealt with because of a fault on our side; the next run tries them again.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 0))]
    pub failed_count: i64,
    /// Activations held because too many periods were due at once.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 0))]
    pub held_count: i64,
    /// Activations that left service: expired, or their scheduled end came.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 0))]
    pub ended_count: i64,
    /// Pauses that ended as planned.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 0))]
    pub resumed_count: i64,
}

/// A run as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorRenewalRun {
    /// Whose.
    pub reseller_id: ResellerId,
    /// The reseller's name.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub reseller_name: String,
    /// The run.
    pub run: RenewalRun,
}

/// What is held of one reseller: more than three periods were due at once on each of its activations here, which looks like a
/// wrong clock. They stay in service and are not charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldRenewals {
    /// Whose.
    pub reseller_id: ResellerId,
    /// The reseller's name.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub reseller_name: String,
    /// What its wallet holds.
    pub balance: Money,
    /// How many activations are held.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 3))]
    pub activation_count: i64,
    /// Since when the first of them is held.
    pub held_at: DateTime<Utc>,
    /// When the oldest period was due that is not charged.
    pub due_at: DateTime<Utc>,
    /// Periods that a release charges, of everything of the reseller that is due.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 12))]
    pub due_count: i64,
    /// What they cost together; the balance may pay for some of them only.
    pub due: Money,
}

/// Charge what is held.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReleaseHeldRequest {
    /// Why it is right, for the record.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "The server was off from March to July.", min_length = 1, max_length = 500)
    )]
    pub reason: String,
}
