//! Rows of products and prices. A price never changes: a new one is a new row, in force from its date on.

mod managing;
mod replacing;

use chrono::{DateTime, NaiveDate, Utc};
pub use domain::activation::Provisioning;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use shared::vocab::{BillingInterval, Currency, PriceId, ProductId};

use crate::db::entity::{price, product};
use crate::db::{Word, WriteTx};
use crate::error::Error;

pub use managing::{
    MigrationRow, NewMigration, PriceRow, ProductRow, add_price, add_product, count_holding, find_migration_of,
    find_price_row, find_product_row, holders, insert_migration, is_replaced, list_migrations, list_product_rows,
    prices_of, retire_product,
};

pub use replacing::{Replacement, Replacements, in_force, replacements};

/// What a product is, beside its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDetails {
    /// The catalogue's own reference, unique.
    pub external_reference: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// How it is put in service.
    pub provisioning: Provisioning,
    /// Days of grace after a failed renewal, 0 to 30.
    pub grace_days: u32,
    /// Where a client signs in; `{client}` stands for the client's reference.
    pub access_url: Option<String>,
    /// How to sign in.
    pub access_note: Option<String>,
}

/// A catalogue item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What it is.
    pub details: ProductDetails,
    /// Whether it can be activated no more.
    pub is_retired: bool,
}

/// What a product costs per interval, in force from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceDetails {
    /// The product.
    pub product_id: ProductId,
    /// How often it is paid.
    pub interval: BillingInterval,
    /// In which currency.
    pub currency: Currency,
    /// The amount, in minor units.
    pub amount_minor: i64,
    /// The first day on which it is in force.
    pub valid_from_on: NaiveDate,
}

/// A price with its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Its id.
    pub id: PriceId,
    /// What it says.
    pub details: PriceDetails,
}

/// The product with this reference.
pub async fn find_product(connection: &impl ConnectionTrait, reference: &str) -> Result<Option<Product>, Error> {
    let row = product::Entity::find().filter(product::Column::ExternalReference.eq(reference)).one(connection).await?;
    row.map(read_product).transpose()
}

/// Adds a product.
pub async fn insert_product(
    tx: &WriteTx,
    details: &ProductDetails,
    created_at: DateTime<Utc>,
) -> Result<ProductId, Error> {
    add_product(tx.connection(), details, created_at).await
}

/// Changes everything but the reference.
pub async fn update_product(tx: &WriteTx, id: ProductId, details: &ProductDetails) -> Result<(), Error> {
    product::Entity::update_many()
        .set(columns(details))
        .filter(product::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Adds a price.
pub async fn insert_price(tx: &WriteTx, details: &PriceDetails, created_at: DateTime<Utc>) -> Result<PriceId, Error> {
    add_price(tx.connection(), details, created_at).await
}

/// All prices of a product for an interval and a currency, the latest first.
pub async fn list_prices(
    connection: &impl ConnectionTrait,
    product_id: ProductId,
    interval: BillingInterval,
    currency: Currency,
) -> Result<Vec<Price>, Error> {
    let rows = price::Entity::find()
        .filter(price::Column::ProductId.eq(product_id.0))
        .filter(price::Column::BillingInterval.eq(Word(interval)))
        .filter(price::Column::Currency.eq(Word(currency)))
        .order_by_desc(price::Column::ValidFromOn)
        .all(connection)
        .await?;
    let prices = rows.into_iter().map(|row| Price {
        id: PriceId(row.id),
        details: PriceDetails {
            product_id,
            interval,
            currency,
            amount_minor: row.amount_minor,
            valid_from_on: row.valid_from_on,
        },
    });
    Ok(prices.collect())
}

/// The price in force on a day.
pub async fn find_price(
    connection: &impl ConnectionTrait,
    product_id: ProductId,
    interval: BillingInterval,
    currency: Currency,
    on: NaiveDate,
) -> Result<Option<Price>, Error> {
    let prices = list_prices(connection, product_id, interval, currency).await?;
    Ok(prices.into_iter().find(|price| price.details.valid_from_on <= on))
}

fn columns(details: &ProductDetails) -> product::ActiveModel {
    let provisioning = match details.provisioning {
        Provisioning::AtOnce => "automatic",
        Provisioning::ByHand => "manual",
    };
    product::ActiveModel {
        name: Set(details.name.clone()),
        description: Set(details.description.clone()),
        provisioning: Set(provisioning.to_owned()),
        grace_days: Set(i64::from(details.grace_days)),
        access_url: Set(details.access_url.clone()),
        access_note: Set(details.access_note.clone()),
        ..Default::default()
    }
}

/// A product as the rules see it.
pub fn read_product(row: product::Model) -> Result<Product, Error> {
    let provisioning = if row.provisioning == "manual" { Provisioning::ByHand } else { Provisioning::AtOnce };
    let details = ProductDetails {
        external_reference: row.external_reference,
        name: row.name,
        description: row.description,
        provisioning,
        grace_days: u32::try_from(row.grace_days).map_err(Error::internal)?,
        access_url: row.access_url,
        access_note: row.access_note,
    };
    Ok(Product { id: ProductId(row.id), details, is_retired: row.status == "retired" })
}
