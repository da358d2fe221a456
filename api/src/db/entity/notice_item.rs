//! Rows of `notice_items`.

use sea_orm::entity::prelude::*;
use shared::vocab::NoticeKind;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub activation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Word<NoticeKind>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub renews_at: DateTimeUtc,
    /// 0 where the kind has no thresholds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub within_days: i16,
    pub notice_id: Uuid,
    pub amount_minor: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
