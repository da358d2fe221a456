//! What an operator does with prices, at any moment.

use api::auth::Actor;
use api::db::Db;
use api::features::catalogue::service::{self, ManagedProduct, NewPrice};
use chrono::{DateTime, NaiveDate, Utc};
use shared::vocab::{PriceId, ProductId};

/// Adds a price to a product.
pub async fn add_price(db: &Db, now: DateTime<Utc>, product: ProductId, new: NewPrice) -> ManagedProduct {
    db.write_shared(async |tx| service::create_price(tx, now, product, new).await).await.unwrap()
}

/// Announces that one of a product's prices, named by its amount, is replaced by another. Returns how many activations hold it.
pub async fn announce_price(
    db: &Db,
    now: DateTime<Utc>,
    product: &ManagedProduct,
    (from_minor, to_minor): (i64, i64),
    on: NaiveDate,
) -> i64 {
    let id_of = |minor| PriceId(product.prices.iter().find(|price| price.amount_minor == minor).unwrap().id);
    let prices = (id_of(from_minor), id_of(to_minor));
    let announce = async |tx: &_| service::migrate_price(tx, now, prices, on, &Actor::system()).await;
    db.write_shared(announce).await.unwrap().activation_count
}
