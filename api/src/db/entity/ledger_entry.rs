//! Rows of `ledger_entries`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActorKind, Currency, LedgerAccountKind, LedgerEntryKind};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Position in the wallet, without gaps.
    pub sequence: i64,
    pub kind: Word<LedgerEntryKind>,
    pub debit_account: Word<LedgerAccountKind>,
    pub credit_account: Word<LedgerAccountKind>,
    pub amount_minor: i64,
    pub currency: Word<Currency>,
    /// Signed effect on the wallet, and the wallet afterwards.
    pub wallet_minor: i64,
    pub balance_after_minor: i64,
    pub occurred_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub reason: String,
    pub actor_kind: Word<ActorKind>,
    pub actor_id: Option<Uuid>,
    pub actor_name: Option<String>,
    pub request_id: Option<String>,
    pub idempotency_key: Option<String>,
    /// What it refers to.
    pub activation_id: Option<Uuid>,
    pub term_no: Option<i64>,
    pub period_no: Option<i64>,
    pub corrects_entry_id: Option<Uuid>,
    pub external_reference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
