//! The reseller's customers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    /// When it was added.
    pub created_at: DateTime<Utc>,
}
