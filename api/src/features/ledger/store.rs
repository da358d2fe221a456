//! Rows of the ledger. An entry, once written, is never changed: the database refuses it.

use chrono::{DateTime, Utc};
use domain::ledger::{Posting, Thresholds};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect, SqlErr,
};
use shared::vocab::{LedgerAccountKind, LedgerEntryId, LedgerEntryKind, ResellerId};
use uuid::Uuid;

use super::service::Details;
use crate::auth::Reseller;
use crate::db::entity::{ledger_account, ledger_entry};
use crate::db::{CrashPoint, Word, WriteTx, key_reused, reach};
use crate::error::Error;
use crate::features::low_balance;

/// The wallet's cached figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet {
    /// What it holds, in minor units.
    pub balance_minor: i64,
    /// The last sequence number given out.
    pub last_sequence: i64,
    /// Since when it is blocked.
    pub blocked_at: Option<DateTime<Utc>>,
}

/// Changes the wallet and takes so many sequence numbers in one statement; `None` if no wallet matched. Comes with the amounts below
/// which the balance is told of as low.
///
/// Only a wallet that is not blocked matches, and for a debit only one that holds enough.
pub async fn change_wallet(
    tx: &WriteTx,
    reseller_id: ResellerId,
    effect_minor: i64,
    count: i64,
) -> Result<Option<(Wallet, Thresholds)>, Error> {
    use ledger_account::Column as C;
    let mut update = Query::update();
    update
        .table(ledger_account::Entity)
        .value(C::BalanceMinor, Expr::col(C::BalanceMinor).add(effect_minor))
        .value(C::LastSequence, Expr::col(C::LastSequence).add(count))
        .and_where(C::ResellerId.eq(reseller_id.0))
        .and_where(C::Kind.eq(Word(LedgerAccountKind::Wallet)))
        // Not even money coming in: an entry on top of a wrong balance would keep the difference for good.
        .and_where(C::BlockedAt.is_null());
    if effect_minor < 0 {
        update.and_where(C::BalanceMinor.gte(-effect_minor));
    }
    update.returning(Query::returning().columns([C::BalanceMinor, C::LastSequence, C::LowBalanceThresholds]));
    let Some(row) = tx.connection().query_one(&update).await? else { return Ok(None) };
    reach(CrashPoint::WalletChanged);
    let wallet = Wallet {
        balance_minor: row.try_get("", "balance_minor")?,
        last_sequence: row.try_get("", "last_sequence")?,
        blocked_at: None,
    };
    let thresholds: String = row.try_get("", "low_balance_thresholds")?;
    Ok(Some((wallet, low_balance::store::parse(&thresholds)?)))
}

/// The wallet, if the reseller has one.
pub async fn find_wallet(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Option<Wallet>, Error> {
    let row =
        ledger_account::Entity::find_by_id((reseller_id.0, Word(LedgerAccountKind::Wallet))).one(connection).await?;
    Ok(row.map(|row| Wallet {
        balance_minor: row.balance_minor,
        last_sequence: row.last_sequence,
        blocked_at: row.blocked_at,
    }))
}

/// Lets the transactions that move this reseller's money take turns: the wallet is locked before any activation.
///
/// On `SQLite` the write transaction is alone already.
pub async fn lock_wallet(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<Wallet>, Error> {
    let row = ledger_account::Entity::find_by_id((reseller_id.0, Word(LedgerAccountKind::Wallet)))
        .lock_exclusive()
        .one(tx.connection())
        .await?;
    Ok(row.map(|row| Wallet {
        balance_minor: row.balance_minor,
        last_sequence: row.last_sequence,
        blocked_at: row.blocked_at,
    }))
}

/// The same for who reads the wallet with something else.
pub async fn take_turn(tx: &WriteTx, reseller_id: ResellerId) -> Result<(), Error> {
    if tx.connection().get_database_backend() == DbBackend::Postgres {
        lock_wallet(tx, reseller_id).await?;
    }
    Ok(())
}

/// The same, unless somebody else holds the lock, which is `None`.
pub async fn try_lock_wallet(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<Option<Wallet>>, Error> {
    let row = ledger_account::Entity::find_by_id((reseller_id.0, Word(LedgerAccountKind::Wallet)))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx.connection())
        .await?;
    if row.is_none() && find_wallet(tx.connection(), reseller_id).await?.is_some() {
        return Ok(None);
    }
    Ok(Some(row.map(|row| Wallet {
        balance_minor: row.balance_minor,
        last_sequence: row.last_sequence,
        blocked_at: row.blocked_at,
    })))
}

/// A row of the ledger, and its id.
pub type EntryRow = ledger_entry::ActiveModel;

/// The entry of a posting after which the wallet is as given.
pub fn entry_row(
    reseller: &Reseller,
    posting: Posting,
    details: &Details<'_>,
    wallet: Wallet,
) -> (LedgerEntryId, EntryRow) {
    let id = Uuid::now_v7();
    let row = ledger_entry::ActiveModel {
        reseller_id: Set(reseller.id.0),
        id: Set(id),
        sequence: Set(wallet.last_sequence),
        kind: Set(Word(posting.kind())),
        debit_account: Set(Word(posting.debit())),
        credit_account: Set(Word(posting.credit())),
        amount_minor: Set(posting.amount_minor()),
        currency: Set(Word(reseller.currency)),
        wallet_minor: Set(posting.wallet_effect_minor()),
        balance_after_minor: Set(wallet.balance_minor),
        occurred_at: Set(details.occurred_at),
        recorded_at: Set(details.recorded_at),
        reason: Set(details.reason.clone()),
        actor_kind: Set(Word(details.actor.kind)),
        actor_id: Set(details.actor.id),
        actor_name: Set(details.actor.name.clone()),
        request_id: Set(details.request_id.map(str::to_owned)),
        idempotency_key: Set(details.idempotency_key.map(str::to_owned)),
        activation_id: Set(details.period.map(|period| period.activation_id.0)),
        term_no: Set(details.period.map(|period| i64::from(period.term_no))),
        period_no: Set(details.period.map(|period| i64::from(period.period_no))),
        corrects_entry_id: Set(details.corrects_entry_id.map(|id| id.0)),
        external_reference: Set(details.external_reference.map(str::to_owned)),
    };
    (LedgerEntryId(id), row)
}

/// Writes entries.
pub async fn insert_entries(tx: &WriteTx, rows: Vec<EntryRow>) -> Result<(), Error> {
    ledger_entry::Entity::insert_many(rows).exec_without_returning(tx.connection()).await.map_err(refused_key)?;
    reach(CrashPoint::EntriesWritten);
    Ok(())
}

/// Entries are kept for good, the answers to keys are not: an old key is still used.
pub fn refused_key(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(index)) if index.contains("idempotency_key") => key_reused(),
        _ => error.into(),
    }
}

/// What was given back of a period's charge so far, in minor units.
pub async fn refunded_minor(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    charge_entry_id: LedgerEntryId,
) -> Result<i64, Error> {
    let amounts: Vec<i64> = ledger_entry::Entity::find()
        .select_only()
        .column(ledger_entry::Column::AmountMinor)
        .filter(ledger_entry::Column::ResellerId.eq(reseller_id.0))
        .filter(ledger_entry::Column::CorrectsEntryId.eq(charge_entry_id.0))
        // An adjustment may name the charge too; it gives nothing of it back.
        .filter(ledger_entry::Column::Kind.eq(LedgerEntryKind::Refund.as_str()))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(amounts.iter().sum())
}
