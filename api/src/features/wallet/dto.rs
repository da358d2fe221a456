//! The wallet and its proof as the API shows them.

use chrono::{DateTime, Utc};
use shared::dto::recurring_costs::Due;
use shared::dto::wallet::{AccountBalance, LedgerProof, ProofCheck, ProofDifference, Wallet};

use super::service::{Overview, Proven};
use super::store::Sum;
use crate::auth::Reseller;
use crate::features::ledger::verify::{Check, Difference};

/// A count with its amount.
pub fn due(reseller: &Reseller, sum: Sum) -> Due {
    Due { count: sum.count, amount: reseller.money(sum.minor) }
}

/// The wallet.
pub fn wallet(reseller: &Reseller, as_of: DateTime<Utc>, overview: Overview) -> Wallet {
    Wallet {
        as_of,
        balance: reseller.money(overview.balance_minor),
        blocked_at: overview.blocked_at,
        overdue: due(reseller, overview.overdue),
        due_in_7_days: due(reseller, overview.due_7),
        due_in_30_days: due(reseller, overview.due_30),
        pending_top_ups: due(reseller, overview.pending_top_ups),
        entry_count: overview.entry_count,
    }
}

/// A proof.
pub fn proof(reseller: &Reseller, proven: Proven) -> LedgerProof {
    let Proven { proof, as_of, blocked_at } = proven;
    let difference = |found: Difference| ProofDifference { message: found.message, ledger_entry_id: found.entry_id };
    let check = |check: Check| ProofCheck {
        check: check.check,
        is_passed: check.differences.is_empty(),
        checked_count: check.checked_count,
        differences: check.differences.into_iter().map(difference).collect(),
    };
    let account = |(account, minor)| AccountBalance { account, balance: reseller.money(minor) };
    LedgerProof {
        as_of,
        is_proven: proof.is_proven(),
        blocked_at,
        entry_count: proof.entry_count,
        balance: reseller.money(proof.balance_minor),
        accounts: proof.accounts.into_iter().map(account).collect(),
        checks: proof.checks.into_iter().map(check).collect(),
    }
}
