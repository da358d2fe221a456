//! Rows of `usage_states`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_states")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    pub epoch: i64,
    /// Zone whose calendar days the epoch counts.
    pub time_zone: String,
    pub next_end_user_no: i64,
    /// Day number of the first counted event.
    pub first_day: Option<i64>,
    /// Distinct end users with a counted event.
    pub ever_used: i64,
    /// The epoch that is being made for another zone.
    pub next_epoch: Option<i64>,
    /// That zone.
    pub next_time_zone: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
