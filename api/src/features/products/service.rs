//! What a reseller can buy.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use shared::vocab::BillingInterval;
use uuid::Uuid;

use super::store::{self, PriceRow, ProductRow};
use crate::auth::Reseller;
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// Name in lower case and id: the order of the list.
pub type Key = (String, Uuid);

/// A product with its prices in force, shortest interval first.
#[derive(Debug, Clone)]
pub struct PricedProduct {
    /// The product.
    pub product: ProductRow,
    /// At most one per interval.
    pub prices: Vec<PriceRow>,
}

impl PricedProduct {
    /// Its place in the list.
    pub fn key(&self) -> Key {
        (self.product.name.to_lowercase(), self.product.id)
    }
}

/// Every product that is priced in the reseller's currency, by name.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
) -> Result<Vec<PricedProduct>, Error> {
    let mut in_force: HashMap<Uuid, Vec<PriceRow>> = HashMap::new();
    for price in store::prices(connection, reseller.currency, reseller.date_of(as_of)).await? {
        let prices = in_force.entry(price.product_id).or_default();
        // The latest comes first; older ones are no longer in force.
        if prices.iter().all(|known| known.billing_interval != price.billing_interval) {
            prices.push(price);
        }
    }
    let products = store::all(connection).await?.into_iter();
    let mut priced: Vec<_> = products
        .filter_map(|product| {
            let mut prices = in_force.remove(&product.id)?;
            prices.sort_by_key(|price| BillingInterval::months(price.billing_interval.0));
            Some(PricedProduct { product, prices })
        })
        .collect();
    priced.sort_by_cached_key(PricedProduct::key);
    Ok(priced)
}

/// The rows of a page and one more, as a store would read them.
pub fn cut(all: Vec<PricedProduct>, edge: Option<&Cursor<Key>>, limit: u16) -> Vec<PricedProduct> {
    let wanted = usize::from(limit) + 1;
    let Some(edge) = edge else { return all.into_iter().take(wanted).collect() };
    match edge.direction {
        Direction::Next => all.into_iter().filter(|product| product.key() > edge.key).take(wanted).collect(),
        Direction::Previous => {
            let before: Vec<_> = all.into_iter().filter(|product| product.key() < edge.key).collect();
            let surplus = before.len().saturating_sub(wanted);
            before.into_iter().skip(surplus).collect()
        }
    }
}
