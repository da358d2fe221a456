//! Rows of `renewal_runs`.

use sea_orm::entity::prelude::*;
use shared::vocab::RunTrigger;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "renewal_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub cause: Word<RunTrigger>,
    /// In the reseller's time.
    pub started_at: DateTimeUtc,
    pub duration_ms: i64,
    pub due_count: i64,
    pub charged_count: i64,
    pub charged_minor: i64,
    pub short_count: i64,
    pub failed_count: i64,
    pub held_count: i64,
    pub ended_count: i64,
    pub resumed_count: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
