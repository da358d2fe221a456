//! What the wallet holds, and whether its books agree.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::{ResellerId, RunTrigger};

use super::store::{self, Sum};
use crate::auth::{Actor, Reseller};
use crate::clock::Clock;
use crate::db::{Db, NewEvent};
use crate::error::Error;
use crate::features::forecast::outlook::Outlook;
use crate::features::ledger::store::{find_wallet, lock_wallet};
use crate::features::ledger::verify::{Proof, prove as prove_books};
use crate::features::recurring_costs::service as recurring_costs;
use crate::features::renewals::service as renewals;
use crate::features::top_ups;

/// The wallet and what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overview {
    /// What it holds, in minor units.
    pub balance_minor: i64,
    /// Since when it is blocked.
    pub blocked_at: Option<DateTime<Utc>>,
    /// How many entries there are.
    pub entry_count: i64,
    /// Failed renewals in grace.
    pub overdue: Sum,
    /// Renewals due within 7 days, overdue ones included.
    pub due_7: Sum,
    /// Renewals due within 30 days, overdue ones included.
    pub due_30: Sum,
    /// Top-ups that wait.
    pub pending_top_ups: Sum,
}

/// The wallet and what is due at a moment.
pub async fn overview(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    outlook: &Outlook,
) -> Result<Overview, Error> {
    let wallet = find_wallet(connection, reseller.id).await?.ok_or_else(Error::not_found)?;
    let (count, minor) = outlook.overdue(connection, reseller, as_of).await?;
    let mut overview = Overview {
        balance_minor: wallet.balance_minor,
        blocked_at: wallet.blocked_at,
        entry_count: wallet.last_sequence,
        overdue: Sum { count, minor },
        due_7: Sum::default(),
        due_30: Sum::default(),
        pending_top_ups: top_ups::store::pending(connection, reseller.id).await?,
    };
    for row in recurring_costs::sums(connection, reseller, as_of, &outlook.next).await? {
        overview.due_7.count += row.due_7_count;
        overview.due_7.minor += row.due_7_minor;
        overview.due_30.count += row.due_30_count;
        overview.due_30.minor += row.due_30_minor;
    }
    Ok(overview)
}

/// A proof, and whether the wallet is blocked after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// What was found.
    pub proof: Proof,
    /// When.
    pub as_of: DateTime<Utc>,
    /// Since when the wallet is blocked.
    pub blocked_at: Option<DateTime<Utc>>,
}

/// Proves a reseller's books on one snapshot. A difference blocks the wallet until an operator lifts the block.
pub async fn prove(db: &Db, clock: &Clock, reseller: &Reseller) -> Result<Proven, Error> {
    let as_of = clock.now(reseller);
    let read = db.read(async |tx| {
        let proof = prove_books(tx, reseller.id).await?;
        Ok((proof, find_wallet(tx, reseller.id).await?))
    });
    let (proof, wallet) = read.await?;
    let mut blocked_at = wallet.and_then(|wallet| wallet.blocked_at);
    if !proof.is_proven() && blocked_at.is_none() {
        block(db, reseller.id, as_of, &proof).await?;
        blocked_at = find_wallet(db.pool(), reseller.id).await?.and_then(|wallet| wallet.blocked_at);
    }
    Ok(Proven { proof, as_of, blocked_at })
}

async fn block(db: &Db, reseller_id: ResellerId, at: DateTime<Utc>, proof: &Proof) -> Result<(), Error> {
    let differences = proof.differences();
    let reason = differences.first().cloned().unwrap_or_default();
    tracing::error!(reseller_id = %reseller_id, %reason, "the books do not agree: the wallet is blocked");
    db.write(reseller_id, async |tx| {
        if store::block(tx, reseller_id, at, &reason).await? {
            tx.push_event(NewEvent {
                kind: "wallet.blocked",
                subject: reseller_id.to_string(),
                occurred_at: at,
                request_id: None,
                payload: json!({ "differences": differences }),
            });
        }
        Ok(())
    })
    .await
}

/// Lifts the block of a wallet whose books agree again, gives what was in grace its time back, and does what is due.
pub async fn unblock(
    db: &Db,
    clock: &Clock,
    reseller: &Reseller,
    (actor, reason): (&Actor, &str),
    request_id: Option<&str>,
) -> Result<(), Error> {
    let now = clock.now(reseller);
    db.write(reseller.id, async |tx| {
        // Nobody posts while the wallet is locked, so what is proven stays so until the commit.
        let wallet = lock_wallet(tx, reseller.id).await?.ok_or_else(Error::not_found)?;
        let Some(blocked_at) = wallet.blocked_at else {
            return Err(Error::new(ProblemCode::InvalidTransition, "The wallet is not blocked."));
        };
        if let Some(difference) = prove_books(tx.connection(), reseller.id).await?.differences().first() {
            let message = format!("The books do not agree yet. {difference}");
            return Err(Error::new(ProblemCode::WalletBlocked, message));
        }
        store::unblock(tx, reseller.id).await?;
        let in_grace = store::continue_grace(tx, reseller.id, blocked_at, now).await?;
        tx.push_event(NewEvent {
            kind: "wallet.unblocked",
            subject: reseller.id.to_string(),
            occurred_at: now,
            request_id: request_id.map(str::to_owned),
            payload: json!({
                "blocked_at": blocked_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
                "by": actor.name,
                "reason": reason,
                "in_grace": in_grace,
            }),
        });
        Ok(())
    })
    .await?;
    run_due(db, reseller, now, request_id).await
}

/// Does what is due for a reseller, in a transaction of its own: called right after money came in.
///
/// Should it fail, or the process end before it, the scheduler's next run does the same: what waits was made due with the
/// money.
pub async fn run_due(db: &Db, reseller: &Reseller, now: DateTime<Utc>, request_id: Option<&str>) -> Result<(), Error> {
    renewals::run(db, reseller, now, RunTrigger::Credit, request_id).await.map(|_| ())
}
