//! Rows of `notices`.

use sea_orm::entity::prelude::*;
use shared::vocab::NoticeKind;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: Word<NoticeKind>,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
    pub item_count: i64,
    pub total_minor: i64,
    /// With `balance_low`: the amount the balance fell below.
    pub threshold_minor: Option<i64>,
    /// With `balance_low`: what was left.
    pub balance_minor: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
