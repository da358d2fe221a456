//! Reading the catalogue.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::Currency;
use uuid::Uuid;

use crate::db::entity::{price, product};
use crate::error::Error;

/// A catalogue item.
pub type ProductRow = product::Model;
/// A price of one.
pub type PriceRow = price::Model;

/// Names by id.
pub async fn names(
    connection: &impl ConnectionTrait,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, Error> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = product::Entity::find()
        .select_only()
        .columns([product::Column::Id, product::Column::Name])
        .filter(product::Column::Id.is_in(ids))
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Whether there is such a product.
pub async fn exists(connection: &impl ConnectionTrait, id: Uuid) -> Result<bool, Error> {
    Ok(!names(connection, std::iter::once(id)).await?.is_empty())
}

/// All products. The catalogue is small: it is sold by hand.
pub async fn all(connection: &impl ConnectionTrait) -> Result<Vec<ProductRow>, Error> {
    Ok(product::Entity::find().all(connection).await?)
}

/// Prices of a currency in force on a day or before, latest first.
pub async fn prices(
    connection: &impl ConnectionTrait,
    currency: Currency,
    on: NaiveDate,
) -> Result<Vec<PriceRow>, Error> {
    let query = price::Entity::find()
        .filter(price::Column::Currency.eq(currency.code()))
        .filter(price::Column::ValidFromOn.lte(on))
        .order_by_desc(price::Column::ValidFromOn)
        .order_by_desc(price::Column::Id);
    Ok(query.all(connection).await?)
}
