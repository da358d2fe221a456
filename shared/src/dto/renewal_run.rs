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
