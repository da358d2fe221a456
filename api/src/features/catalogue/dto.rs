//! The catalogue as the API shows it to operators.

use shared::dto::operator::{CreateProductRequest, OperatorPrice, OperatorProduct, PriceMigration};
use shared::vocab::{Money, PriceId, PriceMigrationId, ProductId, ProductStatus, Provisioning};

use super::service::{Announced, ManagedProduct};
use super::store::{PriceRow, ProductDetails, Provisioning as Way};

/// Days of grace unless said otherwise.
pub const DEFAULT_GRACE_DAYS: u32 = 7;

/// A product to be.
pub fn details(request: CreateProductRequest) -> ProductDetails {
    ProductDetails {
        external_reference: request.reference,
        name: request.name,
        description: request.description,
        provisioning: match request.provisioning {
            Some(Provisioning::Manual) => Way::ByHand,
            Some(Provisioning::Automatic) | None => Way::AtOnce,
        },
        grace_days: request.grace_days.unwrap_or(DEFAULT_GRACE_DAYS),
        access_url: request.access_url,
        access_note: request.access_note,
    }
}

/// A product.
pub fn product(managed: ManagedProduct) -> OperatorProduct {
    let ManagedProduct { row, prices } = managed;
    let price = |price: PriceRow| OperatorPrice {
        id: PriceId(price.id),
        billing_interval: price.billing_interval.0,
        amount: Money::new(price.amount_minor, price.currency.0),
        valid_from_on: price.valid_from_on,
        created_at: price.created_at,
    };
    OperatorProduct {
        id: ProductId(row.id),
        reference: row.external_reference,
        name: row.name,
        description: row.description,
        status: row.status.parse().unwrap_or(ProductStatus::Retired),
        provisioning: row.provisioning.parse().unwrap_or(Provisioning::Automatic),
        grace_days: row.grace_days,
        access_url: row.access_url,
        access_note: row.access_note,
        created_at: row.created_at,
        prices: prices.into_iter().map(price).collect(),
    }
}

/// A price migration.
pub fn migration(announced: Announced) -> PriceMigration {
    let Announced { row, activation_count } = announced;
    PriceMigration {
        id: PriceMigrationId(row.id),
        product_id: ProductId(row.product_id),
        from_price_id: PriceId(row.from_price_id),
        to_price_id: PriceId(row.to_price_id),
        effective_on: row.effective_on,
        announced_at: row.announced_at,
        activation_count,
    }
}
