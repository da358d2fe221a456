//! How many activations there are, from the counts that are kept with every write as far as these tell.

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use shared::vocab::{ActivationStatus, BillingInterval, BillingState, ResellerId};
use uuid::Uuid;

use super::{Criteria, condition};
use crate::db::Word;
use crate::db::entity::{activation, activation_count};
use crate::error::Error;
use crate::features::activations::filter::Filter;

use activation_count::Column as C;

/// How many activations have a status, product and interval.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct CountRow {
    /// The status.
    pub status: Word<ActivationStatus>,
    /// The product.
    pub product_id: Uuid,
    /// The interval.
    pub billing_interval: Word<BillingInterval>,
    /// How many.
    pub count: i64,
}

/// All activations, counted by status, product and interval.
pub async fn counts(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<CountRow>, Error> {
    let query = activation_count::Entity::find()
        .select_only()
        .columns([C::Status, C::ProductId, C::BillingInterval])
        .column_as(sum(), "count")
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::Count.gt(0))
        .group_by(C::Status)
        .group_by(C::ProductId)
        .group_by(C::BillingInterval);
    Ok(query.into_model::<CountRow>().all(connection).await?)
}

/// How many activations a list has.
pub async fn count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    criteria: &Criteria,
) -> Result<i64, Error> {
    let count = if let Some(condition) = kept(reseller_id, criteria) {
        let query = activation_count::Entity::find().select_only().column_as(sum(), "count").filter(condition);
        query.into_tuple::<i64>().one(connection).await?
    } else {
        let query = activation::Entity::find()
            .select_only()
            .column_as(Expr::cust("COUNT(*)"), "count")
            .filter(condition(reseller_id, criteria));
        query.into_tuple::<i64>().one(connection).await?
    };
    Ok(count.unwrap_or_default())
}

fn sum() -> SimpleExpr {
    Expr::cust("CAST(COALESCE(SUM(count), 0) AS BIGINT)")
}

/// The counts that make up a list; none where these do not tell.
fn kept(reseller_id: ResellerId, criteria: &Criteria) -> Option<Condition> {
    let Criteria { filter, activated_from_at, activated_before_at, renews_before_at, uncovered } = criteria;
    // What renews when is in the bounds.
    let Filter {
        statuses,
        billing_states,
        billing_intervals,
        is_renewing,
        products,
        clients,
        renews: _,
        activated_from: _,
        activated_to: _,
        words,
    } = filter;
    let is_bounded = activated_from_at.or(*activated_before_at).or(*renews_before_at).is_some();
    if is_bounded || uncovered.is_some() || !clients.is_empty() || !words.is_empty() {
        return None;
    }
    let mut all = Condition::all().add(C::ResellerId.eq(reseller_id.0));
    all = if statuses.is_empty() {
        all.add(C::Status.ne(ActivationStatus::Deactivated.as_str()))
    } else {
        all.add(C::Status.is_in(statuses.iter().map(|status| status.as_str())))
    };
    if !billing_states.is_empty() {
        all = all.add(C::BillingState.is_in(billing_states.iter().map(|state| state.as_str())));
    }
    if !billing_intervals.is_empty() {
        all = all.add(C::BillingInterval.is_in(billing_intervals.iter().map(|interval| interval.as_str())));
    }
    let renewing = [BillingState::Current, BillingState::Grace].map(BillingState::as_str);
    all = match is_renewing {
        Some(true) => all.add(C::BillingState.is_in(renewing)),
        Some(false) => all.add(C::BillingState.is_not_in(renewing)),
        None => all,
    };
    if !products.is_empty() {
        all = all.add(C::ProductId.is_in(products.iter().map(|id| id.0)));
    }
    Some(all)
}
