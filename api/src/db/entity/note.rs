//! Rows of `notes`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActorKind, NoteVisibility};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub noted_on: Date,
    pub text: String,
    pub visibility: Word<NoteVisibility>,
    /// About a product, a client or nothing.
    pub product_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    /// A member or an API key.
    pub author_kind: Word<ActorKind>,
    pub author_id: Uuid,
    pub author_name: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
