//! Rows of `periods`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "periods")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub activation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub term_no: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub period_no: i64,
    pub id: Uuid,
    /// Half-open, in the activation's zone.
    pub start_on: Date,
    pub end_on: Date,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub price_minor: i64,
    /// What an immediate change of interval credited for earlier periods: refunds are computed on price less credit.
    pub credit_minor: i64,
    /// Credited and over before its end, by an immediate change of interval.
    pub superseded_at: Option<DateTimeUtc>,
    /// Null for a price of zero.
    pub charge_entry_id: Option<Uuid>,
    pub charged_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
