//! Rows of `ledger_accounts`.

use sea_orm::entity::prelude::*;
use shared::vocab::{Currency, LedgerAccountKind};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Word<LedgerAccountKind>,
    pub currency: Word<Currency>,
    /// The wallet's cached balance and last sequence number; the other accounts are sums and keep both at zero.
    pub balance_minor: i64,
    pub last_sequence: i64,
    pub blocked_at: Option<DateTimeUtc>,
    /// The first difference that reconciliation found.
    pub blocked_reason: Option<String>,
    /// Of the wallet: amounts in minor units as a JSON array, the highest first.
    pub low_balance_thresholds: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
