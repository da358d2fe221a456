//! Rows of `usage_events`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    /// Made by the sender; a repeated one counts once.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub activation_id: Uuid,
    pub end_user_no: i64,
    pub occurred_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    /// Whether the activation was on at that moment.
    pub is_counted: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
