//! Rows of `activation_history`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActivationStatus, ActorKind, HistoryKind};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activation_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub activation_id: Uuid,
    pub kind: Word<HistoryKind>,
    pub occurred_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub actor_kind: Word<ActorKind>,
    pub actor_id: Option<Uuid>,
    pub actor_name: Option<String>,
    pub reason: Option<String>,
    pub request_id: Option<String>,
    pub status_before: Option<Word<ActivationStatus>>,
    pub status_after: Word<ActivationStatus>,
    pub paid_until_before_at: Option<DateTimeUtc>,
    pub paid_until_after_at: Option<DateTimeUtc>,
    /// Signed effect on the wallet.
    pub wallet_minor: Option<i64>,
    pub ledger_entry_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
