//! Reading who was present.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::ResellerId;
use uuid::Uuid;

use crate::db::entity::{end_user, usage_presence};
use crate::error::Error;
use crate::features::active_users::store::Scope;
use crate::http::cursor::{Cursor, Direction};

/// An end user.
pub type EndUserRow = end_user::Model;

/// Whose presence is looked for: scope and days, both included.
#[derive(Debug, Clone, Copy)]
pub struct Presence {
    /// The valid epoch of the counters.
    pub epoch: i64,
    /// Of what.
    pub scope: Scope,
    /// First day.
    pub from: i64,
    /// Last day.
    pub to: i64,
}

/// Up to `limit` end users who were present, from the edge on, the newest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    presence: Presence,
    edge: Option<&Cursor<i64>>,
    limit: u64,
) -> Result<Vec<EndUserRow>, Error> {
    use end_user::Column;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = end_user::Entity::find()
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Expr::exists(presences_of_row(reseller_id, presence)));
    if let Some(edge) = edge {
        query = query.filter(if is_back { Column::No.gt(edge.key) } else { Column::No.lt(edge.key) });
    }
    let order = if is_back { Order::Asc } else { Order::Desc };
    let mut rows = query.order_by(Column::No, order).limit(limit).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// How many end users were present.
pub async fn count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    presence: Presence,
) -> Result<i64, Error> {
    use usage_presence::Column;
    let count = usage_presence::Entity::find()
        .select_only()
        .column_as(Expr::col(Column::EndUserNo).count_distinct(), "count")
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::Epoch.eq(presence.epoch))
        .filter(Column::ScopeKind.eq(presence.scope.kind))
        .filter(Column::ScopeId.eq(presence.scope.id))
        .filter(Column::Day.between(presence.from, presence.to))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}

/// Which products end users used in the window: (end user, product).
pub async fn products_used(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    presence: Presence,
    numbers: Vec<i64>,
) -> Result<Vec<(i64, Uuid)>, Error> {
    use usage_presence::Column;
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let query = usage_presence::Entity::find()
        .select_only()
        .distinct()
        .columns([Column::EndUserNo, Column::ScopeId])
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::Epoch.eq(presence.epoch))
        .filter(Column::EndUserNo.is_in(numbers))
        .filter(Column::ScopeKind.eq(PRODUCTS))
        .filter(Column::Day.between(presence.from, presence.to));
    Ok(query.into_tuple().all(connection).await?)
}

/// The scope kind of products.
const PRODUCTS: i16 = 1;

fn presences_of_row(reseller_id: ResellerId, presence: Presence) -> SelectStatement {
    use usage_presence::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(usage_presence::Entity)
        .and_where(Column::ResellerId.eq(reseller_id.0))
        .and_where(Column::Epoch.eq(presence.epoch))
        .and_where(
            Expr::col((usage_presence::Entity, Column::EndUserNo)).equals((end_user::Entity, end_user::Column::No)),
        )
        .and_where(Column::ScopeKind.eq(presence.scope.kind))
        .and_where(Column::ScopeId.eq(presence.scope.id))
        .and_where(Column::Day.between(presence.from, presence.to))
        .to_owned()
}
