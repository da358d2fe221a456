//! Rows of `end_users`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "end_users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    /// Small number for the wide tables below.
    #[sea_orm(primary_key, auto_increment = false)]
    pub no: i64,
    /// The pseudonym that is shown.
    pub id: Uuid,
    pub client_id: Uuid,
    /// HMAC-SHA-256 of the normalised key with the instance's secret.
    pub key_hash: Vec<u8>,
    pub label: Option<String>,
    /// First and last counted use.
    pub first_used_at: Option<DateTimeUtc>,
    pub last_used_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
