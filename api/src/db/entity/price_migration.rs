//! Rows of `price_migrations`.

use sea_orm::entity::prelude::*;
use shared::vocab::ActorKind;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_migrations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub product_id: Uuid,
    /// Replaced at most once.
    pub from_price_id: Uuid,
    pub to_price_id: Uuid,
    /// First day on which a period that starts costs the new price.
    pub effective_on: Date,
    pub announced_at: DateTimeUtc,
    pub announced_by_kind: Word<ActorKind>,
    pub announced_by_name: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
