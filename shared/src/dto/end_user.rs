//! The people behind a figure, under stable pseudonyms.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::vocab::{ClientId, EndUserId, ProductId};

/// An end user with usage in the window asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndUser {
    /// A stable pseudonym; the key that identifies the person is never shown.
    pub id: EndUserId,
    /// A name to show, where the reseller keeps them; null otherwise.
    #[cfg_attr(feature = "openapi", schema(example = "Mia", max_length = 100))]
    pub label: Option<String>,
    /// The client the person belongs to.
    pub client: EndUserClient,
    /// Products used in the window.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub products: Vec<EndUserProduct>,
    /// First counted use ever.
    pub first_used_at: DateTime<Utc>,
    /// Last counted use ever.
    pub last_used_at: DateTime<Utc>,
}

/// The client of an end user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndUserClient {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Café Lindenhof", max_length = 200))]
    pub name: String,
}

/// A product an end user used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndUserProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer", max_length = 200))]
    pub name: String,
}
