//! Rows of `renewal_dates`.

use sea_orm::entity::prelude::*;
use shared::vocab::BillingInterval;

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "renewal_dates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub renews_at: DateTimeUtc,
    /// How often it is charged now.
    #[sea_orm(primary_key, auto_increment = false)]
    pub billing_interval: Word<BillingInterval>,
    /// How often it is charged from the next renewal on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub next_interval: Word<BillingInterval>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub anchor_day: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub time_zone: String,
    pub count: i64,
    /// The prices of all of them now.
    pub price_minor: i64,
    /// The prices of all of them at the next renewal.
    pub next_minor: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
