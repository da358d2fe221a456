//! What is held because too many periods were due at once, and letting it go (docs/domain.md §6).

use chrono::{DateTime, TimeDelta, Utc};
use domain::forecast::due_before;
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::{Money, ResellerId};
use uuid::Uuid;

use super::store::held::{self as store, HeldRow};
use crate::auth::Reseller;
use crate::clock::Clock;
use crate::db::{NewEvent, WriteTx};
use crate::error::Error;
use crate::features::accounts::service::{checked_text, find_reseller};
use crate::features::forecast::service::outlook;
use crate::features::ledger::service::wallet_blocked;
use crate::features::ledger::store::lock_wallet;
use crate::features::lifecycle::service::Context;
use crate::http::cursor::Cursor;

const RELEASED: &str = "renewals.released";
/// The longest reason.
const MAX_REASON: usize = 500;

/// What is held of one reseller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub reseller_id: ResellerId,
    /// Its name.
    pub reseller_name: String,
    /// What its wallet holds.
    pub balance: Money,
    /// How many activations.
    pub count: i64,
    /// Since when the first of them is held.
    pub held_at: DateTime<Utc>,
    /// When the oldest period was due that was not charged.
    pub due_at: DateTime<Utc>,
    /// How many periods a release charges of all that is due, if the wallet pays for them.
    pub due_count: i64,
    /// What they cost.
    pub due: Money,
}

/// The rows of a page, and one more where there are more.
pub async fn list(
    connection: &impl ConnectionTrait,
    clock: &Clock,
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<Held>, Error> {
    let mut found = Vec::new();
    for row in store::list(connection, edge, u64::from(limit) + 1).await? {
        let reseller = find_reseller(connection, ResellerId(row.reseller_id)).await?;
        found.push(with_due(connection, &reseller, clock.now(&reseller), row).await?);
    }
    Ok(found)
}

async fn with_due(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    now: DateTime<Utc>,
    row: HeldRow,
) -> Result<Held, Error> {
    // Due is `renews_at <= now`; instants are whole microseconds.
    let end = now + TimeDelta::microseconds(1);
    let due = due_before(&outlook(connection, reseller, now).await?.dates, end).map_err(Error::internal)?;
    Ok(Held {
        reseller_id: reseller.id,
        reseller_name: row.reseller_name,
        balance: Money::new(row.balance_minor, row.currency.0),
        count: row.count,
        held_at: row.held_at,
        due_at: row.due_at,
        due_count: i64::try_from(due.count).map_err(Error::internal)?,
        due: reseller.money(due.minor),
    })
}

/// An operator says that what is held is due all the same. The caller sets the run going after the commit: it is several
/// transactions, and finds what it has not charged yet whenever it is run again.
pub async fn release(tx: &WriteTx, context: &Context<'_>, reason: &str) -> Result<Held, Error> {
    let reason = checked_text(reason, "/reason", MAX_REASON)?;
    let reseller_id = context.reseller.id;
    if lock_wallet(tx, reseller_id).await?.is_some_and(|wallet| wallet.blocked_at.is_some()) {
        return Err(wallet_blocked());
    }
    let Some(row) = store::find(tx.connection(), reseller_id).await? else {
        return Err(Error::new(ProblemCode::InvalidTransition, "Nothing of this reseller is held."));
    };
    let held = with_due(tx.connection(), context.reseller, context.now, row).await?;
    tx.push_event(NewEvent {
        kind: RELEASED,
        subject: reseller_id.to_string(),
        occurred_at: context.now,
        request_id: context.request_id.map(str::to_owned),
        payload: json!({ "activation_count": held.count, "by": context.actor.name, "reason": reason }),
    });
    Ok(held)
}

/// Whether all that is held now was held when the last release let go of it: where that was cut short, it may go on.
pub async fn is_left_of_release(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<bool, Error> {
    let last_held_at = store::last_held_at(connection, reseller_id).await?;
    let released_at = store::last_released_at(connection, reseller_id, RELEASED).await?;
    Ok(last_held_at.zip(released_at).is_some_and(|(held_at, released_at)| held_at <= released_at))
}
