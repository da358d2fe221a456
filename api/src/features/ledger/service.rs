//! Posting one movement of money.
//!
//! The wallet's check and its change are one statement, and the entry follows it in the same transaction: however many
//! post at once, the balance never falls below zero and the sequence has no gaps (docs/domain.md §4).

use chrono::{DateTime, Utc};
use domain::ledger::{Posting, PostingError};
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, LedgerEntryId};

use super::store;
use crate::auth::{Actor, Reseller};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::low_balance::service as low_balance;

/// The paid period an entry refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodReference {
    /// The activation.
    pub activation_id: ActivationId,
    /// Its term.
    pub term_no: u32,
    /// The period of the term.
    pub period_no: u32,
}

/// When, why and by whom.
#[derive(Debug, Clone)]
pub struct Details<'a> {
    /// When it happened; in the past for data that was moved in.
    pub occurred_at: DateTime<Utc>,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// Why, in words a reseller reads.
    pub reason: String,
    /// By whom.
    pub actor: &'a Actor,
    /// The request that asked for it.
    pub request_id: Option<&'a str>,
    /// At most one entry is posted per key.
    pub idempotency_key: Option<&'a str>,
    /// The period that is charged or refunded.
    pub period: Option<PeriodReference>,
    /// The entry that is corrected.
    pub corrects_entry_id: Option<LedgerEntryId>,
    /// The sender's own reference.
    pub external_reference: Option<&'a str>,
    /// What the wallet held before the action's first entry, in minor units, where this is a further one.
    pub opening_minor: Option<i64>,
}

/// An entry as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostedEntry {
    /// Its id.
    pub id: LedgerEntryId,
    /// Its position in the wallet.
    pub sequence: i64,
    /// Its signed effect on the wallet, in minor units.
    pub wallet_minor: i64,
    /// The wallet afterwards, in minor units.
    pub balance_after_minor: i64,
}

/// Moves money: the wallet first, in one conditional statement, then the entry.
///
/// A debit beyond the balance is `insufficient_balance`, anything on a blocked wallet `wallet_blocked`; neither leaves a
/// trace in the transaction, so the caller may go on with it.
pub async fn post(
    tx: &WriteTx,
    reseller: &Reseller,
    posting: Posting,
    details: &Details<'_>,
) -> Result<PostedEntry, Error> {
    let (entry, row) = change_wallet(tx, reseller, posting, details).await?;
    store::insert_entries(tx, vec![row]).await?;
    Ok(entry)
}

/// The first half of [`post`]: the caller writes the entry's row with what else it writes, in the same transaction.
pub async fn change_wallet(
    tx: &WriteTx,
    reseller: &Reseller,
    posting: Posting,
    details: &Details<'_>,
) -> Result<(PostedEntry, store::EntryRow), Error> {
    let effect_minor = posting.wallet_effect_minor();
    let wallet = move_money(tx, reseller, effect_minor, 1, details).await?;
    let (id, row) = store::entry_row(reseller, posting, details, wallet);
    let entry = PostedEntry {
        id,
        sequence: wallet.last_sequence,
        wallet_minor: effect_minor,
        balance_after_minor: wallet.balance_minor,
    };
    Ok((entry, row))
}

/// Takes several amounts at once, in their order: one statement for the wallet, one for the entries.
///
/// If the wallet does not hold all of them together, none is taken.
pub async fn post_all(
    tx: &WriteTx,
    reseller: &Reseller,
    postings: &[(Posting, Details<'_>)],
) -> Result<Vec<PostedEntry>, Error> {
    let effect_minor: i64 = postings.iter().map(|(posting, _)| posting.wallet_effect_minor()).sum();
    let count = i64::try_from(postings.len()).map_err(Error::internal)?;
    let Some((_, last)) = postings.last() else { return Ok(Vec::new()) };
    let wallet = move_money(tx, reseller, effect_minor, count, last).await?;
    let (mut balance_minor, mut sequence) = (wallet.balance_minor - effect_minor, wallet.last_sequence - count);
    let mut posted = Vec::with_capacity(postings.len());
    let mut rows = Vec::with_capacity(postings.len());
    for (posting, details) in postings {
        balance_minor += posting.wallet_effect_minor();
        sequence += 1;
        let after = store::Wallet { balance_minor, last_sequence: sequence, blocked_at: None };
        let (id, row) = store::entry_row(reseller, *posting, details, after);
        rows.push(row);
        let wallet_minor = posting.wallet_effect_minor();
        posted.push(PostedEntry { id, sequence, wallet_minor, balance_after_minor: balance_minor });
    }
    store::insert_entries(tx, rows).await?;
    Ok(posted)
}

/// Changes the wallet for so many entries, and tells if it fell below an amount that the reseller named.
async fn move_money(
    tx: &WriteTx,
    reseller: &Reseller,
    effect_minor: i64,
    count: i64,
    details: &Details<'_>,
) -> Result<store::Wallet, Error> {
    // Boxed: this lies deepest in every action, and a future's size is worked out through all that it awaits.
    let changed = Box::pin(store::change_wallet(tx, reseller.id, effect_minor, count));
    let Some((wallet, thresholds)) = changed.await? else {
        return Err(explain(tx, reseller, effect_minor).await?);
    };
    // What is moved in from the past is nothing new to anybody.
    if details.occurred_at == details.recorded_at {
        // An action that gives and takes is one: what came in between was never the reseller's to see.
        let before_minor = wallet.balance_minor - effect_minor;
        let before_minor = details.opening_minor.map_or(before_minor, |opening| opening.min(before_minor));
        let told = (details.occurred_at, details.request_id);
        Box::pin(low_balance::tell(tx, reseller, &thresholds, (before_minor, wallet.balance_minor), told)).await?;
    }
    Ok(wallet)
}

/// The statement matched no wallet: it is blocked, or it holds too little.
async fn explain(tx: &WriteTx, reseller: &Reseller, effect_minor: i64) -> Result<Error, Error> {
    let wallet = store::find_wallet(tx.connection(), reseller.id).await?.ok_or_else(Error::not_found)?;
    if wallet.blocked_at.is_some() {
        return Ok(wallet_blocked());
    }
    Ok(Error::insufficient_balance(reseller.money(-effect_minor), reseller.money(wallet.balance_minor)))
}

/// No money moves.
pub fn wallet_blocked() -> Error {
    Error::new(ProblemCode::WalletBlocked, "The wallet is blocked until its books agree again. No money was moved.")
}

/// A posting that the rules refuse is a wrong amount.
pub fn refused(error: PostingError) -> Error {
    Error::field("/amount", "invalid", error.to_string())
}
