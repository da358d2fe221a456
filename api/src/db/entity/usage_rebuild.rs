//! Rows of `usage_rebuilds`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_rebuilds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    /// `filling` or `dropping`.
    pub phase: String,
    /// Events up to this id are counted under the next epoch.
    pub last_event_id: String,
    pub requested_at: DateTimeUtc,
    pub stepped_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
