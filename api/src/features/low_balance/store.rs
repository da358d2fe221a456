//! The thresholds of a wallet, and notices that one was crossed.

use chrono::{DateTime, Utc};
use domain::ledger::Thresholds;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use shared::vocab::{LedgerAccountKind, NoticeKind, ResellerId};
use uuid::Uuid;

use super::service::Crossing;
use crate::db::entity::{ledger_account, notice};
use crate::db::{Word, WriteTx};
use crate::error::Error;

/// Thresholds as the wallet's row has them.
pub fn parse(text: &str) -> Result<Thresholds, Error> {
    Thresholds::new(serde_json::from_str(text).map_err(Error::internal)?).map_err(Error::internal)
}

/// The thresholds of a reseller's wallet; none where there is no wallet.
pub async fn find(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Option<Thresholds>, Error> {
    let row =
        ledger_account::Entity::find_by_id((reseller_id.0, Word(LedgerAccountKind::Wallet))).one(connection).await?;
    row.map(|row| parse(&row.low_balance_thresholds)).transpose()
}

/// The same, and nobody moves the wallet's money until the end of the transaction: what does reads them with the balance.
pub async fn lock(tx: &WriteTx, reseller_id: ResellerId) -> Result<Option<Thresholds>, Error> {
    let row = ledger_account::Entity::find_by_id((reseller_id.0, Word(LedgerAccountKind::Wallet)))
        .lock_exclusive()
        .one(tx.connection())
        .await?;
    row.map(|row| parse(&row.low_balance_thresholds)).transpose()
}

/// Puts others in their place.
pub async fn set(tx: &WriteTx, reseller_id: ResellerId, thresholds: &Thresholds) -> Result<(), Error> {
    use ledger_account::Column as C;
    let text = serde_json::to_string(thresholds.amounts()).map_err(Error::internal)?;
    ledger_account::Entity::update_many()
        .set(ledger_account::ActiveModel { low_balance_thresholds: Set(text), ..Default::default() })
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Kind.eq(Word(LedgerAccountKind::Wallet)))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Writes the notice of a threshold that was crossed.
pub async fn insert_notice(
    tx: &WriteTx,
    reseller_id: ResellerId,
    crossing: Crossing,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let row = notice::ActiveModel {
        reseller_id: Set(reseller_id.0),
        id: Set(Uuid::now_v7()),
        kind: Set(Word(NoticeKind::BalanceLow)),
        created_at: Set(at),
        read_at: Set(None),
        item_count: Set(0),
        total_minor: Set(0),
        threshold_minor: Set(Some(crossing.threshold_minor)),
        balance_minor: Set(Some(crossing.balance_minor)),
    };
    notice::Entity::insert(row).exec_without_returning(tx.connection()).await?;
    Ok(())
}
