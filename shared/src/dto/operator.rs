//! What operators read and decide: resellers, top-ups, adjustments, the catalogue.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::dto::activation::{ActivationClient, ActivationProduct};
use crate::dto::recurring_costs::Due;
use crate::dto::top_up::TopUp;
use crate::vocab::{
    ActivationId, ActivationStatus, BillingInterval, Currency, LedgerEntryId, Money, PriceId, PriceMigrationId,
    ProductId, ProductStatus, Provisioning, ResellerId,
};

/// A reseller as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorReseller {
    /// Its id.
    pub id: ResellerId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub name: String,
    /// The one currency it pays in.
    pub currency: Currency,
    /// IANA name of its time zone.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin", max_length = 64))]
    pub time_zone: String,
    /// Whether the account was closed.
    pub is_closed: bool,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// What its wallet holds.
    pub balance: Money,
    /// Since when its wallet is blocked because its books do not agree.
    pub blocked_at: Option<DateTime<Utc>>,
    /// The first difference that was found.
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    pub blocked_reason: Option<String>,
    /// Top-ups that wait to be settled.
    pub pending_top_ups: Due,
}

/// A top-up with the reseller it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorTopUp {
    /// Whose it is.
    pub reseller_id: ResellerId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub reseller_name: String,
    /// The top-up.
    pub top_up: TopUp,
}

/// The money has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettleTopUpRequest {
    /// What to remember about it, such as the line of the bank statement; the reseller reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Statement 47, line 12", max_length = 500))]
    pub note: Option<String>,
}

/// Refuse a top-up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RejectTopUpRequest {
    /// Why; the reseller reads it.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "No payment came within 30 days.", min_length = 1, max_length = 500)
    )]
    pub reason: String,
}

/// An activation that is paid for and put in service by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetUp {
    /// The activation.
    pub activation_id: ActivationId,
    /// Whose it is.
    pub reseller_id: ResellerId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Harbour Digital", max_length = 200))]
    pub reseller_name: String,
    /// What has to be set up.
    pub product: ActivationProduct,
    /// For whom.
    pub client: ActivationClient,
    /// `pending` while it waits.
    pub status: ActivationStatus,
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// What a period costs.
    pub price: Money,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// The reseller's own reference.
    #[cfg_attr(feature = "openapi", schema(example = "ORDER-1042", max_length = 100))]
    pub external_reference: Option<String>,
    /// What the reseller noted.
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    pub notes: Option<String>,
}

/// It was set up.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProvisionRequest {}

/// It cannot be set up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FailSetUpRequest {
    /// Why; the reseller reads it.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "The supplier has no licence left.", min_length = 1, max_length = 500)
    )]
    pub reason: String,
}

/// Correct a reseller's balance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdjustmentRequest {
    /// By how much, in the reseller's currency: negative takes money out of the wallet. Never zero.
    pub amount: Money,
    /// Why; the reseller reads it.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Goodwill for the outage of 3 March.", min_length = 1, max_length = 500)
    )]
    pub reason: String,
    /// The entry that is corrected, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects_entry_id: Option<LedgerEntryId>,
}

/// Lift the block of a wallet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnblockWalletRequest {
    /// What had happened, for the record.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Entry 214 was restored from the backup.", min_length = 1, max_length = 500)
    )]
    pub reason: String,
}

/// A catalogue item with all its prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorProduct {
    /// Its id.
    pub id: ProductId,
    /// The catalogue's own reference, unique.
    #[cfg_attr(feature = "openapi", schema(example = "ai-writer", max_length = 100))]
    pub reference: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer", max_length = 200))]
    pub name: String,
    /// One sentence about it.
    #[cfg_attr(feature = "openapi", schema(example = "Drafts texts in your client's voice.", max_length = 500))]
    pub description: String,
    /// Whether it can be activated.
    pub status: ProductStatus,
    /// How it is put in service.
    pub provisioning: Provisioning,
    /// Days of grace after a failed renewal.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 30, example = 7))]
    pub grace_days: i64,
    /// Where a client signs in; `{client}` stands for the client's reference.
    #[cfg_attr(feature = "openapi", schema(example = "https://writer.apps.example/{client}", max_length = 500))]
    pub access_url: Option<String>,
    /// How to sign in.
    #[cfg_attr(feature = "openapi", schema(example = "With the client's email address.", max_length = 500))]
    pub access_note: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Every price it ever had, by interval and currency, the latest first.
    #[cfg_attr(feature = "openapi", schema(max_items = 10000))]
    pub prices: Vec<OperatorPrice>,
}

/// A price of a product. It never changes: a new price is a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorPrice {
    /// Its id.
    pub id: PriceId,
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// What one period costs.
    pub amount: Money,
    /// From when on new terms take it.
    pub valid_from_on: NaiveDate,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Add a product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateProductRequest {
    /// The catalogue's own reference, unique.
    #[cfg_attr(feature = "openapi", schema(example = "ai-writer", min_length = 1, max_length = 100))]
    pub reference: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer", min_length = 1, max_length = 200))]
    pub name: String,
    /// One sentence about it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Drafts texts in your client's voice.", max_length = 500))]
    pub description: String,
    /// How it is put in service; `automatic` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning: Option<Provisioning>,
    /// Days of grace after a failed renewal; 7 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 30, example = 7))]
    pub grace_days: Option<u32>,
    /// Where a client signs in; `{client}` stands for the client's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "https://writer.apps.example/{client}", max_length = 500))]
    pub access_url: Option<String>,
    /// How to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "With the client's email address.", max_length = 500))]
    pub access_note: Option<String>,
}

/// Take a product out of the catalogue.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RetireProductRequest {}

/// Add a price to a product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePriceRequest {
    /// How often it is paid.
    pub billing_interval: BillingInterval,
    /// What one period costs; zero is free of charge.
    pub amount: Money,
    /// From when on new terms take it, today or later; today without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from_on: Option<NaiveDate>,
}

/// Announce that what runs on one price goes over to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePriceMigrationRequest {
    /// The price that is held now.
    pub from_price_id: PriceId,
    /// The price that replaces it: same product, interval and currency.
    pub to_price_id: PriceId,
    /// Periods that start on this day or later cost the new price; at least 30 days from today.
    pub effective_on: NaiveDate,
}

/// A price that replaces another for what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceMigration {
    /// Its id.
    pub id: PriceMigrationId,
    /// The product.
    pub product_id: ProductId,
    /// The price that is replaced.
    pub from_price_id: PriceId,
    /// The price that replaces it.
    pub to_price_id: PriceId,
    /// Periods that start on this day or later cost the new price.
    pub effective_on: NaiveDate,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// Activations that hold the replaced price now and have not ended.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 17))]
    pub activation_count: i64,
}
