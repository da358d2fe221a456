//! Ledger entries as they are listed, one of them with both sides, and sums.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::dto::activation::Actor;
use crate::vocab::{ActivationId, LedgerAccountKind, LedgerEntryId, LedgerEntryKind, Money, TopUpId};

/// A movement of money, seen from the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerEntry {
    /// Its id.
    pub id: LedgerEntryId,
    /// Its position in the ledger, without gaps.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 214))]
    pub sequence: i64,
    /// Why money moved.
    pub kind: LedgerEntryKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The same as a date in the reseller's zone.
    pub occurred_on: NaiveDate,
    /// What for, in words.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer · Ana Ferreira", max_length = 500))]
    pub reason: String,
    /// The effect on the wallet: negative for money that left it.
    pub amount: Money,
    /// The balance after it.
    pub balance_after: Money,
    /// Who caused it.
    pub actor: Actor,
    /// The activation that was charged or refunded.
    pub activation_id: Option<ActivationId>,
    /// The entry that it corrects or gives back a part of.
    pub corrects_entry_id: Option<LedgerEntryId>,
    /// The sender's own reference.
    #[cfg_attr(feature = "openapi", schema(example = "PO-2093", max_length = 100))]
    pub external_reference: Option<String>,
}

/// An entry with everything it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerEntryDetail {
    /// The entry as lists show it.
    pub entry: LedgerEntry,
    /// When it was written down; later than `entry.occurred_at` for data that was moved in.
    pub recorded_at: DateTime<Utc>,
    /// Both sides of the posting; their amounts sum to zero.
    #[cfg_attr(feature = "openapi", schema(min_items = 2, max_items = 2))]
    pub sides: Vec<LedgerSide>,
    /// The period that was charged or refunded.
    pub period: Option<LedgerPeriod>,
    /// The product that was paid for.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer", max_length = 200))]
    pub product_name: Option<String>,
    /// The client it was paid for.
    #[cfg_attr(feature = "openapi", schema(example = "Ana Ferreira", max_length = 200))]
    pub client_name: Option<String>,
    /// Later entries that correct this one or give back a part of it.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub corrected_by: Vec<LedgerEntryId>,
    /// The top-up that brought the money.
    pub top_up_id: Option<TopUpId>,
    /// The request that caused it; null for what the platform did by itself.
    #[cfg_attr(feature = "openapi", schema(example = "req_01k4kneba5pr8v6j2c0d3f7g9h", max_length = 64))]
    pub request_id: Option<String>,
    /// The key it was posted under.
    #[cfg_attr(feature = "openapi", schema(example = "7b0e6f1c", max_length = 200))]
    pub idempotency_key: Option<String>,
}

/// One side of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerSide {
    /// The account.
    pub account: LedgerAccountKind,
    /// Positive where it is credited, negative where it is debited.
    pub amount: Money,
}

/// The period an entry paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerPeriod {
    /// Number of the term.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 1))]
    pub term_no: i64,
    /// Number of the period in its term.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 8))]
    pub period_no: i64,
    /// First day, in the activation's zone.
    pub start_on: NaiveDate,
    /// The day after the last.
    pub end_on: NaiveDate,
}

/// What entries add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerTotals {
    /// How many entries.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 214))]
    pub count: i64,
    /// What came into the wallet.
    pub money_in: Money,
    /// What left it, as a negative amount.
    pub money_out: Money,
    /// Both together.
    pub net: Money,
}
