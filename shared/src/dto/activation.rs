//! Activations: the list, one of them, its timeline, and how many there are.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{
    ActivationAction, ActivationId, ActivationStatus, ActorKind, BillingInterval, BillingState, ClientId, HistoryId,
    HistoryKind, LedgerEntryId, Money, ProductId,
};

/// An activation as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationRow {
    /// Its id.
    pub id: ActivationId,
    /// What was put in service.
    pub product: ActivationProduct,
    /// For whom.
    pub client: ActivationClient,
    /// Where it stands.
    pub status: ActivationStatus,
    /// What billing will do next; null unless active.
    pub billing_state: Option<BillingState>,
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// What one period costs.
    pub price: Money,
    /// Whether it renews by itself.
    pub auto_renew: bool,
    /// When it was put in service.
    pub activated_at: DateTime<Utc>,
    /// The same as a date in the reseller's zone.
    pub activated_on: NaiveDate,
    /// End (exclusive) of the last paid period; null if nothing was paid.
    pub paid_until_on: Option<NaiveDate>,
    /// When it will be charged next; null if it will not.
    pub renews_at: Option<DateTime<Utc>>,
    /// The same as a date in the reseller's zone.
    pub renews_on: Option<NaiveDate>,
    /// Days from today to `renews_on`, negative when overdue; null where that is.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub renews_in_days: Option<i64>,
    /// Whether the wallet pays the next renewal if nothing is topped up; null if it does not renew, or the caller may not
    /// read the wallet.
    #[serde(default)]
    pub covered: Option<bool>,
    /// With `grace`: until when it stays on.
    pub grace_until_on: Option<NaiveDate>,
    /// With `ending`: when it ends.
    pub ends_on: Option<NaiveDate>,
    /// The reseller's own reference.
    #[cfg_attr(feature = "openapi", schema(example = "HD-2093", max_length = 100))]
    pub external_reference: Option<String>,
}

/// The product of an activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer", max_length = 200))]
    pub name: String,
}

/// The client of an activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationClient {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Ana Ferreira", max_length = 200))]
    pub name: String,
    /// Its email address; null if none was given.
    #[cfg_attr(feature = "openapi", schema(example = "ana@ferreira-studio.example", max_length = 254))]
    pub email: Option<String>,
}

/// One activation with everything its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activation {
    /// What lists show as well.
    #[serde(flatten)]
    pub row: ActivationRow,
    /// Who put it in service.
    pub activated_by: Actor,
    /// The period that contains now, or the last one; null if nothing was paid.
    pub current_period: Option<Period>,
    /// The day its present term is counted from, in `time_zone`.
    pub anchor_on: NaiveDate,
    /// Day of the month from which its periods are counted.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 31, example = 21))]
    pub anchor_day: u32,
    /// IANA name of the zone its calendar was frozen in when it was activated.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// Order of renewal among those due at one moment, 1 first.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 5))]
    pub priority: i16,
    /// The interval that was chosen for the next period that is charged; null if none was.
    pub pending_change: Option<PendingChange>,
    /// When it was paused; null unless paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// When it shall resume by itself; null if it shall not.
    pub resume_at: Option<DateTime<Utc>>,
    /// The same as a date in the reseller's zone.
    pub resume_on: Option<NaiveDate>,
    /// What was charged less what was refunded; null for callers that may not read the wallet.
    pub paid_so_far: Option<Money>,
    /// How many charges that were.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 9))]
    pub charge_count: i64,
    /// What would be returned if it were deactivated now; null for callers that may not read the wallet.
    pub refundable_now: Option<Money>,
    /// Last day on which something would be returned for the running period; null if that day has passed.
    pub refundable_until_on: Option<NaiveDate>,
    /// Where the client signs in.
    #[cfg_attr(feature = "openapi", schema(example = "https://writer.apps.example/ana", max_length = 500))]
    pub access_url: Option<String>,
    /// How the client signs in.
    #[cfg_attr(feature = "openapi", schema(example = "With the client's email address.", max_length = 500))]
    pub access_note: Option<String>,
    /// The reseller's notes.
    #[cfg_attr(feature = "openapi", schema(example = "Invoice goes to the head office.", max_length = 2000))]
    pub notes: Option<String>,
    /// Distinct end users in the 30 local days that end today.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 41))]
    pub active_users_30_days: i64,
    /// What its status allows.
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub allowed_actions: Vec<ActivationAction>,
}

/// A change of interval that waits for the next period that is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingChange {
    /// The new interval.
    pub billing_interval: BillingInterval,
    /// What a period will cost: pinned when the change was asked for.
    pub price: Money,
}

/// One paid stretch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Period {
    /// First day, in the reseller's zone.
    pub start_on: NaiveDate,
    /// First day no longer in it, in the reseller's zone.
    pub end_on: NaiveDate,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// What kind of caller.
    pub kind: ActorKind,
    /// A person's or a key's name; null for the system.
    #[cfg_attr(feature = "openapi", schema(example = "Mara Lindqvist", max_length = 200))]
    pub name: Option<String>,
}

/// One row of an activation's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryEntry {
    /// Its id.
    pub id: HistoryId,
    /// What happened.
    pub kind: HistoryKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// Why, where a reason was given.
    #[cfg_attr(feature = "openapi", schema(example = "Client asked: office closed", max_length = 500))]
    pub reason: Option<String>,
    /// The status before; null for the first row.
    pub status_before: Option<ActivationStatus>,
    /// The status after.
    pub status_after: ActivationStatus,
    /// Until when it was paid afterwards.
    pub paid_until_on: Option<NaiveDate>,
    /// What moved: negative for a charge, positive for a refund; null if nothing did, or the caller may not read the wallet.
    pub amount: Option<Money>,
    /// The ledger entry.
    pub ledger_entry_id: Option<LedgerEntryId>,
    /// The request that caused it; null for what the platform did by itself.
    #[cfg_attr(feature = "openapi", schema(example = "req_01k4kneba5pr8v6j2c0d3f7g9h", max_length = 64))]
    pub request_id: Option<String>,
}

/// How many activations there are, for filters and chips.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationCounts {
    /// All but deactivated ones.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 96))]
    pub total: i64,
    /// By status, deactivated ones included; every status, also with zero.
    #[cfg_attr(feature = "openapi", schema(max_items = 6))]
    pub by_status: Vec<StatusCount>,
    /// By product, without deactivated ones, by name.
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub by_product: Vec<ProductCount>,
    /// By interval, without deactivated ones; every interval, also with zero.
    #[cfg_attr(feature = "openapi", schema(max_items = 4))]
    pub by_billing_interval: Vec<IntervalCount>,
}

/// How many have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCount {
    /// The status.
    pub status: ActivationStatus,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 86))]
    pub count: i64,
}

/// How many are of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductCount {
    /// The product.
    pub product: ActivationProduct,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 17))]
    pub count: i64,
}

/// How many are paid by an interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntervalCount {
    /// The interval.
    pub billing_interval: BillingInterval,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 67))]
    pub count: i64,
}
