//! Products as the API shows them.

use shared::dto::catalogue::{Price, Product};
use shared::vocab::{PriceId, ProductId};

use super::service::PricedProduct;
use crate::auth::Reseller;

/// A catalogue item.
pub fn product(reseller: &Reseller, priced: PricedProduct) -> Product {
    let prices = priced.prices.into_iter().map(|price| Price {
        id: PriceId(price.id),
        billing_interval: price.billing_interval.0,
        amount: reseller.money(price.amount_minor),
    });
    Product {
        id: ProductId(priced.product.id),
        name: priced.product.name,
        description: priced.product.description,
        is_retired: priced.product.status == "retired",
        is_set_up_by_hand: priced.product.provisioning == "manual",
        prices: prices.collect(),
    }
}
