//! Promotions and launches of the operator; resellers see them as markers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::lifecycle::present;
use crate::vocab::{PromotionId, PromotionKind, PromotionScope, ResellerId};

/// A promotion or a launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promotion {
    /// Its id.
    pub id: PromotionId,
    /// What it is.
    pub kind: PromotionKind,
    /// In a few words.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Autumn offer: two months free", min_length = 1, max_length = 100)
    )]
    pub title: String,
    /// More about it; null if there is nothing to add.
    #[cfg_attr(feature = "openapi", schema(example = "For yearly activations of AI Writer.", max_length = 500))]
    pub text: Option<String>,
    /// First day; the day of its marker, in every reseller's calendar.
    pub starts_on: NaiveDate,
    /// Last day; null if it has no end.
    pub ends_on: Option<NaiveDate>,
    /// Who sees it.
    pub scope: PromotionScope,
    /// With `chosen`: the resellers.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub reseller_ids: Vec<ResellerId>,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Announce a promotion or a launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePromotionRequest {
    /// What it is.
    pub kind: PromotionKind,
    /// In a few words.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Autumn offer: two months free", min_length = 1, max_length = 100)
    )]
    pub title: String,
    /// More about it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "For yearly activations of AI Writer.", max_length = 500))]
    pub text: Option<String>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, not before the first.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// Who sees it.
    pub scope: PromotionScope,
    /// With `chosen`, at least one reseller; with `all`, none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub reseller_ids: Vec<ResellerId>,
}

/// Changes a promotion or a launch; what is not named stays, null empties a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PatchPromotionRequest {
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PromotionKind>,
    /// In a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub title: Option<String>,
    /// More about it.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 500))]
    pub text: Option<Option<String>>,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub ends_on: Option<Option<NaiveDate>>,
    /// Who sees it. A change to `all` forgets who was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<PromotionScope>,
    /// The resellers, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub reseller_ids: Option<Vec<ResellerId>>,
}
