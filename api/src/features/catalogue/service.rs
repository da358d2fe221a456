//! What operators do about the catalogue.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::{BillingInterval, Money, PriceId, PriceMigrationId, ProductId};
use uuid::Uuid;

use super::store::{self, MigrationRow, NewMigration, PriceDetails, PriceRow, ProductDetails, ProductRow};
use crate::auth::Actor;
use crate::db::{NewEvent, tell};
use crate::error::Error;
use crate::features::accounts::service::checked_text;
use crate::http::cursor::Cursor;

/// Notice that resellers have of a price migration.
pub const NOTICE_DAYS: u64 = 30;
const MAX_REFERENCE: usize = 100;
const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 500;
const MAX_GRACE_DAYS: u32 = 30;

/// A product with all its prices.
#[derive(Debug, Clone)]
pub struct ManagedProduct {
    /// The product.
    pub row: ProductRow,
    /// Every price it ever had.
    pub prices: Vec<PriceRow>,
}

/// Adds a product without prices.
pub async fn create_product(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    details: ProductDetails,
) -> Result<ManagedProduct, Error> {
    let optional =
        |text: Option<String>, pointer: &str| text.map(|text| checked_text(&text, pointer, MAX_TEXT)).transpose();
    let description = match details.description.trim() {
        "" => String::new(),
        text => checked_text(text, "/description", MAX_TEXT)?,
    };
    if details.grace_days > MAX_GRACE_DAYS {
        let message = format!("must be between 0 and {MAX_GRACE_DAYS}");
        return Err(Error::field("/grace_days", "out_of_range", message));
    }
    let details = ProductDetails {
        external_reference: checked_text(&details.external_reference, "/reference", MAX_REFERENCE)?,
        name: checked_text(&details.name, "/name", MAX_NAME)?,
        description,
        access_url: optional(details.access_url, "/access_url")?,
        access_note: optional(details.access_note, "/access_note")?,
        ..details
    };
    if details.access_url.as_deref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        return Err(Error::field("/access_url", "invalid", "must start with https:// or http://"));
    }
    let id = store::add_product(tx, &details, now).await?;
    get_product(tx, id).await
}

/// Takes a product out of the catalogue; what runs keeps running.
pub async fn retire_product(tx: &DatabaseTransaction, id: ProductId) -> Result<ManagedProduct, Error> {
    let retired = store::retire_product(tx, id).await?;
    let product = get_product(tx, id).await?;
    if retired {
        return Ok(product);
    }
    Err(Error::new(ProblemCode::InvalidTransition, "The product is retired already."))
}

/// A price to be.
#[derive(Debug, Clone, Copy)]
pub struct NewPrice {
    /// How often it is paid.
    pub interval: BillingInterval,
    /// What one period costs.
    pub amount: Money,
    /// From when on new terms take it; none for today.
    pub valid_from_on: Option<NaiveDate>,
}

/// Adds a price, in force from today or later on. What runs keeps the price it holds.
pub async fn create_price(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    id: ProductId,
    new: NewPrice,
) -> Result<ManagedProduct, Error> {
    let today = now.date_naive();
    if new.amount.minor < 0 {
        return Err(Error::field("/amount/amount", "too_small", "must not be negative"));
    }
    let valid_from_on = new.valid_from_on.unwrap_or(today);
    if valid_from_on < today {
        return Err(Error::field("/valid_from_on", "too_small", "must be today or later"));
    }
    get_product(tx, id).await?;
    let details = PriceDetails {
        product_id: id,
        interval: new.interval,
        currency: new.amount.currency,
        amount_minor: new.amount.minor,
        valid_from_on,
    };
    store::add_price(tx, &details, now).await?;
    get_product(tx, id).await
}

/// One product with all its prices.
pub async fn get_product(connection: &impl ConnectionTrait, id: ProductId) -> Result<ManagedProduct, Error> {
    let row = store::find_product_row(connection, id).await?.ok_or_else(Error::not_found)?;
    let mut prices = store::prices_of(connection, [row.id]).await?;
    Ok(ManagedProduct { prices: prices.remove(&row.id).unwrap_or_default(), row })
}

/// The rows of a page, and one more where there are more.
pub async fn list_products(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<ManagedProduct>, Error> {
    let rows = store::list_product_rows(connection, edge, u64::from(limit) + 1).await?;
    let mut prices: HashMap<_, _> = store::prices_of(connection, rows.iter().map(|row| row.id)).await?;
    let managed = |row: ProductRow| ManagedProduct { prices: prices.remove(&row.id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(managed).collect())
}

/// A price migration and what it concerns.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The migration.
    pub row: MigrationRow,
    /// Activations that hold the replaced price now.
    pub activation_count: i64,
}

/// Announces that what runs on one price goes over to another; every reseller it concerns is told.
pub async fn migrate_price(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    (from, to): (PriceId, PriceId),
    effective_on: NaiveDate,
    actor: &Actor,
) -> Result<Announced, Error> {
    let earliest = now.date_naive().checked_add_days(Days::new(NOTICE_DAYS)).ok_or_else(Error::not_found)?;
    if effective_on < earliest {
        let message = format!("must be {earliest} or later: resellers have {NOTICE_DAYS} days' notice");
        return Err(Error::field("/effective_on", "too_small", message));
    }
    let unknown = |pointer: &'static str| Error::field(pointer, "unknown_value", "is not a price");
    let old = store::find_price_row(tx, from).await?.ok_or_else(|| unknown("/from_price_id"))?;
    let new = store::find_price_row(tx, to).await?.ok_or_else(|| unknown("/to_price_id"))?;
    check_pair(&old, &new, effective_on)?;
    if store::is_replaced(tx, to).await? {
        return Err(Error::field("/to_price_id", "invalid", "is itself replaced by another price"));
    }
    let product_id = ProductId(old.product_id);
    let new = NewMigration { product_id, from, to, effective_on, announced_at: now, actor };
    store::insert_migration(tx, new).await?;
    let row = store::find_migration_of(tx, from).await?.ok_or_else(Error::not_found)?;
    let announced = Announced { activation_count: store::count_holding(tx, from).await?, row };
    tell_holders(tx, &announced.row, now).await?;
    Ok(announced)
}

fn check_pair(old: &PriceRow, new: &PriceRow, effective_on: NaiveDate) -> Result<(), Error> {
    let is_same = |price: &PriceRow| (price.product_id, price.billing_interval, price.currency);
    if old.id == new.id || is_same(old) != is_same(new) {
        let message = "must be another price of the same product, interval and currency";
        return Err(Error::field("/to_price_id", "invalid", message));
    }
    if new.valid_from_on > effective_on {
        let message = format!("is in force from {} on only", new.valid_from_on);
        return Err(Error::field("/to_price_id", "invalid", message));
    }
    Ok(())
}

/// An event for every reseller with something that holds the replaced price.
async fn tell_holders(tx: &DatabaseTransaction, row: &MigrationRow, now: DateTime<Utc>) -> Result<(), Error> {
    let event = NewEvent {
        kind: "price.migration_announced",
        subject: PriceMigrationId(row.id).to_string(),
        occurred_at: now,
        request_id: None,
        payload: json!({
            "product_id": ProductId(row.product_id),
            "from_price_id": PriceId(row.from_price_id),
            "to_price_id": PriceId(row.to_price_id),
            "effective_on": row.effective_on,
        }),
    };
    tell(tx, &store::holders(tx, PriceId(row.from_price_id)).await?, &event).await
}

/// The rows of a page of migrations, and one more where there are more.
pub async fn list_migrations(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<Announced>, Error> {
    let mut announced = Vec::new();
    for row in store::list_migrations(connection, edge, u64::from(limit) + 1).await? {
        let activation_count = store::count_holding(connection, PriceId(row.from_price_id)).await?;
        announced.push(Announced { row, activation_count });
    }
    Ok(announced)
}
