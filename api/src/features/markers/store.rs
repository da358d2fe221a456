//! Reading what happened.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use shared::vocab::{ActivationStatus, HistoryKind, PriceId, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{activation, activation_history, price, price_migration, term};
use crate::error::Error;
use crate::features::active_users::filter::Filter;

/// A change of price that was announced.
pub type MigrationRow = price_migration::Model;
/// A price.
pub type PriceRow = price::Model;

/// What happened to an activation.
#[derive(Debug, Clone, FromQueryResult)]
pub struct HappenedRow {
    /// What.
    pub kind: Word<HistoryKind>,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// To which activation.
    pub activation_id: Uuid,
    /// Who did it.
    pub actor_name: Option<String>,
}

/// Activations, pauses and ends from one moment on and before another, the earliest first.
///
/// A product that is set up by hand was activated when it was put in service, not when that was asked for.
pub async fn happened(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    filter: Filter,
    from: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<Vec<HappenedRow>, Error> {
    use activation_history::Column;
    let query = activation_history::Entity::find()
        .select_only()
        .columns([Column::Kind, Column::OccurredAt, Column::ActivationId, Column::ActorName])
        .filter(Column::ResellerId.eq(reseller_id.0))
        // Spelled out, so that the index of just these rows can be used.
        .filter(Expr::cust("kind IN ('activated', 'paused', 'deactivated', 'expired')"))
        .filter(Column::StatusAfter.ne(Word(ActivationStatus::Pending)))
        .filter(Column::OccurredAt.gte(from))
        .filter(Column::OccurredAt.lt(before))
        .filter(
            Condition::all()
                .add_option(activations(reseller_id, filter).map(|ids| Column::ActivationId.in_subquery(ids))),
        );
    let query = query.order_by_asc(Column::OccurredAt).order_by_asc(Column::Id);
    Ok(query.into_model::<HappenedRow>().all(connection).await?)
}

/// The activations of a filter; none for all of them.
fn activations(reseller_id: ResellerId, filter: Filter) -> Option<SelectStatement> {
    use activation::Column;
    let condition = match filter {
        Filter::All => return None,
        Filter::Product(id) => Column::ProductId.eq(id.0),
        Filter::Client(id) => Column::ClientId.eq(id.0),
        Filter::Activation(id) => Column::Id.eq(id.0),
    };
    let query = Query::select()
        .column(Column::Id)
        .from(activation::Entity)
        .and_where(Column::ResellerId.eq(reseller_id.0))
        .and_where(condition)
        .to_owned();
    Some(query)
}

/// Product and client of activations.
pub async fn subjects(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, (Uuid, Uuid)>, Error> {
    use activation::Column;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = activation::Entity::find()
        .select_only()
        .columns([Column::Id, Column::ProductId, Column::ClientId])
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::Id.is_in(ids));
    let rows = query.into_tuple::<(Uuid, Uuid, Uuid)>().all(connection).await?;
    Ok(rows.into_iter().map(|(id, product, client)| (id, (product, client))).collect())
}

/// Changes of price that take effect from one day to another, both included, the earliest first, with the prices before
/// and after.
pub async fn price_changes(
    connection: &impl ConnectionTrait,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(MigrationRow, PriceRow, PriceRow)>, Error> {
    use price_migration::Column;
    let query = price_migration::Entity::find().filter(Column::EffectiveOn.between(from, to));
    let rows = query.order_by_asc(Column::EffectiveOn).order_by_asc(Column::Id).all(connection).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().flat_map(|row| [row.from_price_id, row.to_price_id]);
    let prices = price::Entity::find().filter(price::Column::Id.is_in(ids)).all(connection).await?;
    let prices: HashMap<Uuid, PriceRow> = prices.into_iter().map(|row| (row.id, row)).collect();
    let found = rows.into_iter().filter_map(|row| {
        let (before, after) = (prices.get(&row.from_price_id)?.clone(), prices.get(&row.to_price_id)?.clone());
        Some((row, before, after))
    });
    Ok(found.collect())
}

/// The prices that one price took over from, itself included: what was held under any of them costs it since.
pub async fn taken_over_by(connection: &impl ConnectionTrait, id: PriceId) -> Result<Vec<Uuid>, Error> {
    use price_migration::Column;
    let mut prices = vec![id.0];
    let mut index = 0;
    // Nothing that is replaced may replace, so this ends; a price that comes twice would end it as well.
    while let Some(present) = prices.get(index) {
        let query = price_migration::Entity::find().select_only().column(Column::FromPriceId);
        let earlier = query.filter(Column::ToPriceId.eq(*present)).into_tuple::<Uuid>().all(connection).await?;
        prices.extend(earlier.into_iter().filter(|earlier| *earlier != id.0));
        index += 1;
    }
    Ok(prices)
}

/// Whether something of a filter ran on one of the prices at a moment.
pub async fn ran_on(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    filter: Filter,
    prices: Vec<Uuid>,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    use term::Column;
    let query = term::Entity::find()
        .select_only()
        .column(Column::ActivationId)
        .filter(Column::ResellerId.eq(reseller_id.0))
        .filter(Column::PriceId.is_in(prices))
        .filter(Column::OpenedAt.lt(at))
        .filter(Condition::any().add(Column::ClosedAt.is_null()).add(Column::ClosedAt.gte(at)))
        .filter(
            Condition::all()
                .add_option(activations(reseller_id, filter).map(|ids| Column::ActivationId.in_subquery(ids))),
        );
    Ok(query.limit(1).into_tuple::<Uuid>().one(connection).await?.is_some())
}
