//! Reading activations.

mod counts;
mod history;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use shared::vocab::{ActivationId, ActivationStatus, BillingState, LedgerEntryKind, ProductId, ResellerId};
use uuid::Uuid;

use super::filter::{Filter, Key, KeyValue, Sort, SortColumn};
use crate::db::entity::{activation, activation_word, ledger_entry, period, term};
use crate::error::Error;
use crate::features::forecast::service::Uncovered;
use crate::features::forecast::store::GroupKey;
use crate::features::{clients, products};
use crate::http::cursor::{Cursor, Direction};

pub use counts::{CountRow, count, counts};
pub use history::{HistoryKey, HistoryRow, history, history_count};

/// An activation with the names that its columns only refer to.
#[derive(Debug, Clone)]
pub struct ListedActivation {
    /// Its columns.
    pub columns: activation::Model,
    /// The product's name.
    pub product_name: String,
    /// The client's name.
    pub client_name: String,
    /// The client's email address.
    pub client_email: Option<String>,
    /// Whether its next renewal is covered, where that was asked for.
    pub is_covered: Option<bool>,
}

/// A filter with its dates turned into instants, half-open.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    /// What was asked for.
    pub filter: Filter,
    /// Activated at this moment or later.
    pub activated_from_at: Option<DateTime<Utc>>,
    /// Activated before this moment.
    pub activated_before_at: Option<DateTime<Utc>>,
    /// Renewing before this moment.
    pub renews_before_at: Option<DateTime<Utc>>,
    /// Only these.
    pub uncovered: Option<Uncovered>,
}

/// Up to `limit` activations from the edge on, in the order of the list (going back, those that end at it).
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    criteria: &Criteria,
    sort: Sort,
    edge: Option<&Cursor<Key>>,
    limit: u64,
) -> Result<Vec<ListedActivation>, Error> {
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let is_descending = sort.is_descending != is_back;
    let mut rows: Vec<activation::Model> = Vec::new();
    for stretch in stretches(sort.column, edge.map(|edge| &edge.key), is_back) {
        let missing = limit.saturating_sub(rows.len() as u64);
        if missing == 0 {
            break;
        }
        let mut query = activation::Entity::find().filter(condition(reseller_id, criteria)).limit(missing);
        let order = if is_descending { Order::Desc } else { Order::Asc };
        if let Some(is_null) = stretch.is_null {
            let column = column(sort.column);
            query = query.filter(if is_null { column.is_null() } else { column.is_not_null() });
        }
        if let Some(after) = stretch.after {
            query = query.filter(beyond(sort.column, after, is_descending));
        }
        if stretch.is_null != Some(true) {
            query = query.order_by(column(sort.column), order.clone());
        }
        rows.extend(query.order_by(activation::Column::Id, order).all(connection).await?);
    }
    if is_back {
        rows.reverse();
    }
    with_names(connection, reseller_id, rows).await
}

/// One activation.
pub async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<Option<ListedActivation>, Error> {
    let found = activation::Entity::find_by_id((reseller_id.0, id.0)).one(connection).await?;
    Ok(with_names(connection, reseller_id, found.into_iter().collect()).await?.pop())
}

/// Whether there is such an activation.
pub async fn exists(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<bool, Error> {
    let found = activation::Entity::find_by_id((reseller_id.0, id.0))
        .select_only()
        .column(activation::Column::Id)
        .into_tuple::<Uuid>()
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// Names of products.
pub async fn product_names(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ProductId>,
) -> Result<HashMap<Uuid, String>, Error> {
    products::store::names(connection, ids.into_iter().map(|id| id.0)).await
}

/// The present term's anchor: date and day of the month.
pub async fn find_term(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
    term_no: i64,
) -> Result<Option<term::Model>, Error> {
    Ok(term::Entity::find_by_id((reseller_id.0, id.0, term_no)).one(connection).await?)
}

/// The last few paid periods, latest first: the running one, those paid ahead, and one before. Not those that a change
/// of interval ended early.
pub async fn latest_periods(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<Vec<period::Model>, Error> {
    let query = period::Entity::find()
        .filter(period::Column::ResellerId.eq(reseller_id.0))
        .filter(period::Column::ActivationId.eq(id.0))
        .filter(period::Column::SupersededAt.is_null())
        .order_by_desc(period::Column::TermNo)
        .order_by_desc(period::Column::PeriodNo)
        .limit(6);
    Ok(query.all(connection).await?)
}

/// What was paid for an activation.
#[derive(Debug, Clone, Default, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Payments {
    /// Charges less refunds, in minor units.
    pub paid_minor: i64,
    /// How many charges.
    pub charge_count: i64,
}

/// What was paid for an activation.
pub async fn payments(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<Payments, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(-wallet_minor), 0) AS BIGINT) AS paid_minor, \
               CAST(COALESCE(SUM(CASE WHEN kind IN ('activation_charge', 'renewal_charge') THEN 1 ELSE 0 END), 0) \
               AS BIGINT) AS charge_count FROM ledger_entries WHERE reseller_id = $1 AND activation_id = $2";
    let statement =
        Statement::from_sql_and_values(connection.get_database_backend(), sql, [reseller_id.0.into(), id.0.into()]);
    let row = connection.query_one_raw(statement).await?;
    let row = row.map(|row| <Payments as sea_orm::FromQueryResult>::from_query_result(&row, "")).transpose()?;
    Ok(row.unwrap_or_default())
}

/// What was given back so far, by (term, period), in minor units.
pub async fn refunds(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: ActivationId,
) -> Result<HashMap<(i64, i64), i64>, Error> {
    let entries = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::ResellerId.eq(reseller_id.0))
        .filter(ledger_entry::Column::ActivationId.eq(id.0))
        .all(connection)
        .await?;
    let mut refunds = HashMap::new();
    // The kind is no condition of the statement: SQLite would go through the refunds of all activations.
    for entry in entries.into_iter().filter(|entry| entry.kind.0 == LedgerEntryKind::Refund) {
        if let (Some(term_no), Some(period_no)) = (entry.term_no, entry.period_no) {
            *refunds.entry((term_no, period_no)).or_default() += entry.amount_minor;
        }
    }
    Ok(refunds)
}

/// The key of a row under a sort.
pub fn key_of(row: &ListedActivation, sort: Sort) -> Key {
    let columns = &row.columns;
    let value = match sort.column {
        SortColumn::Product => KeyValue::Text(columns.sort_product.clone()),
        SortColumn::Client => KeyValue::Text(columns.sort_client.clone()),
        SortColumn::Status => KeyValue::Text(columns.status.0.to_string()),
        SortColumn::ActivatedAt => KeyValue::Instant(columns.activated_at),
        SortColumn::RenewsAt => columns.renews_at.map_or(KeyValue::Missing, KeyValue::Instant),
        SortColumn::Price => KeyValue::Number(columns.price_minor),
    };
    Key { value, id: columns.id }
}

/// Rows with the names that their columns only refer to.
pub async fn with_names(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    rows: Vec<activation::Model>,
) -> Result<Vec<ListedActivation>, Error> {
    let products = products::store::names(connection, rows.iter().map(|row| row.product_id)).await?;
    let clients = clients::store::names(connection, reseller_id, rows.iter().map(|row| row.client_id)).await?;
    let named = rows.into_iter().map(|columns| {
        let (client_name, client_email) = clients.get(&columns.client_id).cloned().unwrap_or_default();
        let product_name = products.get(&columns.product_id).cloned().unwrap_or_default();
        ListedActivation { columns, product_name, client_name, client_email, is_covered: None }
    });
    Ok(named.collect())
}

/// A part of a list that one index delivers in order.
struct Stretch<'a> {
    /// For a column that may be null: whether these are the nulls, which come last in both directions.
    is_null: Option<bool>,
    /// The row after which it begins.
    after: Option<&'a Key>,
}

fn stretches(column: SortColumn, edge: Option<&Key>, is_back: bool) -> Vec<Stretch<'_>> {
    if column != SortColumn::RenewsAt {
        return vec![Stretch { is_null: None, after: edge }];
    }
    let first_is_null = edge.map_or(is_back, |key| key.value == KeyValue::Missing);
    let mut stretches = vec![Stretch { is_null: Some(first_is_null), after: edge }];
    // Forwards the nulls follow, backwards the others.
    if first_is_null == is_back {
        stretches.push(Stretch { is_null: Some(!is_back), after: None });
    }
    stretches
}

fn column(column: SortColumn) -> activation::Column {
    match column {
        SortColumn::Product => activation::Column::SortProduct,
        SortColumn::Client => activation::Column::SortClient,
        SortColumn::Status => activation::Column::Status,
        SortColumn::ActivatedAt => activation::Column::ActivatedAt,
        SortColumn::RenewsAt => activation::Column::RenewsAt,
        SortColumn::Price => activation::Column::PriceMinor,
    }
}

fn beyond(sort: SortColumn, key: &Key, is_descending: bool) -> SimpleExpr {
    let id = Expr::col(activation::Column::Id);
    let value = match &key.value {
        KeyValue::Text(text) => Expr::val(text.clone()),
        KeyValue::Number(number) => Expr::val(*number),
        KeyValue::Instant(instant) => Expr::val(*instant),
        KeyValue::Missing => return if is_descending { id.lt(key.id) } else { id.gt(key.id) },
    };
    let row = Expr::tuple([Expr::col(column(sort)), id]);
    let bound = Expr::tuple([value, Expr::val(key.id)]);
    if is_descending { row.lt(bound) } else { row.gt(bound) }
}

fn condition(reseller_id: ResellerId, criteria: &Criteria) -> Condition {
    use activation::Column;
    let filter = &criteria.filter;
    let mut all = Condition::all().add(Column::ResellerId.eq(reseller_id.0));
    all = match filter.statuses.as_slice() {
        [] => all.add(Column::Status.ne(ActivationStatus::Deactivated.as_str())),
        [only] => all.add(Column::Status.eq(only.as_str())),
        several => all.add(Column::Status.is_in(several.iter().map(|status| status.as_str()))),
    };
    if !filter.billing_states.is_empty() {
        all = all.add(filter.billing_states.iter().fold(Condition::any(), |any, state| any.add(in_state(*state))));
    }
    all = match filter.billing_intervals.as_slice() {
        [] => all,
        [only] => all.add(Column::BillingInterval.eq(only.as_str())),
        several => all.add(Column::BillingInterval.is_in(several.iter().map(|interval| interval.as_str()))),
    };
    all = match filter.is_renewing {
        Some(true) => all.add(Column::Status.eq(ActivationStatus::Active.as_str())).add(Column::RenewsAt.is_not_null()),
        Some(false) => all.add(Column::RenewsAt.is_null()),
        None => all,
    };
    if !filter.products.is_empty() {
        all = all.add(Column::ProductId.is_in(filter.products.iter().map(|id| id.0)));
    }
    if !filter.clients.is_empty() {
        all = all.add(Column::ClientId.is_in(filter.clients.iter().map(|id| id.0)));
    }
    if let Some(before) = criteria.renews_before_at {
        all = all.add(Column::RenewsAt.lt(before));
    }
    if let Some(uncovered) = &criteria.uncovered {
        all = all.add(one_of(uncovered));
    }
    if let Some(from) = criteria.activated_from_at {
        all = all.add(Column::ActivatedAt.gte(from));
    }
    if let Some(before) = criteria.activated_before_at {
        all = all.add(Column::ActivatedAt.lt(before));
    }
    filter.words.iter().fold(all, |all, word| all.add(Column::Id.in_subquery(with_word(reseller_id, word))))
}

fn one_of(uncovered: &Uncovered) -> Condition {
    use activation::Column;
    let effective = |pending: Column, present: Column| Func::coalesce([Expr::col(pending), Expr::col(present)]);
    let mut any = Condition::any();
    if !uncovered.ids.is_empty() {
        any = any.add(Column::Id.is_in(uncovered.ids.iter().copied()));
    }
    let group = |key: &GroupKey| {
        Condition::all()
            .add(Column::RenewsAt.eq(key.renews_at))
            .add(Column::AnchorDay.eq(key.anchor_day))
            .add(Column::TimeZone.eq(key.time_zone.as_str()))
            .add(Expr::expr(effective(Column::PendingInterval, Column::BillingInterval)).eq(key.interval.as_str()))
            .add(Expr::expr(effective(Column::PendingPriceId, Column::PriceId)).eq(key.price_id))
            .add(Expr::expr(effective(Column::PendingPriceMinor, Column::PriceMinor)).eq(key.price_minor))
    };
    any = uncovered.whole_moments.iter().fold(any, |any, moment| any.add(Column::RenewsAt.eq(*moment)));
    uncovered.groups.iter().fold(any, |any, key| any.add(group(key)))
}

fn in_state(state: BillingState) -> Condition {
    use activation::Column;
    let active = Condition::all().add(Column::Status.eq(ActivationStatus::Active.as_str()));
    match state {
        BillingState::Current => active.add(Column::RenewsAt.is_not_null()).add(Column::GraceUntilAt.is_null()),
        BillingState::Grace => active.add(Column::RenewsAt.is_not_null()).add(Column::GraceUntilAt.is_not_null()),
        BillingState::Ending => active.add(Column::RenewsAt.is_null()),
    }
}

fn with_word(reseller_id: ResellerId, beginning: &str) -> sea_orm::sea_query::SelectStatement {
    use activation_word::Column;
    Query::select()
        .column(Column::ActivationId)
        .from(activation_word::Entity)
        .and_where(Column::ResellerId.eq(reseller_id.0))
        .and_where(Column::Word.gte(beginning))
        // The highest character sorts after everything that begins like this.
        .and_where(Column::Word.lt(format!("{beginning}\u{10ffff}")))
        .to_owned()
}
