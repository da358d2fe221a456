//! Rows of `activations`.

use sea_orm::entity::prelude::*;
use shared::vocab::{ActivationStatus, ActorKind, BillingInterval};

use crate::db::Word;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reseller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub client_id: Uuid,
    pub product_id: Uuid,
    pub status: Word<ActivationStatus>,
    pub auto_renew: bool,
    pub priority: i16,
    /// Frozen when it was activated: its calendar never moves with the reseller.
    pub time_zone: String,
    /// The present term, repeated here so that a list needs no join.
    pub term_no: i64,
    pub billing_interval: Word<BillingInterval>,
    pub price_id: Uuid,
    pub price_minor: i64,
    /// Number of the next period of the present term.
    pub next_period_no: i64,
    /// Day of the month from which the periods of the present term are counted.
    pub anchor_day: i16,
    /// Interval and price that were chosen for the next period that is charged.
    pub pending_interval: Option<Word<BillingInterval>>,
    pub pending_price_id: Option<Uuid>,
    pub pending_price_minor: Option<i64>,
    pub activated_at: DateTimeUtc,
    pub activated_by_kind: Word<ActorKind>,
    pub activated_by_name: Option<String>,
    pub paid_until_at: Option<DateTimeUtc>,
    /// When it is charged next: set exactly while it is active, renews by itself and no end is scheduled.
    pub renews_at: Option<DateTimeUtc>,
    pub grace_until_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub paused_at: Option<DateTimeUtc>,
    pub resume_at: Option<DateTimeUtc>,
    pub held_at: Option<DateTimeUtc>,
    /// When time alone does something to it next.
    pub due_at: Option<DateTimeUtc>,
    /// The next renewal has no grace: the one before expired unpaid.
    pub skips_grace: bool,
    /// When it left service for good or for non-payment.
    pub ended_at: Option<DateTimeUtc>,
    pub external_reference: Option<String>,
    pub notes: Option<String>,
    pub access_url: Option<String>,
    pub access_note: Option<String>,
    /// Lower case names, for sorting a list of any length by an index.
    pub sort_product: String,
    pub sort_client: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
