//! Requesting, settling, rejecting and withdrawing top-ups.
//!
//! Settling posts the money and decides the top-up in one transaction, under a key that posts once; right after it, what
//! the reseller owes is tried again.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::{Money, ResellerId, TopUpId, TopUpMethod, TopUpStatus};
use uuid::Uuid;

use super::provider;
use super::store::{self, Decision, NewTopUp, TopUpRow};
use crate::auth::{Actor, Reseller};
use crate::clock::Clock;
use crate::db::{Db, NewEvent, WriteTx};
use crate::error::Error;
use crate::features::accounts::service::{self as accounts, checked_text};
use crate::features::ledger::store::lock_wallet;
use crate::features::lifecycle::service::{self as lifecycle, Context};
use crate::features::wallet;
use crate::http::cursor::Cursor;

const MAX_REFERENCE: usize = 100;
/// The longest reason or note.
pub const MAX_REASON: usize = 500;

/// What a reseller asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// How much.
    pub amount: Money,
    /// How it will be paid.
    pub method: TopUpMethod,
    /// The reseller's own reference.
    pub reference: Option<String>,
}

/// Adds a pending top-up.
pub async fn request(tx: &WriteTx, context: &Context<'_>, asked: &Request) -> Result<TopUpRow, Error> {
    let reseller = context.reseller;
    if asked.amount.currency != reseller.currency {
        let message = format!("must be in {}, the currency of the wallet", reseller.currency);
        return Err(Error::field("/amount/currency", "invalid", message));
    }
    if asked.amount.minor <= 0 {
        return Err(Error::field("/amount/amount", "too_small", "must be more than zero"));
    }
    let reference =
        asked.reference.as_deref().map(|text| checked_text(text, "/reference", MAX_REFERENCE)).transpose()?;
    let provider = provider::taking(asked.method)
        .ok_or_else(|| Error::field("/method", "unknown_value", "is not offered on this instance"))?;
    let id = TopUpId(Uuid::now_v7());
    let new = NewTopUp {
        id,
        amount: asked.amount,
        method: asked.method,
        provider: provider.name(),
        payment_reference: &provider.payment_reference(id),
        reference: reference.as_deref(),
        requested_at: context.now,
        actor: context.actor,
        request_id: context.request_id,
    };
    store::insert(tx, reseller.id, &new).await?;
    tell(tx, context, id, "top_up.requested", asked.amount);
    get(tx.connection(), reseller.id, id).await
}

/// Withdraws a pending top-up.
pub async fn cancel(tx: &WriteTx, context: &Context<'_>, id: TopUpId) -> Result<TopUpRow, Error> {
    decide(tx, context, id, (TopUpStatus::Cancelled, "top_up.cancelled"), None).await
}

/// One top-up.
pub async fn get(connection: &impl ConnectionTrait, reseller_id: ResellerId, id: TopUpId) -> Result<TopUpRow, Error> {
    store::find(connection, reseller_id, id).await?.ok_or_else(Error::not_found)
}

/// The rows of a page, one more where there are more, and the length of the list where asked for.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    statuses: &[TopUpStatus],
    (edge, limit): (Option<&Cursor<Uuid>>, u16),
    includes_total: bool,
) -> Result<(Vec<TopUpRow>, Option<i64>), Error> {
    let rows = store::list(connection, reseller.id, statuses, edge, u64::from(limit) + 1).await?;
    let total = if includes_total { Some(store::count(connection, reseller.id, statuses).await?) } else { None };
    Ok((rows, total))
}

/// A top-up with the name of its reseller.
#[derive(Debug, Clone)]
pub struct OwnedTopUp {
    /// Whose it is.
    pub reseller_name: String,
    /// The top-up.
    pub row: TopUpRow,
}

/// For operators: the rows of a page over all resellers, and one more where there are more.
pub async fn list_of_all(
    connection: &impl ConnectionTrait,
    statuses: &[TopUpStatus],
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<OwnedTopUp>, Error> {
    let rows = store::list_of_all(connection, statuses, edge, u64::from(limit) + 1).await?;
    let mut names = store::reseller_names(connection, rows.iter().map(|row| row.reseller_id)).await?;
    let mut name = |id: Uuid| names.get_mut(&id).map(|name| name.clone()).unwrap_or_default();
    Ok(rows.into_iter().map(|row| OwnedTopUp { reseller_name: name(row.reseller_id), row }).collect())
}

/// Who decides about a top-up, when, and in which request.
#[derive(Debug, Clone, Copy)]
pub struct Deciding<'a> {
    /// The operator.
    pub actor: &'a Actor,
    /// The request.
    pub request_id: Option<&'a str>,
}

/// A top-up whose money has come: found, settled in a transaction, then what waits for money is tried.
#[derive(Debug)]
pub struct Settling {
    id: TopUpId,
    reseller: Reseller,
    now: DateTime<Utc>,
    note: Option<String>,
}

impl Settling {
    /// Finds whose it is.
    pub async fn find(db: &Db, clock: &Clock, id: TopUpId, note: Option<&str>) -> Result<Self, Error> {
        let note = note.map(|text| checked_text(text, "/note", MAX_REASON)).transpose()?;
        let (reseller, now) = owner(db, clock, id).await?;
        Ok(Self { id, reseller, now, note })
    }

    /// Whose it is.
    pub fn reseller_id(&self) -> ResellerId {
        self.reseller.id
    }

    /// Posts the money, once, and says so on the top-up.
    pub async fn settle(&self, tx: &WriteTx, by: Deciding<'_>) -> Result<OwnedTopUp, Error> {
        // The key stands for the top-up: the ledger itself takes its money once. No caller can send one that begins with a space.
        let key = format!(" top_up:{}", self.id);
        let context = Context {
            request_id: by.request_id,
            idempotency_key: Some(&key),
            ..Context::new(&self.reseller, self.now, by.actor)
        };
        let row = settle_in(tx, &context, self.id, self.note.as_deref()).await?;
        Ok(OwnedTopUp { reseller_name: self.reseller.name.clone(), row })
    }

    /// Tries at once what waits for money, in a transaction of its own.
    pub async fn retry(&self, db: &Db, by: Deciding<'_>) -> Result<(), Error> {
        wallet::service::run_due(db, &self.reseller, self.now, by.request_id).await
    }
}

/// For operators: the money has come. It is posted once, and what waits for it is tried at once.
pub async fn settle(
    db: &Db,
    clock: &Clock,
    id: TopUpId,
    by: Deciding<'_>,
    note: Option<&str>,
) -> Result<OwnedTopUp, Error> {
    let settling = Settling::find(db, clock, id, note).await?;
    let settled = db.write(settling.reseller_id(), async |tx| settling.settle(tx, by).await).await?;
    settling.retry(db, by).await?;
    Ok(settled)
}

async fn settle_in(tx: &WriteTx, context: &Context<'_>, id: TopUpId, note: Option<&str>) -> Result<TopUpRow, Error> {
    let reseller = context.reseller;
    // The wallet before anything of the reseller's: two operators take turns here.
    lock_wallet(tx, reseller.id).await?;
    let row = get(tx.connection(), reseller.id, id).await?;
    refuse_unless_pending(&row)?;
    let is_by_hand = provider::named(&row.provider).is_some_and(super::provider::PaymentProvider::is_settled_by_hand);
    if !is_by_hand {
        return Err(Error::new(ProblemCode::InvalidTransition, "The payment provider settles this top-up itself."));
    }
    let reason = format!("Top-up {}", row.payment_reference);
    let entry = lifecycle::top_up(tx, context, row.amount_minor, &reason, row.reference.as_deref()).await?;
    // Should nothing come after the commit, the scheduler finds what waits for this money.
    lifecycle::queue_waiting(tx, reseller.id, context.now).await?;
    let decision = Decision {
        status: TopUpStatus::Settled,
        at: context.now,
        actor: context.actor,
        reason: note,
        entry_id: Some(entry.id),
    };
    if !store::decide(tx, reseller.id, id, decision).await? {
        return Err(Error::internal("a locked top-up changed"));
    }
    tell(tx, context, id, "top_up.settled", reseller.money(row.amount_minor));
    get(tx.connection(), reseller.id, id).await
}

/// For operators: the money will not come.
pub async fn reject(db: &Db, clock: &Clock, id: TopUpId, by: Deciding<'_>, reason: &str) -> Result<OwnedTopUp, Error> {
    let reason = checked_text(reason, "/reason", MAX_REASON)?;
    let (reseller, now) = owner(db, clock, id).await?;
    let context = Context { request_id: by.request_id, ..Context::new(&reseller, now, by.actor) };
    let rejected = (TopUpStatus::Rejected, "top_up.rejected");
    let row = db.write(reseller.id, async |tx| decide(tx, &context, id, rejected, Some(&reason)).await).await?;
    Ok(OwnedTopUp { reseller_name: reseller.name, row })
}

async fn owner(db: &Db, clock: &Clock, id: TopUpId) -> Result<(Reseller, DateTime<Utc>), Error> {
    let reseller_id = store::owner(db.pool(), id).await?.ok_or_else(Error::not_found)?;
    let reseller = accounts::get_reseller(db, reseller_id).await?;
    let now = clock.now(&reseller);
    Ok((reseller, now))
}

/// Ends a pending top-up without money.
async fn decide(
    tx: &WriteTx,
    context: &Context<'_>,
    id: TopUpId,
    (status, event): (TopUpStatus, &'static str),
    reason: Option<&str>,
) -> Result<TopUpRow, Error> {
    let reseller = context.reseller;
    lock_wallet(tx, reseller.id).await?;
    let row = get(tx.connection(), reseller.id, id).await?;
    refuse_unless_pending(&row)?;
    let decision = Decision { status, at: context.now, actor: context.actor, reason, entry_id: None };
    if !store::decide(tx, reseller.id, id, decision).await? {
        return Err(Error::internal("a locked top-up changed"));
    }
    tell(tx, context, id, event, reseller.money(row.amount_minor));
    get(tx.connection(), reseller.id, id).await
}

fn refuse_unless_pending(row: &TopUpRow) -> Result<(), Error> {
    match row.status.0 {
        TopUpStatus::Pending => Ok(()),
        status => Err(Error::new(ProblemCode::InvalidTransition, format!("The top-up is {status} already."))),
    }
}

fn tell(tx: &WriteTx, context: &Context<'_>, id: TopUpId, kind: &'static str, amount: Money) {
    tx.push_event(NewEvent {
        kind,
        subject: id.to_string(),
        occurred_at: context.now,
        request_id: context.request_id.map(str::to_owned),
        payload: json!({ "top_up_id": id, "amount": amount }),
    });
}
