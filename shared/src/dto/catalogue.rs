//! The catalogue as a reseller sees it.

use serde::{Deserialize, Serialize};

use crate::vocab::{BillingInterval, Money, PriceId, ProductId};

/// A catalogue item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "AI Writer", max_length = 200))]
    pub name: String,
    /// One sentence about it.
    #[cfg_attr(feature = "openapi", schema(example = "Drafts texts in your client's voice.", max_length = 500))]
    pub description: String,
    /// Whether it can be activated no more; what runs keeps running.
    pub is_retired: bool,
    /// Whether it is set up by hand: charged at once, and pending until an operator has done it.
    pub is_set_up_by_hand: bool,
    /// Prices in force in the reseller's currency, at most one per interval.
    #[cfg_attr(feature = "openapi", schema(max_items = 4))]
    pub prices: Vec<Price>,
}

/// What a product costs per interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    /// Its id.
    pub id: PriceId,
    /// The interval.
    pub billing_interval: BillingInterval,
    /// What one period costs.
    pub amount: Money,
}
