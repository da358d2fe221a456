//! The wallet: its balance, what is due, and the proof that its books agree.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dto::recurring_costs::Due;
use crate::vocab::{LedgerAccountKind, LedgerCheck, LedgerEntryId, Money};

/// The prepaid account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wallet {
    /// The moment all figures are of.
    pub as_of: DateTime<Utc>,
    /// The sum of all ledger entries; all of it is available.
    pub balance: Money,
    /// Since when nothing is charged because the books do not agree; null if they do.
    pub blocked_at: Option<DateTime<Utc>>,
    /// Renewals that failed and wait in grace.
    pub overdue: Due,
    /// Renewals due within 7 days of today, overdue ones included.
    pub due_in_7_days: Due,
    /// Renewals due within 30 days of today, overdue ones included.
    pub due_in_30_days: Due,
    /// Top-ups that were requested and not settled yet.
    pub pending_top_ups: Due,
    /// How many entries the ledger has.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 214))]
    pub entry_count: i64,
}

/// When a reseller is told that the balance is low, apart from renewals that are not covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LowBalanceAlerts {
    /// Each time the balance falls below one of these it is told; the highest first. Empty: never.
    #[cfg_attr(feature = "openapi", schema(max_items = 5))]
    pub thresholds: Vec<Money>,
}

/// Whether a reseller's books agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerProof {
    /// When it was proven.
    pub as_of: DateTime<Utc>,
    /// Whether every check passed.
    pub is_proven: bool,
    /// Since when the wallet is blocked; a check that fails blocks it.
    pub blocked_at: Option<DateTime<Utc>>,
    /// How many entries were read.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 214))]
    pub entry_count: i64,
    /// The wallet's balance.
    pub balance: Money,
    /// Every account with the sum of its entries; together they are zero.
    #[cfg_attr(feature = "openapi", schema(min_items = 4, max_items = 4))]
    pub accounts: Vec<AccountBalance>,
    /// Each check and its result.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub checks: Vec<ProofCheck>,
}

/// What the entries of an account add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountBalance {
    /// The account.
    pub account: LedgerAccountKind,
    /// Its credits less its debits.
    pub balance: Money,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofCheck {
    /// What was checked.
    pub check: LedgerCheck,
    /// Whether nothing was found.
    pub is_passed: bool,
    /// How many rows were looked at.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 214))]
    pub checked_count: i64,
    /// The first differences.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub differences: Vec<ProofDifference>,
}

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofDifference {
    /// What was found and what was expected.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Entry 12 says the balance is 4100, the sum is 4000.", max_length = 500)
    )]
    pub message: String,
    /// The entry, where it is one.
    pub ledger_entry_id: Option<LedgerEntryId>,
}
