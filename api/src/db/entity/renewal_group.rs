//! Rows of `renewal_groups`.

use sea_orm::entity::prelude::*;
use shared::vocab::BillingInterval;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "renewal_groups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub renews_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub billing_interval: Word<BillingInterval>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub anchor_day: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub time_zone: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub price_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub price_minor: i64,
    pub count: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
