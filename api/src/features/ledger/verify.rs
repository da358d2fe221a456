//! Reconciliation: proves from the rows that the cached balance, the running sums and the charges agree.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use shared::vocab::{LedgerAccountKind, LedgerEntryKind, ResellerId};

use super::store;
use crate::db::entity::{ledger_entry, period};
use crate::error::Error;

/// Every difference between what the entries say and what was kept, in words; empty if the books agree.
///
/// Checks that the balance is the sum of all entries, that the sequence has no gap, that each entry's balance is the
/// running sum, that each charge has exactly its period, and that refunds stay within their charge.
pub async fn verify(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<String>, Error> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::ResellerId.eq(reseller_id.0))
        .order_by_asc(ledger_entry::Column::Sequence)
        .all(connection)
        .await?;
    let mut found = Vec::new();
    let mut balance = 0_i64;
    for (expected, entry) in (1_i64..).zip(&entries) {
        balance += entry.wallet_minor;
        if entry.sequence != expected {
            found.push(format!("entry {} has the sequence {}, expected {expected}", entry.id, entry.sequence));
        }
        if entry.balance_after_minor != balance {
            found.push(format!(
                "entry {expected} says the balance is {}, the sum is {balance}",
                entry.balance_after_minor
            ));
        }
        let sign = if entry.credit_account.0 == LedgerAccountKind::Wallet { 1 } else { -1 };
        if entry.wallet_minor != sign * entry.amount_minor {
            found.push(format!("entry {expected} moves {} but {}", entry.amount_minor, entry.wallet_minor));
        }
    }
    let (cached, last_sequence) = store::find_wallet(connection, reseller_id)
        .await?
        .map_or((0, 0), |wallet| (wallet.balance_minor, wallet.last_sequence));
    if cached != balance {
        found.push(format!("the wallet says {cached}, the entries sum to {balance}"));
    }
    if last_sequence != i64::try_from(entries.len()).unwrap_or(i64::MAX) {
        found.push(format!("the wallet counted {last_sequence} entries, there are {}", entries.len()));
    }
    check_charges(connection, reseller_id, &entries, &mut found).await?;
    check_refunds(&entries, &mut found);
    Ok(found)
}

async fn check_charges(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    entries: &[ledger_entry::Model],
    found: &mut Vec<String>,
) -> Result<(), Error> {
    let periods = period::Entity::find().filter(period::Column::ResellerId.eq(reseller_id.0)).all(connection).await?;
    let mut charges: HashMap<_, &ledger_entry::Model> = HashMap::new();
    for entry in entries.iter().filter(|entry| is_charge(entry)) {
        let period = (entry.activation_id, entry.term_no, entry.period_no);
        if charges.insert(period, entry).is_some() {
            found.push(format!("period {period:?} is charged twice"));
        }
    }
    let mut known = HashSet::new();
    for period in &periods {
        let key = (Some(period.activation_id), Some(period.term_no), Some(period.period_no));
        known.insert(key);
        let charge = charges.get(&key);
        let (amount, id) = charge.map_or((0, None), |entry| (entry.amount_minor, Some(entry.id)));
        if amount != period.price_minor || id != period.charge_entry_id {
            found.push(format!("period {key:?} costs {}, {amount} was charged", period.price_minor));
        }
    }
    found.extend(
        charges
            .keys()
            .filter(|key| !known.contains(key))
            .map(|key| format!("a charge for {key:?}, which is no period")),
    );
    Ok(())
}

fn check_refunds(entries: &[ledger_entry::Model], found: &mut Vec<String>) {
    let mut refunds: HashMap<_, i64> = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.kind.0 == LedgerEntryKind::Refund) {
        *refunds.entry(entry.corrects_entry_id).or_default() += entry.amount_minor;
    }
    for (charge_id, refunded) in refunds {
        let charge = entries.iter().find(|entry| Some(entry.id) == charge_id && is_charge(entry));
        let charged = charge.map_or(0, |entry| entry.amount_minor);
        if refunded > charged {
            found.push(format!("{refunded} was refunded of a charge of {charged}"));
        }
    }
}

fn is_charge(entry: &ledger_entry::Model) -> bool {
    matches!(entry.kind.0, LedgerEntryKind::ActivationCharge | LedgerEntryKind::RenewalCharge)
}
