//! Adding, retiring and replacing; the catalogue belongs to no reseller.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Order,
    QueryFilter, QueryOrder, QuerySelect, SqlErr,
};
use shared::vocab::{ActivationStatus, PriceId, PriceMigrationId, ProductId, ResellerId};
use uuid::Uuid;

use super::{PriceDetails, ProductDetails, columns};
use crate::auth::Actor;
use crate::db::Word;
use crate::db::entity::{activation, price, price_migration, product};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// A product with all its columns.
pub type ProductRow = product::Model;
/// A price with all its columns.
pub type PriceRow = price::Model;
/// A price migration.
pub type MigrationRow = price_migration::Model;

/// A row that is there already is a wrong value, not a fault.
fn taken(error: DbErr, pointer: &str, message: &str) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::field(pointer, "taken", message),
        _ => error.into(),
    }
}

/// Adds a product.
pub async fn add_product(
    tx: &DatabaseTransaction,
    details: &ProductDetails,
    created_at: DateTime<Utc>,
) -> Result<ProductId, Error> {
    let id = Uuid::now_v7();
    let row = product::ActiveModel {
        id: Set(id),
        external_reference: Set(details.external_reference.clone()),
        status: Set("active".to_owned()),
        created_at: Set(created_at),
        ..columns(details)
    };
    let inserted = product::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map_err(|error| taken(error, "/reference", "belongs to another product"))?;
    Ok(ProductId(id))
}

/// Adds a price.
pub async fn add_price(
    tx: &DatabaseTransaction,
    details: &PriceDetails,
    created_at: DateTime<Utc>,
) -> Result<PriceId, Error> {
    let id = Uuid::now_v7();
    let row = price::ActiveModel {
        id: Set(id),
        product_id: Set(details.product_id.0),
        billing_interval: Set(Word(details.interval)),
        currency: Set(Word(details.currency)),
        amount_minor: Set(details.amount_minor),
        valid_from_on: Set(details.valid_from_on),
        created_at: Set(created_at),
    };
    let inserted = price::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map_err(|error| taken(error, "/valid_from_on", "has a price for this interval and currency already"))?;
    Ok(PriceId(id))
}

/// Takes a product out of the catalogue. Returns whether it was in it.
pub async fn retire_product(tx: &DatabaseTransaction, id: ProductId) -> Result<bool, Error> {
    let done = product::Entity::update_many()
        .col_expr(product::Column::Status, Expr::value("retired"))
        .filter(product::Column::Id.eq(id.0))
        .filter(product::Column::Status.eq("active"))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// One product.
pub async fn find_product_row(connection: &impl ConnectionTrait, id: ProductId) -> Result<Option<ProductRow>, Error> {
    Ok(product::Entity::find_by_id(id.0).one(connection).await?)
}

/// Up to `limit` products from the edge on, the newest first.
pub async fn list_product_rows(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<ProductRow>, Error> {
    use product::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = product::Entity::find().limit(limit);
    if let Some(edge) = edge {
        query = query.filter(if is_back { C::Id.gt(edge.key) } else { C::Id.lt(edge.key) });
    }
    let mut rows = query.order_by(C::Id, if is_back { Order::Asc } else { Order::Desc }).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// Every price of some products, by interval and currency, the latest first.
pub async fn prices_of(
    connection: &impl ConnectionTrait,
    products: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<PriceRow>>, Error> {
    let rows = price::Entity::find()
        .filter(price::Column::ProductId.is_in(products))
        .order_by_desc(price::Column::ValidFromOn)
        .order_by_desc(price::Column::Id)
        .all(connection)
        .await?;
    let mut prices: HashMap<Uuid, Vec<PriceRow>> = HashMap::new();
    for row in rows {
        prices.entry(row.product_id).or_default().push(row);
    }
    for prices in prices.values_mut() {
        // Stable: within one interval and currency the latest stays first.
        prices.sort_by_key(|row| (row.billing_interval.0.months(), row.currency.0.code()));
    }
    Ok(prices)
}

/// One price.
pub async fn find_price_row(connection: &impl ConnectionTrait, id: PriceId) -> Result<Option<PriceRow>, Error> {
    Ok(price::Entity::find_by_id(id.0).one(connection).await?)
}

/// A price migration to be.
#[derive(Debug, Clone, Copy)]
pub struct NewMigration<'a> {
    /// The product.
    pub product_id: ProductId,
    /// The price that is replaced.
    pub from: PriceId,
    /// The price that replaces it.
    pub to: PriceId,
    /// From when on.
    pub effective_on: NaiveDate,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// By whom.
    pub actor: &'a Actor,
}

/// Announces a price migration.
pub async fn insert_migration(tx: &DatabaseTransaction, new: NewMigration<'_>) -> Result<PriceMigrationId, Error> {
    let id = Uuid::now_v7();
    let row = price_migration::ActiveModel {
        id: Set(id),
        product_id: Set(new.product_id.0),
        from_price_id: Set(new.from.0),
        to_price_id: Set(new.to.0),
        effective_on: Set(new.effective_on),
        announced_at: Set(new.announced_at),
        announced_by_kind: Set(Word(new.actor.kind)),
        announced_by_name: Set(new.actor.name.clone()),
    };
    let inserted = price_migration::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map_err(|error| taken(error, "/from_price_id", "is replaced by another migration already"))?;
    Ok(PriceMigrationId(id))
}

/// Whether a price is, or will be, replaced.
pub async fn is_replaced(connection: &impl ConnectionTrait, id: PriceId) -> Result<bool, Error> {
    Ok(find_migration_of(connection, id).await?.is_some())
}

/// The migration that replaces a price.
pub async fn find_migration_of(connection: &impl ConnectionTrait, id: PriceId) -> Result<Option<MigrationRow>, Error> {
    let query = price_migration::Entity::find().filter(price_migration::Column::FromPriceId.eq(id.0));
    Ok(query.one(connection).await?)
}

/// Up to `limit` migrations from the edge on, the newest first.
pub async fn list_migrations(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<MigrationRow>, Error> {
    use price_migration::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = price_migration::Entity::find().limit(limit);
    if let Some(edge) = edge {
        query = query.filter(if is_back { C::Id.gt(edge.key) } else { C::Id.lt(edge.key) });
    }
    let mut rows = query.order_by(C::Id, if is_back { Order::Asc } else { Order::Desc }).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// What has not ended.
const RUNNING: [Word<ActivationStatus>; 3] =
    [Word(ActivationStatus::Pending), Word(ActivationStatus::Active), Word(ActivationStatus::Paused)];

/// It is paid, or was pinned for the next period.
fn holds(id: PriceId) -> Condition {
    Condition::any().add(activation::Column::PriceId.eq(id.0)).add(activation::Column::PendingPriceId.eq(id.0))
}

/// How many activations of all resellers hold a price.
pub async fn count_holding(connection: &impl ConnectionTrait, id: PriceId) -> Result<i64, Error> {
    let query = activation::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(holds(id))
        .filter(activation::Column::Status.is_in(RUNNING));
    Ok(query.into_tuple::<i64>().one(connection).await?.unwrap_or_default())
}

/// Whose activations hold a price.
pub async fn holders(connection: &impl ConnectionTrait, id: PriceId) -> Result<Vec<ResellerId>, Error> {
    let query = activation::Entity::find()
        .select_only()
        .distinct()
        .column(activation::Column::ResellerId)
        .filter(holds(id))
        .filter(activation::Column::Status.is_in(RUNNING));
    Ok(query.into_tuple::<Uuid>().all(connection).await?.into_iter().map(ResellerId).collect())
}
