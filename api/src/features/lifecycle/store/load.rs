//! Reading activations as the rules see them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::activation::Activation;
use domain::billing_calendar::Term;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use shared::vocab::{ActivationId, ActivationStatus, ClientId, PriceId, ProductId, ResellerId};
use uuid::Uuid;

use super::{Stored, counting};
use crate::db::entity::{activation, client, product, term};
use crate::db::{Word, WriteTx};
use crate::error::Error;
use crate::features::catalogue;

use activation::Column as C;

/// Ids in one `IN` list.
const CHUNK: usize = 500;

/// The activation of that reseller, locked until the end of the transaction.
pub async fn get(tx: &WriteTx, reseller_id: ResellerId, id: ActivationId) -> Result<Stored, Error> {
    let row = activation::Entity::find_by_id((reseller_id.0, id.0)).lock_exclusive().one(tx.connection()).await?;
    let row = row.ok_or_else(Error::not_found)?;
    assemble(tx.connection(), reseller_id, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// Which renewals a batch takes.
#[derive(Debug, Clone, Copy)]
pub struct Which {
    /// Also those in grace, which could not be paid before. Without it only those for which money came in since.
    pub retries: bool,
    /// Also held ones: an operator has released them.
    pub released: bool,
    /// Only those after this place in the order.
    pub after: Option<(DateTime<Utc>, i16, ActivationId)>,
    /// So many at most.
    pub limit: u64,
}

/// Activations whose renewal is due at `now`, in the order in which a run takes them.
pub async fn due_renewals(
    tx: &WriteTx,
    reseller_id: ResellerId,
    now: DateTime<Utc>,
    which: Which,
) -> Result<Vec<Stored>, Error> {
    let mut query = activation::Entity::find().filter(C::ResellerId.eq(reseller_id.0)).filter(C::RenewsAt.lte(now));
    if !which.released {
        query = query.filter(C::HeldAt.is_null());
    }
    if !which.retries {
        query = query.filter(Condition::any().add(C::GraceUntilAt.is_null()).add(C::DueAt.lte(now)));
    }
    if let Some((renews_at, priority, id)) = which.after {
        query = query.filter(beyond(C::RenewsAt, (renews_at, priority, id)));
    }
    let rows = query
        .order_by_asc(C::RenewsAt)
        .order_by_asc(C::Priority)
        .order_by_asc(C::Id)
        .limit(which.limit)
        .lock_exclusive()
        .all(tx.connection())
        .await?;
    assemble(tx.connection(), reseller_id, rows).await
}

fn beyond(column: C, (at, priority, id): (DateTime<Utc>, i16, ActivationId)) -> SimpleExpr {
    let row = Expr::tuple([Expr::col(column), Expr::col(C::Priority), Expr::col(C::Id)]);
    row.gt(Expr::tuple([Expr::val(at), Expr::val(priority), Expr::val(id.0)]))
}

/// Activations that time ends by `now`, by id: scheduled ends, ends of grace, term and pause.
pub async fn due_endings(
    tx: &WriteTx,
    reseller_id: ResellerId,
    now: DateTime<Utc>,
    after: Option<ActivationId>,
    limit: u64,
) -> Result<Vec<Stored>, Error> {
    let may_end = Condition::any().add(C::RenewsAt.is_null()).add(C::GraceUntilAt.is_not_null());
    let mut query =
        activation::Entity::find().filter(C::ResellerId.eq(reseller_id.0)).filter(C::DueAt.lte(now)).filter(may_end);
    if let Some(after) = after {
        query = query.filter(C::Id.gt(after.0));
    }
    let rows = query.order_by_asc(C::Id).limit(limit).lock_exclusive().all(tx.connection()).await?;
    assemble(tx.connection(), reseller_id, rows).await
}

/// Paused activations that shall resume by `now`, in the order in which a run takes them; with `retries` also those for
/// which there was no money before.
pub async fn due_resumptions(
    tx: &WriteTx,
    reseller_id: ResellerId,
    now: DateTime<Utc>,
    retries: bool,
    after: Option<(DateTime<Utc>, i16, ActivationId)>,
    limit: u64,
) -> Result<Vec<Stored>, Error> {
    let mut query = activation::Entity::find()
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Status.eq(Word(ActivationStatus::Paused)))
        .filter(C::ResumeAt.lte(now));
    if !retries {
        query = query.filter(C::DueAt.lte(now));
    }
    if let Some(key) = after {
        query = query.filter(beyond(C::ResumeAt, key));
    }
    let rows = query
        .order_by_asc(C::ResumeAt)
        .order_by_asc(C::Priority)
        .order_by_asc(C::Id)
        .limit(limit)
        .lock_exclusive()
        .all(tx.connection())
        .await?;
    assemble(tx.connection(), reseller_id, rows).await
}

/// The next moment, later than `after`, at which time alone does something to an activation.
pub async fn next_due_at(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    after: Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let mut query = activation::Entity::find()
        .select_only()
        .column(C::DueAt)
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::DueAt.is_not_null());
    if let Some(after) = after {
        query = query.filter(C::DueAt.gt(after));
    }
    let due_at: Option<Option<DateTime<Utc>>> =
        query.order_by_asc(C::DueAt).limit(1).into_tuple().one(connection).await?;
    Ok(due_at.flatten())
}

/// The activations of a client.
pub async fn of_client(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    client_id: ClientId,
) -> Result<Vec<ActivationId>, Error> {
    let ids: Vec<Uuid> = activation::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::ClientId.eq(client_id.0))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(ActivationId).collect())
}

/// The activations of a product.
pub async fn of_product(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    product_id: ProductId,
) -> Result<Vec<ActivationId>, Error> {
    let ids: Vec<Uuid> = activation::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::ProductId.eq(product_id.0))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ids.into_iter().map(ActivationId).collect())
}

async fn assemble(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    rows: Vec<activation::Model>,
) -> Result<Vec<Stored>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut terms: HashMap<(Uuid, i64), term::Model> = HashMap::new();
    let mut clients: HashMap<Uuid, String> = HashMap::new();
    let mut products: HashMap<Uuid, product::Model> = HashMap::new();
    for chunk in rows.chunks(CHUNK) {
        let found = term::Entity::find()
            .filter(term::Column::ResellerId.eq(reseller_id.0))
            .filter(term::Column::ActivationId.is_in(chunk.iter().map(|row| row.id)))
            .all(connection)
            .await?;
        terms.extend(found.into_iter().map(|row| ((row.activation_id, row.term_no), row)));
        let names: Vec<(Uuid, String)> = client::Entity::find()
            .select_only()
            .columns([client::Column::Id, client::Column::Name])
            .filter(client::Column::ResellerId.eq(reseller_id.0))
            .filter(client::Column::Id.is_in(chunk.iter().map(|row| row.client_id)))
            .into_tuple()
            .all(connection)
            .await?;
        clients.extend(names);
        let found = product::Entity::find()
            .filter(product::Column::Id.is_in(chunk.iter().map(|row| row.product_id)))
            .all(connection)
            .await?;
        products.extend(found.into_iter().map(|row| (row.id, row)));
    }
    let replacements = catalogue::store::replacements(connection).await?;
    let missing = || Error::internal("an activation without its term, client or product");
    let rows = rows.into_iter().map(|row| {
        let term = terms.get(&(row.id, row.term_no)).ok_or_else(missing)?;
        let client_name = clients.get(&row.client_id).ok_or_else(missing)?.clone();
        let product = products.get(&row.product_id).ok_or_else(missing)?;
        let mut stored = stored(&row, term, product, client_name)?;
        stored.replacements = replacements.of(stored.held_price());
        stored.take_replacement()?;
        Ok(stored)
    });
    rows.collect()
}

fn stored(
    row: &activation::Model,
    term: &term::Model,
    product: &product::Model,
    client_name: String,
) -> Result<Stored, Error> {
    let zone: Tz = row.time_zone.parse().map_err(|error| Error::internal(format!("{error:?}")))?;
    let anchor_day = counting(i64::from(term.anchor_day))?;
    // Of the present interval, it is left of a price migration, which is worked out anew.
    let chosen = row.pending_interval.filter(|interval| interval.0 != term.billing_interval.0);
    let state = Activation {
        status: row.status.0,
        auto_renew: row.auto_renew,
        term_no: counting(row.term_no)?,
        term: Term { anchor_on: term.anchor_on, anchor_day, interval: term.billing_interval.0, zone },
        next_n: counting(row.next_period_no)?,
        pending_interval: chosen.map(|interval| interval.0),
        paid_until_at: row.paid_until_at,
        grace_until_at: row.grace_until_at,
        ends_at: row.ends_at,
        paused_at: row.paused_at,
        resume_at: row.resume_at,
        held_at: row.held_at,
        ended_at: row.ended_at,
        skips_grace: row.skips_grace,
    };
    Ok(Stored {
        id: ActivationId(row.id),
        client_id: ClientId(row.client_id),
        client_name,
        product_id: ProductId(row.product_id),
        product_name: product.name.clone(),
        grace_days: counting(product.grace_days)?,
        price_id: PriceId(row.price_id),
        price_minor: row.price_minor,
        pending_price: row.pending_price_id.map(PriceId).zip(row.pending_price_minor).filter(|_| chosen.is_some()),
        replacements: Vec::new(),
        priority: row.priority,
        state,
    })
}
