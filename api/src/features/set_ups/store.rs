//! Reading what waits to be set up, across resellers.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::ActivationStatus;
use uuid::Uuid;

use crate::db::entity::activation::{self, Column as C};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// The columns of an activation.
pub type Columns = activation::Model;

/// Up to `limit` activations from the edge on that wait to be set up, the oldest first.
pub async fn list_pending(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<Columns>, Error> {
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    // As a word in the statement, so that the index of what waits is known to fit.
    let is_pending = sea_orm::sea_query::Expr::cust(format!("status = '{}'", ActivationStatus::Pending));
    let mut query = activation::Entity::find().filter(is_pending).limit(limit);
    if let Some(edge) = edge {
        query = query.filter(if is_back { C::Id.lt(edge.key) } else { C::Id.gt(edge.key) });
    }
    let order = if is_back { Order::Desc } else { Order::Asc };
    let mut rows = query.order_by(C::Id, order).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// One activation of a reseller.
pub async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: shared::vocab::ResellerId,
    id: shared::vocab::ActivationId,
) -> Result<Option<Columns>, Error> {
    Ok(activation::Entity::find_by_id((reseller_id.0, id.0)).one(connection).await?)
}
