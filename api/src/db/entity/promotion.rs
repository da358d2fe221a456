//! Rows of `promotions`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActorKind, PromotionKind, PromotionScope};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "promotions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: Word<PromotionKind>,
    pub title: String,
    pub text: Option<String>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub scope: Word<PromotionScope>,
    pub created_by_kind: Word<ActorKind>,
    pub created_by_name: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
