//! Rows of `resellers`.

use sea_orm::entity::prelude::*;
use shared::vocab::Currency;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resellers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub currency: Word<Currency>,
    pub time_zone: String,
    pub status: String,
    /// Moves the clock of a sandbox; 0 for everybody else.
    pub clock_offset_seconds: i64,
    /// Counts the committed writes; a reader that saw this number saw everything up to it.
    pub version: i64,
    pub event_sequence: i64,
    pub keeps_end_user_labels: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
