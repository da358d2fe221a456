//! Rows of `terms`.

use sea_orm::entity::prelude::*;
use shared::vocab::BillingInterval;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub activation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub term_no: i64,
    pub id: Uuid,
    pub billing_interval: Word<BillingInterval>,
    pub price_id: Uuid,
    /// First month and anchor day, in the activation's zone.
    pub anchor_on: Date,
    pub anchor_day: i16,
    pub opened_at: DateTimeUtc,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
