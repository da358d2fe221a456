//! What changes an activation: quotes, requests and their answers.
//!
//! A quote says what would happen now and stores nothing; the request that follows may repeat what the quote said
//! (`expected`), and is refused if that is no longer so. Every POST but the quotes needs an `Idempotency-Key`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::activation::{Activation, ActivationRow, Period};
use crate::problem::Problem;
use crate::vocab::{
    ActivationAction, ActivationId, ActivationStatus, BillingInterval, ClientId, LedgerEntryId, Money, ProductId,
    RunwayState, TakesEffect,
};

/// What a person agreed to: if something else would be executed, the answer is `quote_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// `amount` of the quote.
    pub amount: Money,
    /// `period.start_on` of the quote; null if it pays no period.
    #[serde(default)]
    pub period_start_on: Option<NaiveDate>,
}

/// What an action would do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// When this was so.
    pub as_of: DateTime<Utc>,
    /// What leaves the balance for the action; negative if money comes back.
    pub amount: Money,
    /// What the period costs that the action pays; null if it pays none.
    pub price: Option<Money>,
    /// What is given back of earlier charges.
    pub credit: Money,
    /// The period that the action pays, in the reseller's zone; null if it pays none.
    pub period: Option<Period>,
    /// Charges that are due already and come first, whatever the action.
    pub due_first: Money,
    /// The status before; null for a new activation.
    pub status_before: Option<ActivationStatus>,
    /// The status afterwards.
    pub status: ActivationStatus,
    /// The day on which the action takes effect.
    pub effective_on: NaiveDate,
    /// Until when (exclusive) it is paid before.
    pub paid_until_before_on: Option<NaiveDate>,
    /// Until when (exclusive) it is paid afterwards.
    pub paid_until_on: Option<NaiveDate>,
    /// The next charge by itself afterwards; null if it does not renew.
    pub next_renewal: Option<NextRenewal>,
    /// When it leaves service afterwards if nothing else is done; null if it renews or is off.
    pub ends_on: Option<NaiveDate>,
    /// What the wallet holds now; null for callers that may not read it.
    pub balance_before: Option<Money>,
    /// What it would hold afterwards, negative if it does not suffice; null for callers that may not read it.
    pub balance_after: Option<Money>,
    /// What is missing; null if nothing is, or the caller may not read the wallet.
    pub shortfall: Option<Money>,
    /// How far the wallet would reach afterwards; null if it does not suffice, in a quote of many or one that comes with
    /// `quote_changed`, or if the caller may not read the wallet.
    pub runway: Option<QuotedRunway>,
}

/// How far the wallet would reach after an action if nothing is topped up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotedRunway {
    /// In one word.
    pub state: RunwayState,
    /// The last day on which everything is covered; null unless `state` is `short`.
    pub covered_until_on: Option<NaiveDate>,
    /// The first day that is not covered; null unless `state` is `short` or `short_now`.
    pub first_shortfall_on: Option<NaiveDate>,
    /// What is missing at the end of that day.
    pub first_shortfall: Option<Money>,
}

/// The next charge of an activation by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextRenewal {
    /// When, in the reseller's zone.
    pub renews_on: NaiveDate,
    /// How much.
    pub amount: Money,
    /// By which interval.
    pub billing_interval: BillingInterval,
}

/// What a new activation would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteNewActivationRequest {
    /// What to put in service.
    pub product_id: ProductId,
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// Whether it renews by itself.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub auto_renew: bool,
}

/// A product to be put in service for a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateActivationRequest {
    /// For whom; it never changes.
    pub client_id: ClientId,
    /// What to put in service.
    pub product_id: ProductId,
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// Whether it renews by itself.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub auto_renew: bool,
    /// Order of renewal among those due at one moment, 1 first.
    #[serde(default = "default_priority")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, default = 5))]
    pub priority: u8,
    /// The reseller's own reference, unique among its activations.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "HD-2093", min_length = 1, max_length = 100))]
    pub external_reference: Option<String>,
    /// Free text.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Invoice goes to the head office.", max_length = 2000))]
    pub notes: Option<String>,
    /// What the quote said.
    #[serde(default)]
    pub expected: Option<Expected>,
}

/// An action, to be quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteActionRequest {
    /// Which action.
    pub action: ActivationAction,
    /// With `deactivate` and `change_interval`: when; at the end of what is paid if not given.
    #[serde(default)]
    pub takes_effect: Option<TakesEffect>,
    /// With `change_interval`: the new interval.
    #[serde(default)]
    pub billing_interval: Option<BillingInterval>,
}

/// Pays the next period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RenewActivationRequest {
    /// What the quote said.
    pub expected: Option<Expected>,
}

/// Switches off, keeping what is paid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PauseActivationRequest {
    /// When it shall resume by itself; not together with `resume_on`.
    pub resume_at: Option<DateTime<Utc>>,
    /// The same as a date in the reseller's zone: at that day's beginning.
    pub resume_on: Option<NaiveDate>,
    /// Why.
    #[cfg_attr(feature = "openapi", schema(example = "Client asked: office closed", max_length = 500))]
    pub reason: Option<String>,
    /// What the quote said.
    pub expected: Option<Expected>,
}

/// Switches on again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ResumeActivationRequest {
    /// Why.
    #[cfg_attr(feature = "openapi", schema(example = "Office open again", max_length = 500))]
    pub reason: Option<String>,
    /// What the quote said.
    pub expected: Option<Expected>,
}

/// Ends it for good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct DeactivateActivationRequest {
    /// Now, with the refund the rules give, or at the end of what is paid, which `keep` undoes.
    #[cfg_attr(feature = "openapi", schema(default = "period_end"))]
    pub takes_effect: TakesEffect,
    /// Why.
    #[cfg_attr(feature = "openapi", schema(example = "Client left", max_length = 500))]
    pub reason: Option<String>,
    /// What the quote said.
    pub expected: Option<Expected>,
}

/// Undoes a scheduled end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KeepActivationRequest {
    /// Why.
    #[cfg_attr(feature = "openapi", schema(example = "Client stays", max_length = 500))]
    pub reason: Option<String>,
    /// What the quote said.
    pub expected: Option<Expected>,
}

/// Bills by another interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeActivationIntervalRequest {
    /// The new interval. The present one undoes a change that waits.
    pub billing_interval: BillingInterval,
    /// With the next period that is charged, or now: then what is not used is credited against the new charge.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(default = "period_end"))]
    pub takes_effect: TakesEffect,
    /// What the quote said.
    #[serde(default)]
    pub expected: Option<Expected>,
}

/// Tries a failed set-up again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetryActivationRequest {
    /// What the quote said.
    pub expected: Option<Expected>,
}

/// Changes settings; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PatchActivationRequest {
    /// Whether it renews by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_renew: Option<bool>,
    /// Order of renewal among those due at one moment, 1 first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9))]
    pub priority: Option<u8>,
}

/// What a write did, and how things stand afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivationChange {
    /// The activation afterwards.
    pub activation: Activation,
    /// What left the balance for the action; negative if money came back.
    pub amount: Money,
    /// The ledger entries of the action, in their order; empty if no money moved.
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub ledger_entry_ids: Vec<LedgerEntryId>,
    /// What the wallet holds afterwards; null for callers that may not read it.
    pub balance: Option<Money>,
}

/// The most activations in one bulk request.
pub const MAX_BULK_ITEMS: usize = 100;

/// One action on many activations, each for itself: what one refuses does not hold up the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkActivationsRequest {
    /// Which action.
    pub action: ActivationAction,
    /// With `deactivate` and `change_interval`: when; at the end of what is paid if not given.
    #[serde(default)]
    pub takes_effect: Option<TakesEffect>,
    /// With `change_interval`: the new interval.
    #[serde(default)]
    pub billing_interval: Option<BillingInterval>,
    /// With `pause`: the day on which they shall resume by themselves.
    #[serde(default)]
    pub resume_on: Option<NaiveDate>,
    /// Why.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Season is over", max_length = 500))]
    pub reason: Option<String>,
    /// On which, in this order; each once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub items: Vec<BulkItem>,
}

/// One activation of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    /// Which.
    pub activation_id: ActivationId,
    /// What the quote said about it.
    #[serde(default)]
    pub expected: Option<Expected>,
}

/// What a bulk request would do now, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkQuote {
    /// When this was so.
    pub as_of: DateTime<Utc>,
    /// Each activation, in the order of the request.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub items: Vec<BulkQuoteItem>,
    /// How many would be carried out.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100, example = 12))]
    pub possible: i64,
    /// What leaves the balance for those; negative if money comes back.
    pub amount: Money,
    /// What the wallet holds now; null for callers that may not read it.
    pub balance_before: Option<Money>,
    /// What it would hold afterwards; null for callers that may not read it.
    pub balance_after: Option<Money>,
}

/// One activation of a bulk quote: a quote, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkQuoteItem {
    /// Which.
    pub activation_id: ActivationId,
    /// What would happen; null if it would be refused.
    pub quote: Option<Quote>,
    /// Why it would be refused; null if it would not.
    pub problem: Option<Problem>,
}

/// What a bulk request did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkChange {
    /// Each activation, in the order of the request.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub items: Vec<BulkChangeItem>,
    /// How many were carried out.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100, example = 12))]
    pub succeeded: i64,
    /// What left the balance; negative if money came back.
    pub amount: Money,
    /// What the wallet holds afterwards; null for callers that may not read it.
    pub balance: Option<Money>,
}

/// One activation of a bulk request: what became of it, or why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkChangeItem {
    /// Which.
    pub activation_id: ActivationId,
    /// The activation afterwards; null if the action was refused.
    pub activation: Option<ActivationRow>,
    /// What left the balance; null if the action was refused.
    pub amount: Option<Money>,
    /// The ledger entries of the action.
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub ledger_entry_ids: Vec<LedgerEntryId>,
    /// Why it was refused; null if it was not.
    pub problem: Option<Problem>,
}

fn yes() -> bool {
    true
}

fn default_priority() -> u8 {
    5
}

/// Tells a field that is absent (`None`) from one that is null (`Some(None)`), with `#[serde(default)]`.
#[expect(clippy::option_option, reason = "absent, null and given are three things")]
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}
