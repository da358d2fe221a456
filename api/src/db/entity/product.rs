//! Rows of `products`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub external_reference: String,
    pub name: String,
    pub description: String,
    pub status: String,
    pub provisioning: String,
    pub grace_days: i64,
    /// Where a client signs in; `{client}` stands for the client's reference.
    pub access_url: Option<String>,
    pub access_note: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
