//! Resellers from an operator's side.

use std::collections::HashMap;

use domain::ledger::Posting;
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::vocab::{LedgerEntryId, Money, ResellerId};
use uuid::Uuid;

use super::store::{self, ResellerRow, WalletRow};
use crate::auth::{Actor, Reseller};
use crate::clock::Clock;
use crate::db::{Db, NewEvent, WriteTx};
use crate::error::Error;
use crate::features::accounts::service::checked_text;
use crate::features::ledger::service::{self as ledger, Details};
use crate::features::ledger_entries::store::{self as ledger_entries, EntryRow};
use crate::features::lifecycle::service::{self as lifecycle, Context};
use crate::features::top_ups;
use crate::features::wallet;
use crate::features::wallet::store::Sum;
use crate::http::cursor::Cursor;

/// The longest reason.
pub const MAX_REASON: usize = 500;

/// A reseller with its wallet.
#[derive(Debug)]
pub struct SeenReseller {
    /// The reseller.
    pub row: ResellerRow,
    /// Its wallet.
    pub wallet: Option<WalletRow>,
    /// Top-ups that wait.
    pub pending_top_ups: Sum,
}

/// The rows of a page, and one more where there are more.
pub async fn list(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u16,
) -> Result<Vec<SeenReseller>, Error> {
    let rows = store::list(connection, edge, u64::from(limit) + 1).await?;
    see(connection, rows).await
}

/// One reseller.
pub async fn get(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<SeenReseller, Error> {
    let row = store::find(connection, reseller_id).await?.ok_or_else(Error::not_found)?;
    see(connection, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

async fn see(connection: &impl ConnectionTrait, rows: Vec<ResellerRow>) -> Result<Vec<SeenReseller>, Error> {
    let wallets = store::wallets(connection, rows.iter().map(|row| row.id)).await?;
    let mut wallets: HashMap<Uuid, WalletRow> = wallets.into_iter().map(|row| (row.reseller_id, row)).collect();
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        let pending_top_ups = top_ups::store::pending(connection, ResellerId(row.id)).await?;
        seen.push(SeenReseller { wallet: wallets.remove(&row.id), pending_top_ups, row });
    }
    Ok(seen)
}

/// A correction of the balance.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// By how much; negative takes money out.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// The entry that is corrected.
    pub corrects_entry_id: Option<LedgerEntryId>,
}

/// Corrects the balance in the caller's transaction. The caller runs [`after_credit`] after the commit.
pub async fn adjust(tx: &WriteTx, context: &Context<'_>, asked: &Adjustment) -> Result<EntryRow, Error> {
    let reseller = context.reseller;
    if asked.amount.currency != reseller.currency {
        let message = format!("must be in {}, the currency of the wallet", reseller.currency);
        return Err(Error::field("/amount/currency", "invalid", message));
    }
    if asked.amount.minor == 0 {
        return Err(Error::field("/amount/amount", "invalid", "must not be zero"));
    }
    let reason = checked_text(&asked.reason, "/reason", MAX_REASON)?;
    if let Some(corrected) = asked.corrects_entry_id
        && ledger_entries::find(tx.connection(), reseller.id, corrected).await?.is_none()
    {
        return Err(Error::field("/corrects_entry_id", "unknown_value", "is not an entry of this reseller"));
    }
    let posting = Posting::adjustment(asked.amount.minor).map_err(ledger::refused)?;
    let details = Details {
        occurred_at: context.now,
        recorded_at: context.recorded_at,
        reason: reason.clone(),
        actor: context.actor,
        request_id: context.request_id,
        idempotency_key: context.idempotency_key,
        period: None,
        corrects_entry_id: asked.corrects_entry_id,
        external_reference: None,
        opening_minor: None,
    };
    let posted = ledger::post(tx, reseller, posting, &details).await?;
    if posted.wallet_minor > 0 {
        lifecycle::queue_waiting(tx, reseller.id, context.now).await?;
    }
    tx.push_event(NewEvent {
        kind: "wallet.adjusted",
        subject: posted.id.to_string(),
        occurred_at: context.now,
        request_id: context.request_id.map(str::to_owned),
        payload: json!({
            "ledger_entry_id": posted.id,
            "wallet_effect": reseller.money(posted.wallet_minor),
            "balance": reseller.money(posted.balance_after_minor),
            "reason": reason,
        }),
    });
    ledger_entries::find(tx.connection(), reseller.id, posted.id).await?.ok_or_else(Error::not_found)
}

/// Tries at once what waits for money.
pub async fn after_credit(db: &Db, clock: &Clock, reseller: &Reseller, request_id: Option<&str>) -> Result<(), Error> {
    wallet::service::run_due(db, reseller, clock.now(reseller), request_id).await
}

/// Corrects the balance, and tries at once what waits for money.
pub async fn adjust_and_retry(
    db: &Db,
    clock: &Clock,
    reseller: &Reseller,
    (actor, request_id): (&Actor, Option<&str>),
    asked: &Adjustment,
) -> Result<EntryRow, Error> {
    let now = clock.now(reseller);
    let context = Context { request_id, ..Context::new(reseller, now, actor) };
    let row = db.write(reseller.id, async |tx| adjust(tx, &context, asked).await).await?;
    if row.wallet_minor > 0 {
        after_credit(db, clock, reseller, request_id).await?;
    }
    Ok(row)
}
