//! Adding up what is paused, by billing interval.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use shared::vocab::{ActivationStatus, BillingInterval, ResellerId};

use crate::db::Word;
use crate::db::entity::activation_count;
use crate::error::Error;

use activation_count::Column as C;

/// The paused activations of one interval.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PausedRow {
    /// The interval.
    pub billing_interval: Word<BillingInterval>,
    /// How many.
    pub count: i64,
    /// Their prices, in minor units.
    pub price_minor: i64,
}

/// One row per interval that has paused activations.
pub async fn paused(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<PausedRow>, Error> {
    let query = activation_count::Entity::find()
        .select_only()
        .column(C::BillingInterval)
        .column_as(Expr::cust("CAST(SUM(count) AS BIGINT)"), "count")
        .column_as(Expr::cust("CAST(SUM(price_minor) AS BIGINT)"), "price_minor")
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Status.eq(ActivationStatus::Paused.as_str()))
        .filter(C::Count.gt(0))
        .group_by(C::BillingInterval);
    Ok(query.into_model::<PausedRow>().all(connection).await?)
}
