//! The reseller's customers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lifecycle::present;
use crate::vocab::{ClientId, Money};

/// A customer of the reseller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Café Lindenhof", max_length = 200))]
    pub name: String,
    /// Its email address; null if none was given.
    #[cfg_attr(feature = "openapi", schema(example = "hallo@cafe-lindenhof.example", max_length = 254))]
    pub email: Option<String>,
    /// The reseller's own reference.
    #[cfg_attr(feature = "openapi", schema(example = "C-1041", max_length = 100))]
    pub external_reference: Option<String>,
    /// Activations that are on.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 2))]
    pub active_activations: i64,
    /// What its renewing activations cost, normalised to a month.
    pub monthly_equivalent: Money,
    /// The reseller's notes.
    #[cfg_attr(feature = "openapi", schema(example = "Prefers to be called in the morning.", max_length = 2000))]
    pub notes: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was put away; null while it is in use.
    pub archived_at: Option<DateTime<Utc>>,
}

/// A client to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateClientRequest {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Café Lindenhof", min_length = 1, max_length = 200))]
    pub name: String,
    /// Its email address.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "hallo@cafe-lindenhof.example", max_length = 254))]
    pub email: Option<String>,
    /// The reseller's own reference, unique among its clients.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "C-1041", min_length = 1, max_length = 100))]
    pub external_reference: Option<String>,
    /// Free text.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Prefers to be called in the morning.", max_length = 2000))]
    pub notes: Option<String>,
}

/// Changes a client; what is not named stays, null empties a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PatchClientRequest {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// Its email address.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 254))]
    pub email: Option<Option<String>>,
    /// The reseller's own reference.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, min_length = 1, max_length = 100))]
    pub external_reference: Option<Option<String>>,
    /// Free text.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 2000))]
    pub notes: Option<Option<String>>,
}
