//! Rows of runs and notices, and who has something due.

pub mod held;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use shared::vocab::{ActivationId, NoticeId, NoticeKind, ResellerId, RunTrigger};
use uuid::Uuid;

use crate::db::entity::{activation, notice, notice_item, renewal_run};
use crate::db::{Word, WriteTx};
use crate::error::Error;
use crate::features::lifecycle::service::Tally;
use crate::http::cursor::{Cursor, Direction};

/// A run.
pub type RunRow = renewal_run::Model;
/// A notice.
pub type NoticeRow = notice::Model;
/// A renewal a notice is about.
pub type ItemRow = notice_item::Model;

/// Ids in one `IN` list, and rows in one `INSERT`.
const CHUNK: usize = 500;

/// The resellers for whom something is due, the longest due first; those whose wallet is blocked wait. A sandbox has its
/// own time.
pub async fn due_resellers(connection: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<ResellerId>, Error> {
    let sql = "SELECT a.reseller_id AS id FROM activations a JOIN resellers r ON r.id = a.reseller_id \
               LEFT JOIN ledger_accounts w ON w.reseller_id = a.reseller_id AND w.kind = 'wallet' \
               WHERE a.due_at <= $1 AND r.clock_offset_seconds = 0 AND r.status = 'active' AND w.blocked_at IS NULL \
               GROUP BY a.reseller_id ORDER BY MIN(a.due_at), a.reseller_id";
    let backend = connection.get_database_backend();
    let rows = connection.query_all_raw(Statement::from_sql_and_values(backend, sql, [now.into()])).await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        due.push(ResellerId(row.try_get("", "id")?));
    }
    let sandboxes =
        "SELECT id, clock_offset_seconds FROM resellers WHERE clock_offset_seconds <> 0 AND status = 'active'";
    for row in connection.query_all_raw(Statement::from_string(backend, sandboxes)).await? {
        let (id, offset_seconds): (Uuid, i64) = (row.try_get("", "id")?, row.try_get("", "clock_offset_seconds")?);
        let has_due = activation::Entity::find()
            .select_only()
            .column(activation::Column::Id)
            .filter(activation::Column::ResellerId.eq(id))
            .filter(activation::Column::DueAt.lte(now + chrono::TimeDelta::seconds(offset_seconds)))
            .limit(1)
            .into_tuple::<Uuid>()
            .one(connection)
            .await?;
        due.extend(has_due.map(|_| ResellerId(id)));
    }
    Ok(due)
}

/// The resellers whose renewals ahead were not looked through since `since`.
pub async fn unlooked_resellers(
    connection: &impl ConnectionTrait,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<ResellerId>, Error> {
    let sql = "SELECT r.id AS id FROM resellers r LEFT JOIN renewal_outlooks o ON o.reseller_id = r.id \
               WHERE r.status = 'active' AND (o.looked_at IS NULL OR o.looked_at <= $1 OR o.looked_at > $2) \
               AND EXISTS (SELECT 1 FROM renewal_groups g WHERE g.reseller_id = r.id)";
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [since.into(), now.into()]);
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id").map(ResellerId)).collect::<Result<_, _>>()?)
}

/// Notes that the renewals ahead were looked through.
pub async fn set_looked_at(tx: &WriteTx, reseller_id: ResellerId, at: DateTime<Utc>) -> Result<(), Error> {
    let sql = "INSERT INTO renewal_outlooks (reseller_id, looked_at) VALUES ($1, $2) \
               ON CONFLICT (reseller_id) DO UPDATE SET looked_at = excluded.looked_at";
    let backend = tx.connection().get_database_backend();
    let values = [reseller_id.0.into(), at.into()];
    tx.connection().execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

/// Records what a run did.
pub async fn insert_run(
    tx: &WriteTx,
    reseller_id: ResellerId,
    cause: RunTrigger,
    started_at: DateTime<Utc>,
    duration_ms: i64,
    tally: &Tally,
) -> Result<(), Error> {
    let count = |count: u64| i64::try_from(count).map_err(Error::internal);
    let row = renewal_run::ActiveModel {
        reseller_id: Set(reseller_id.0),
        id: Set(Uuid::now_v7()),
        cause: Set(Word(cause)),
        started_at: Set(started_at),
        duration_ms: Set(duration_ms),
        due_count: Set(count(tally.due())?),
        charged_count: Set(count(tally.charged)?),
        charged_minor: Set(tally.charged_minor),
        short_count: Set(count(tally.short)?),
        failed_count: Set(count(tally.failed)?),
        held_count: Set(count(tally.held)?),
        ended_count: Set(count(tally.ended)?),
        resumed_count: Set(count(tally.resumed)?),
    };
    renewal_run::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// Runs from the edge on, the newest first; of one reseller, or of all for operators.
pub async fn list_runs(
    connection: &impl ConnectionTrait,
    reseller_id: Option<ResellerId>,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<RunRow>, Error> {
    use renewal_run::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = renewal_run::Entity::find().limit(limit);
    if let Some(reseller_id) = reseller_id {
        query = query.filter(C::ResellerId.eq(reseller_id.0));
    }
    if let Some(edge) = edge {
        query = query.filter(if is_back { C::Id.gt(edge.key) } else { C::Id.lt(edge.key) });
    }
    let mut rows = query.order_by(C::Id, if is_back { Order::Asc } else { Order::Desc }).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// A renewal to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewItem {
    /// The activation.
    pub activation_id: ActivationId,
    /// When it renews.
    pub renews_at: DateTime<Utc>,
    /// 0 where the kind has no thresholds.
    pub within_days: i16,
    /// What it costs, in minor units.
    pub amount_minor: i64,
}

/// Writes one notice about those renewals that were not told of yet; none if all were. Returns how many were new.
pub async fn insert_notice(
    tx: &WriteTx,
    reseller_id: ResellerId,
    kind: NoticeKind,
    items: &[NewItem],
    created_at: DateTime<Utc>,
) -> Result<usize, Error> {
    use notice_item::Column as C;
    let mut known = HashSet::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<(Uuid, DateTime<Utc>, i16)> = notice_item::Entity::find()
            .select_only()
            .columns([C::ActivationId, C::RenewsAt, C::WithinDays])
            .filter(C::ResellerId.eq(reseller_id.0))
            .filter(C::Kind.eq(Word(kind)))
            .filter(C::ActivationId.is_in(chunk.iter().map(|item| item.activation_id.0)))
            .into_tuple()
            .all(tx.connection())
            .await?;
        known.extend(rows);
    }
    let is_new = |item: &&NewItem| !known.contains(&(item.activation_id.0, item.renews_at, item.within_days));
    let new: Vec<&NewItem> = items.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let item_count = i64::try_from(new.len()).map_err(Error::internal)?;
    let total_minor: i64 = new.iter().map(|item| item.amount_minor).sum();
    let id = if let Some(id) = find_notice_at(tx, reseller_id, kind, created_at).await? {
        add_to_notice(tx, reseller_id, id, (item_count, total_minor)).await?;
        id
    } else {
        let id = Uuid::now_v7();
        let row = notice::ActiveModel {
            reseller_id: Set(reseller_id.0),
            id: Set(id),
            kind: Set(Word(kind)),
            created_at: Set(created_at),
            read_at: Set(None),
            item_count: Set(item_count),
            total_minor: Set(total_minor),
            threshold_minor: Set(None),
            balance_minor: Set(None),
        };
        notice::Entity::insert(row).exec_without_returning(tx.connection()).await?;
        id
    };
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|item| notice_item::ActiveModel {
            reseller_id: Set(reseller_id.0),
            activation_id: Set(item.activation_id.0),
            kind: Set(Word(kind)),
            renews_at: Set(item.renews_at),
            within_days: Set(item.within_days),
            notice_id: Set(id),
            amount_minor: Set(item.amount_minor),
        });
        let keep = OnConflict::new().do_nothing().to_owned();
        notice_item::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(tx.connection()).await?;
    }
    Ok(new.len())
}

/// The notice of a run that came so far already: all of its batches have one moment.
async fn find_notice_at(
    tx: &WriteTx,
    reseller_id: ResellerId,
    kind: NoticeKind,
    at: DateTime<Utc>,
) -> Result<Option<Uuid>, Error> {
    let query = notice::Entity::find()
        .select_only()
        .column(notice::Column::Id)
        .filter(notice::Column::ResellerId.eq(reseller_id.0))
        .filter(notice::Column::Kind.eq(Word(kind)))
        .filter(notice::Column::CreatedAt.eq(at));
    Ok(query.into_tuple().one(tx.connection()).await?)
}

async fn add_to_notice(
    tx: &WriteTx,
    reseller_id: ResellerId,
    id: Uuid,
    (item_count, total_minor): (i64, i64),
) -> Result<(), Error> {
    use notice::Column as C;
    notice::Entity::update_many()
        .col_expr(C::ItemCount, Expr::col(C::ItemCount).add(item_count))
        .col_expr(C::TotalMinor, Expr::col(C::TotalMinor).add(total_minor))
        .col_expr(C::ReadAt, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Id.eq(id))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Notices from the edge on, the newest first.
pub async fn list_notices(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    unread_only: bool,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<NoticeRow>, Error> {
    use notice::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let mut query = notice::Entity::find().filter(C::ResellerId.eq(reseller_id.0)).limit(limit);
    if unread_only {
        query = query.filter(C::ReadAt.is_null());
    }
    if let Some(edge) = edge {
        query = query.filter(if is_back { C::Id.gt(edge.key) } else { C::Id.lt(edge.key) });
    }
    let mut rows = query.order_by(C::Id, if is_back { Order::Asc } else { Order::Desc }).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// The first renewals of a notice.
pub async fn items(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    notice_id: Uuid,
    limit: u64,
) -> Result<Vec<ItemRow>, Error> {
    use notice_item::Column as C;
    let query = notice_item::Entity::find()
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::NoticeId.eq(notice_id))
        .order_by_asc(C::RenewsAt)
        .order_by_asc(C::ActivationId)
        .limit(limit);
    Ok(query.all(connection).await?)
}

/// Products and clients of activations.
pub async fn subjects(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, Uuid, Uuid)>, Error> {
    use activation::Column as C;
    let query = activation::Entity::find()
        .select_only()
        .columns([C::Id, C::ProductId, C::ClientId])
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Id.is_in(ids));
    Ok(query.into_tuple().all(connection).await?)
}

/// How many notices nobody has read.
pub async fn unread_count(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<i64, Error> {
    let query = notice::Entity::find()
        .filter(notice::Column::ResellerId.eq(reseller_id.0))
        .filter(notice::Column::ReadAt.is_null());
    i64::try_from(query.count(connection).await?).map_err(Error::internal)
}

/// How many notices there are.
pub async fn notice_count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    unread_only: bool,
) -> Result<i64, Error> {
    if unread_only {
        return unread_count(connection, reseller_id).await;
    }
    let query = notice::Entity::find().filter(notice::Column::ResellerId.eq(reseller_id.0));
    i64::try_from(query.count(connection).await?).map_err(Error::internal)
}

/// Marks notices as read; those that were keep their moment.
pub async fn mark_read(
    tx: &WriteTx,
    reseller_id: ResellerId,
    ids: &[NoticeId],
    read_at: DateTime<Utc>,
) -> Result<(), Error> {
    let read = notice::ActiveModel { read_at: Set(Some(read_at)), ..Default::default() };
    notice::Entity::update_many()
        .set(read)
        .filter(notice::Column::ResellerId.eq(reseller_id.0))
        .filter(notice::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(notice::Column::ReadAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The resellers with something that is held.
pub async fn holding_resellers(connection: &impl ConnectionTrait) -> Result<Vec<ResellerId>, Error> {
    let ids: Vec<Uuid> = activation::Entity::find()
        .select_only()
        .column(activation::Column::ResellerId)
        .distinct()
        .filter(activation::Column::HeldAt.is_not_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(ResellerId).collect())
}
