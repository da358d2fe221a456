//! Reading clients for lists and names.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect,
};
use shared::vocab::{ActivationStatus, BillingInterval, ClientId, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{activation, client};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// A client.
pub type ClientRow = client::Model;
/// Name in lower case and id: the order of the list.
pub type Key = (String, Uuid);

/// Names and email addresses by id.
pub async fn names(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, (String, Option<String>)>, Error> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = client::Entity::find()
        .select_only()
        .columns([client::Column::Id, client::Column::Name, client::Column::Email])
        .filter(client::Column::ResellerId.eq(reseller_id.0))
        .filter(client::Column::Id.is_in(ids))
        .into_tuple::<(Uuid, String, Option<String>)>()
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|(id, name, email)| (id, (name, email))).collect())
}

/// Up to `limit` clients from the edge on, by name.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    words: &[String],
    is_descending: bool,
    edge: Option<&Cursor<Key>>,
    limit: u64,
) -> Result<Vec<ClientRow>, Error> {
    use client::Column;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let is_descending = is_descending != is_back;
    let mut query = client::Entity::find().filter(condition(reseller_id, words));
    if let Some(edge) = edge {
        let row = Expr::tuple([Expr::col(Column::SortName), Expr::col(Column::Id)]);
        let bound = Expr::tuple([Expr::val(edge.key.0.clone()), Expr::val(edge.key.1)]);
        query = query.filter(if is_descending { row.lt(bound) } else { row.gt(bound) });
    }
    let order = if is_descending { Order::Desc } else { Order::Asc };
    let query = query.order_by(Column::SortName, order.clone()).order_by(Column::Id, order).limit(limit);
    let mut rows = query.all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// How many clients there are.
pub async fn count(connection: &impl ConnectionTrait, reseller_id: ResellerId, words: &[String]) -> Result<i64, Error> {
    let count = client::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(condition(reseller_id, words))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}

/// One client, archived or not.
pub async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ClientId,
) -> Result<Option<ClientRow>, Error> {
    Ok(client::Entity::find_by_id((reseller_id.0, id.0)).one(connection).await?)
}

/// The activations of a client with one status and interval, added up.
#[derive(Debug, Clone, FromQueryResult)]
pub struct ClientTotals {
    /// The client.
    pub client_id: Uuid,
    /// The interval.
    pub billing_interval: Word<BillingInterval>,
    /// Activations that are on.
    pub active_count: i64,
    /// Prices of those that renew, in minor units.
    pub renewing_minor: i64,
}

/// What clients have and pay, by interval.
pub async fn totals(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    ids: Vec<Uuid>,
) -> Result<Vec<ClientTotals>, Error> {
    use activation::Column;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // Not the column itself: SQLite would go through all activations in the order of an index by interval.
    let interval = || Expr::cust("billing_interval || ''");
    let renewing: SimpleExpr =
        Expr::case(Column::RenewsAt.is_not_null(), Expr::col(Column::PriceMinor)).finally(0).into();
    let query = activation::Entity::find()
        .select_only()
        .column(Column::ClientId)
        .column_as(interval(), "billing_interval")
        .column_as(Expr::cust("COUNT(*)"), "active_count")
        .column_as(renewing.sum().cast_as("BIGINT"), "renewing_minor")
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::ClientId.is_in(ids))
        .filter(Column::Status.eq(ActivationStatus::Active.as_str()))
        .group_by(Column::ClientId)
        .group_by(interval());
    Ok(query.into_model::<ClientTotals>().all(connection).await?)
}

fn condition(reseller_id: ResellerId, words: &[String]) -> Condition {
    use client::Column;
    let all = Condition::all().add(Column::ResellerId.eq(reseller_id.0)).add(Column::ArchivedAt.is_null());
    words.iter().fold(all, |all, word| {
        // Letters and digits only, so there is nothing to escape.
        let begins = || LikeExpr::new(format!("{word}%"));
        let any = Condition::any()
            .add(Column::SortName.like(begins()))
            .add(Column::SortName.like(LikeExpr::new(format!("% {word}%"))))
            .add(lower(Column::Email).like(begins()))
            .add(lower(Column::ExternalReference).like(begins()));
        all.add(any)
    })
}

fn lower(column: client::Column) -> Expr {
    Expr::from(sea_orm::sea_query::Func::lower(Expr::col(column)))
}

/// How many activations of a client are neither over nor failed.
pub async fn count_live(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ClientId,
) -> Result<i64, Error> {
    use activation::Column;
    let live = [ActivationStatus::Pending, ActivationStatus::Active, ActivationStatus::Paused];
    let count = activation::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::ClientId.eq(id.0))
        .filter(Column::Status.is_in(live.map(Word)))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}
