//! Rows of `prices`.

use sea_orm::entity::prelude::*;
use shared::vocab::{BillingInterval, Currency};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "prices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub product_id: Uuid,
    pub billing_interval: Word<BillingInterval>,
    pub currency: Word<Currency>,
    pub amount_minor: i64,
    pub valid_from_on: Date,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
