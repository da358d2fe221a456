//! Rows of promotions, and for whom they are.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, Order, QueryFilter,
    QueryOrder, QuerySelect,
};
use shared::vocab::{PromotionId, PromotionScope, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{promotion, promotion_reseller, reseller};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// A promotion or a launch.
pub type PromotionRow = promotion::Model;
/// First day and id: the order of the list.
pub type Key = (NaiveDate, Uuid);

/// Up to `limit` promotions from the edge on, the latest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Key>>,
    limit: u64,
) -> Result<Vec<PromotionRow>, Error> {
    use promotion::Column;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = promotion::Entity::find().limit(limit);
    if let Some(edge) = edge {
        let row = Expr::tuple([Expr::col(Column::StartsOn), Expr::col(Column::Id)]);
        let bound = Expr::tuple([Expr::val(edge.key.0), Expr::val(edge.key.1)]);
        query = query.filter(if is_back { row.gt(bound) } else { row.lt(bound) });
    }
    let order = if is_back { Order::Asc } else { Order::Desc };
    let query = query.order_by(Column::StartsOn, order.clone()).order_by(Column::Id, order);
    let mut rows = query.all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// What a reseller sees that begins between two days, both included, the earliest first.
pub async fn seen_by(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<PromotionRow>, Error> {
    use promotion::Column;
    let chosen = Query::select()
        .column(promotion_reseller::Column::PromotionId)
        .from(promotion_reseller::Entity)
        .and_where(promotion_reseller::Column::ResellerId.eq(reseller_id.0))
        .to_owned();
    let seen = Condition::any().add(Column::Scope.eq(Word(PromotionScope::All))).add(Column::Id.in_subquery(chosen));
    let query = promotion::Entity::find().filter(Column::StartsOn.between(from, to)).filter(seen);
    Ok(query.order_by_asc(Column::StartsOn).order_by_asc(Column::Id).all(connection).await?)
}

/// One promotion.
pub async fn find(connection: &impl ConnectionTrait, id: PromotionId) -> Result<Option<PromotionRow>, Error> {
    Ok(promotion::Entity::find_by_id(id.0).one(connection).await?)
}

/// One promotion, which nobody else can change until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: PromotionId) -> Result<PromotionRow, Error> {
    promotion::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.ok_or_else(Error::not_found)
}

/// For whom promotions are that are not for all.
pub async fn resellers_of(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<ResellerId>>, Error> {
    use promotion_reseller::Column;
    let query = promotion_reseller::Entity::find()
        .filter(Column::PromotionId.is_in(ids))
        .order_by_asc(Column::PromotionId)
        .order_by_asc(Column::ResellerId);
    let mut chosen: HashMap<Uuid, Vec<ResellerId>> = HashMap::new();
    for row in query.all(connection).await? {
        chosen.entry(row.promotion_id).or_default().push(ResellerId(row.reseller_id));
    }
    Ok(chosen)
}

/// Those of the resellers that there are.
pub async fn known_resellers(
    connection: &impl ConnectionTrait,
    ids: &BTreeSet<ResellerId>,
) -> Result<BTreeSet<ResellerId>, Error> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let query = reseller::Entity::find()
        .select_only()
        .column(reseller::Column::Id)
        .filter(reseller::Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(query.into_tuple::<Uuid>().all(connection).await?.into_iter().map(ResellerId).collect())
}

/// Adds a promotion.
pub async fn insert(tx: &DatabaseTransaction, row: PromotionRow) -> Result<(), Error> {
    let row = promotion::ActiveModel {
        id: Set(row.id),
        created_by_kind: Set(row.created_by_kind),
        created_by_name: Set(row.created_by_name.clone()),
        created_at: Set(row.created_at),
        ..columns(&row)
    };
    promotion::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes back what may change of a promotion.
pub async fn update(tx: &DatabaseTransaction, row: &PromotionRow) -> Result<(), Error> {
    let update = promotion::Entity::update_many().set(columns(row)).filter(promotion::Column::Id.eq(row.id));
    update.exec(tx).await?;
    Ok(())
}

/// Says for whom a promotion is; nobody for one that is for all.
pub async fn choose(tx: &DatabaseTransaction, id: PromotionId, resellers: &BTreeSet<ResellerId>) -> Result<(), Error> {
    let known = promotion_reseller::Entity::delete_many().filter(promotion_reseller::Column::PromotionId.eq(id.0));
    known.exec(tx).await?;
    let rows: Vec<_> = resellers
        .iter()
        .map(|reseller| promotion_reseller::ActiveModel { reseller_id: Set(reseller.0), promotion_id: Set(id.0) })
        .collect();
    if !rows.is_empty() {
        promotion_reseller::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Takes a promotion away.
pub async fn delete(tx: &DatabaseTransaction, id: PromotionId) -> Result<(), Error> {
    choose(tx, id, &BTreeSet::new()).await?;
    promotion::Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}

fn columns(row: &PromotionRow) -> promotion::ActiveModel {
    promotion::ActiveModel {
        kind: Set(row.kind),
        title: Set(row.title.clone()),
        text: Set(row.text.clone()),
        starts_on: Set(row.starts_on),
        ends_on: Set(row.ends_on),
        scope: Set(row.scope),
        updated_at: Set(row.updated_at),
        ..Default::default()
    }
}
