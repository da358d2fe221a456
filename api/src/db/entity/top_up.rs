//! Rows of `top_ups`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActorKind, Currency, TopUpMethod, TopUpStatus};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "top_ups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub amount_minor: i64,
    pub currency: Word<Currency>,
    pub method: Word<TopUpMethod>,
    /// Which payment provider looks after it.
    pub provider: String,
    pub payment_reference: String,
    pub reference: Option<String>,
    pub status: Word<TopUpStatus>,
    pub requested_at: DateTimeUtc,
    pub requested_by_kind: Word<ActorKind>,
    pub requested_by_id: Option<Uuid>,
    pub requested_by_name: Option<String>,
    pub request_id: Option<String>,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by_kind: Option<Word<ActorKind>>,
    pub decided_by_id: Option<Uuid>,
    pub decided_by_name: Option<String>,
    pub reason: Option<String>,
    pub ledger_entry_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
