//! Reading who was present.

use domain::active_users::LocalDay;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::{ActivationId, ClientId, ResellerId};
use uuid::Uuid;

use crate::db::entity::{activation, end_user, usage_presence};
use crate::error::Error;
use crate::features::active_users::scope::Scope;
use crate::features::active_users::store as active_users;
use crate::http::cursor::{Cursor, Direction};

/// An end user.
pub type EndUserRow = end_user::Model;

/// Whose presence is looked for: scope and days, both included.
#[derive(Debug, Clone, Copy)]
pub struct Presence {
    /// The valid epoch of the counters.
    pub epoch: i64,
    /// Of what; those of a client are the total's.
    pub scope: Scope,
    /// Only of end users of this client; an activation is used by its client's alone.
    pub client: Option<ClientId>,
    /// First day.
    pub from: LocalDay,
    /// Last day.
    pub to: LocalDay,
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
    if let Some(client) = presence.client {
        query = query.filter(Column::ClientId.eq(client.0));
    }
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
    let Presence { epoch, scope, from, to, .. } = presence;
    match presence.client {
        Some(client) if scope == Scope::TOTAL => {
            active_users::count_present_of_client(connection, reseller_id, epoch, client, from, to).await
        }
        _ => active_users::count_present(connection, reseller_id, epoch, scope, from, to).await,
    }
}

/// The client that an activation is for.
pub async fn find_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<Option<ClientId>, Error> {
    let query =
        activation::Entity::find_by_id((reseller_id.0, id.0)).select_only().column(activation::Column::ClientId);
    Ok(query.into_tuple::<Uuid>().one(connection).await?.map(ClientId))
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
        .filter(Column::ScopeKind.eq(Scope::PRODUCTS))
        .filter(Column::Day.between(i64::from(presence.from), i64::from(presence.to)));
    Ok(query.into_tuple().all(connection).await?)
}

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
        .and_where(Column::Day.between(i64::from(presence.from), i64::from(presence.to)))
        .to_owned()
}
