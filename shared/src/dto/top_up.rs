//! Top-ups: money that a reseller says is coming, until somebody has seen it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dto::activation::Actor;
use crate::vocab::{LedgerEntryId, Money, TopUpId, TopUpMethod, TopUpStatus};

/// Money coming in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopUp {
    /// Its id.
    pub id: TopUpId,
    /// How much.
    pub amount: Money,
    /// How it is paid.
    pub method: TopUpMethod,
    /// Where it stands.
    pub status: TopUpStatus,
    /// To be written on the payment, so that the operator knows it when it comes.
    #[cfg_attr(feature = "openapi", schema(example = "RP-2C0D3F7G9H", max_length = 40))]
    pub payment_reference: String,
    /// What to do next, in words; null unless pending.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Transfer 100.00 EUR with the reference RP-2C0D3F7G9H.", max_length = 500)
    )]
    pub instructions: Option<String>,
    /// The reseller's own reference.
    #[cfg_attr(feature = "openapi", schema(example = "PO-2093", max_length = 100))]
    pub reference: Option<String>,
    /// When it was requested.
    pub requested_at: DateTime<Utc>,
    /// By whom.
    pub requested_by: Actor,
    /// When it was settled, rejected or cancelled.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<Actor>,
    /// What the one who decided said about it.
    #[cfg_attr(feature = "openapi", schema(example = "No payment came within 30 days.", max_length = 500))]
    pub reason: Option<String>,
    /// The entry that brought the money.
    pub ledger_entry_id: Option<LedgerEntryId>,
}

/// Request a top-up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTopUpRequest {
    /// How much, in the reseller's currency; more than zero.
    pub amount: Money,
    /// How it will be paid.
    pub method: TopUpMethod,
    /// The reseller's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "PO-2093", max_length = 100))]
    pub reference: Option<String>,
}
