//! Rows of top-ups.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
};
use shared::vocab::{LedgerEntryId, Money, ResellerId, TopUpId, TopUpMethod, TopUpStatus};
use uuid::Uuid;

use crate::auth::Actor;
use crate::db::entity::{reseller, top_up};
use crate::db::{CrashPoint, Word, WriteTx, reach};
use crate::error::Error;
use crate::features::wallet::store::Sum;
use crate::http::cursor::{Cursor, Direction};

/// A top-up.
pub type TopUpRow = top_up::Model;

/// A top-up to be.
#[derive(Debug, Clone)]
pub struct NewTopUp<'a> {
    /// Its id.
    pub id: TopUpId,
    /// How much.
    pub amount: Money,
    /// How it is paid.
    pub method: TopUpMethod,
    /// Who looks after it.
    pub provider: &'static str,
    /// What ties the payment to it.
    pub payment_reference: &'a str,
    /// The reseller's own reference.
    pub reference: Option<&'a str>,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// By whom.
    pub actor: &'a Actor,
    /// In which request.
    pub request_id: Option<&'a str>,
}

/// Adds a top-up.
pub async fn insert(tx: &WriteTx, reseller_id: ResellerId, new: &NewTopUp<'_>) -> Result<(), Error> {
    let row = top_up::ActiveModel {
        reseller_id: Set(reseller_id.0),
        id: Set(new.id.0),
        amount_minor: Set(new.amount.minor),
        currency: Set(Word(new.amount.currency)),
        method: Set(Word(new.method)),
        provider: Set(new.provider.to_owned()),
        payment_reference: Set(new.payment_reference.to_owned()),
        reference: Set(new.reference.map(str::to_owned)),
        status: Set(Word(TopUpStatus::Pending)),
        requested_at: Set(new.requested_at),
        requested_by_kind: Set(Word(new.actor.kind)),
        requested_by_id: Set(new.actor.id),
        requested_by_name: Set(new.actor.name.clone()),
        request_id: Set(new.request_id.map(str::to_owned)),
        decided_at: Set(None),
        decided_by_kind: Set(None),
        decided_by_id: Set(None),
        decided_by_name: Set(None),
        reason: Set(None),
        ledger_entry_id: Set(None),
    };
    top_up::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// What became of a top-up.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Anything but pending.
    pub status: TopUpStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: &'a Actor,
    /// What was said about it.
    pub reason: Option<&'a str>,
    /// The entry that brought the money.
    pub entry_id: Option<LedgerEntryId>,
}

/// Decides a pending top-up, in one statement. Returns whether it was pending.
pub async fn decide(tx: &WriteTx, reseller_id: ResellerId, id: TopUpId, decision: Decision<'_>) -> Result<bool, Error> {
    let changed = top_up::ActiveModel {
        status: Set(Word(decision.status)),
        decided_at: Set(Some(decision.at)),
        decided_by_kind: Set(Some(Word(decision.actor.kind))),
        decided_by_id: Set(decision.actor.id),
        decided_by_name: Set(decision.actor.name.clone()),
        reason: Set(decision.reason.map(str::to_owned)),
        ledger_entry_id: Set(decision.entry_id.map(|id| id.0)),
        ..Default::default()
    };
    let done = top_up::Entity::update_many()
        .set(changed)
        .filter(top_up::Column::ResellerId.eq(reseller_id.0))
        .filter(top_up::Column::Id.eq(id.0))
        .filter(top_up::Column::Status.eq(Word(TopUpStatus::Pending)))
        .exec(tx.connection())
        .await?;
    reach(CrashPoint::TopUpDecided);
    Ok(done.rows_affected == 1)
}

/// One top-up.
pub async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: TopUpId,
) -> Result<Option<TopUpRow>, Error> {
    Ok(top_up::Entity::find_by_id((reseller_id.0, id.0)).one(connection).await?)
}

/// Top-ups that wait to be settled.
pub async fn pending(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Sum, Error> {
    let query = top_up::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .column_as(Expr::cust("CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)"), "minor")
        .filter(top_up::Column::ResellerId.eq(reseller_id.0))
        .filter(top_up::Column::Status.eq(Word(TopUpStatus::Pending)));
    Ok(query.into_model::<Sum>().one(connection).await?.unwrap_or_default())
}

/// Up to `limit` top-ups of a reseller from the edge on, the newest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    statuses: &[TopUpStatus],
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<TopUpRow>, Error> {
    let of_reseller = Condition::all().add(top_up::Column::ResellerId.eq(reseller_id.0));
    page(connection, of_reseller.add_option(of_statuses(statuses)), edge, limit).await
}

/// How many top-ups of a reseller there are.
pub async fn count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    statuses: &[TopUpStatus],
) -> Result<i64, Error> {
    let query = top_up::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(top_up::Column::ResellerId.eq(reseller_id.0))
        .filter(Condition::all().add_option(of_statuses(statuses)));
    Ok(query.into_tuple::<i64>().one(connection).await?.unwrap_or_default())
}

/// For operators: up to `limit` top-ups of all resellers from the edge on, the newest first.
pub async fn list_of_all(
    connection: &impl ConnectionTrait,
    statuses: &[TopUpStatus],
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<TopUpRow>, Error> {
    page(connection, Condition::all().add_option(of_statuses(statuses)), edge, limit).await
}

/// For operators: whose top-up it is.
pub async fn owner(connection: &impl ConnectionTrait, id: TopUpId) -> Result<Option<ResellerId>, Error> {
    let query =
        top_up::Entity::find().select_only().column(top_up::Column::ResellerId).filter(top_up::Column::Id.eq(id.0));
    Ok(query.into_tuple::<Uuid>().one(connection).await?.map(ResellerId))
}

/// For operators: names of resellers.
pub async fn reseller_names(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<std::collections::HashMap<Uuid, String>, Error> {
    let ids: std::collections::BTreeSet<Uuid> = ids.into_iter().collect();
    let query = reseller::Entity::find()
        .select_only()
        .columns([reseller::Column::Id, reseller::Column::Name])
        .filter(reseller::Column::Id.is_in(ids));
    Ok(query.into_tuple::<(Uuid, String)>().all(connection).await?.into_iter().collect())
}

fn of_statuses(statuses: &[TopUpStatus]) -> Option<sea_orm::sea_query::Expr> {
    (!statuses.is_empty()).then(|| top_up::Column::Status.is_in(statuses.iter().map(|status| Word(*status))))
}

async fn page(
    connection: &impl ConnectionTrait,
    condition: Condition,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<TopUpRow>, Error> {
    use top_up::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let beyond = edge.map(|edge| if is_back { C::Id.gt(edge.key) } else { C::Id.lt(edge.key) });
    let order = if is_back { Order::Asc } else { Order::Desc };
    let query = top_up::Entity::find().filter(condition.add_option(beyond)).order_by(C::Id, order).limit(limit);
    let mut rows = query.all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}
