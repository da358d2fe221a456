//! Reading the timeline of an activation.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::{ActivationId, ResellerId};
use uuid::Uuid;

use crate::db::entity::activation_history;
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// A row of a timeline.
pub type HistoryRow = activation_history::Model;

/// The sort key of the timeline.
pub type HistoryKey = (DateTime<Utc>, Uuid);

/// Up to `limit` rows of a timeline from the edge on, newest first.
pub async fn history(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
    edge: Option<&Cursor<HistoryKey>>,
    limit: u64,
) -> Result<Vec<HistoryRow>, Error> {
    use activation_history::Column;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = activation_history::Entity::find()
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::ActivationId.eq(id.0));
    if let Some(edge) = edge {
        let row = Expr::tuple([Expr::col(Column::OccurredAt), Expr::col(Column::Id)]);
        let bound = Expr::tuple([Expr::val(edge.key.0), Expr::val(edge.key.1)]);
        query = query.filter(if is_back { row.gt(bound) } else { row.lt(bound) });
    }
    let order = if is_back { Order::Asc } else { Order::Desc };
    let query = query.order_by(Column::OccurredAt, order.clone()).order_by(Column::Id, order).limit(limit);
    let mut rows = query.all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// How many rows a timeline has.
pub async fn history_count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<i64, Error> {
    let count = activation_history::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(activation_history::Column::ResellerId.eq(reseller_id.0))
        .filter(activation_history::Column::ActivationId.eq(id.0))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}
