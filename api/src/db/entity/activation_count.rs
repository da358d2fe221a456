//! Rows of `activation_counts`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActivationStatus, BillingInterval};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activation_counts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub status: Word<ActivationStatus>,
    /// Empty where the status has none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub billing_state: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub billing_interval: Word<BillingInterval>,
    /// May be zero.
    pub count: i64,
    /// The prices of all of them.
    pub price_minor: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
