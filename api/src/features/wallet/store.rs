//! The wallet's row, and its block.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter};
use shared::vocab::{LedgerAccountKind, ResellerId};

use crate::db::entity::{activation, ledger_account};
use crate::db::{Word, WriteTx};
use crate::error::Error;

/// How many, and what they come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct Sum {
    /// How many.
    pub count: i64,
    /// Together, in minor units.
    pub minor: i64,
}

/// Blocks the wallet unless it is blocked. Returns whether it was this call that did.
pub async fn block(tx: &WriteTx, reseller_id: ResellerId, at: DateTime<Utc>, reason: &str) -> Result<bool, Error> {
    use ledger_account::Column as C;
    let done = ledger_account::Entity::update_many()
        .col_expr(C::BlockedAt, Expr::value(at))
        .col_expr(C::BlockedReason, Expr::value(reason))
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Kind.eq(Word(LedgerAccountKind::Wallet)))
        .filter(C::BlockedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Lifts the block.
pub async fn unblock(tx: &WriteTx, reseller_id: ResellerId) -> Result<(), Error> {
    use ledger_account::Column as C;
    ledger_account::Entity::update_many()
        .set(ledger_account::ActiveModel { blocked_at: Set(None), blocked_reason: Set(None), ..Default::default() })
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Kind.eq(Word(LedgerAccountKind::Wallet)))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Gives every activation in grace the time back that the block took: what was left at `blocked_at` is left at `now`.
///
/// Returns how many there were.
pub async fn continue_grace(
    tx: &WriteTx,
    reseller_id: ResellerId,
    blocked_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    use activation::Column as C;
    let rows = activation::Entity::find()
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::GraceUntilAt.gt(blocked_at))
        .all(tx.connection())
        .await?;
    let count = rows.len();
    for row in rows {
        let Some(grace_until_at) = row.grace_until_at else { continue };
        let prolonged = Some(grace_until_at + (now - blocked_at));
        // In grace, the end of grace is what comes next by itself, unless the term ends.
        let is_next = row.due_at == Some(grace_until_at);
        let mut changed = row.into_active_model();
        changed.grace_until_at = Set(prolonged);
        if is_next {
            changed.due_at = Set(prolonged);
        }
        activation::Entity::update(changed).exec(tx.connection()).await?;
    }
    Ok(count)
}
