//! Reading ledger entries.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Cond, Expr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect,
};
use shared::vocab::{ActivationId, LedgerEntryId, LedgerEntryKind, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{ledger_entry, period, top_up};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// An entry.
pub type EntryRow = ledger_entry::Model;
/// A paid period.
pub type PeriodRow = period::Model;

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    /// Of these kinds; of all where empty.
    pub kinds: Vec<LedgerEntryKind>,
    /// At this moment or later.
    pub from_at: Option<DateTime<Utc>>,
    /// Before this moment.
    pub before_at: Option<DateTime<Utc>>,
    /// Of this activation.
    pub activation: Option<ActivationId>,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By the effect on the wallet instead of the position.
    pub is_by_amount: bool,
    /// The highest first.
    pub is_descending: bool,
}

/// Effect on the wallet and position of the row at the edge of a page.
pub type Key = (i64, i64);

/// The place of a row.
pub fn key(row: &EntryRow) -> Key {
    (row.wallet_minor, row.sequence)
}

/// Up to `limit` entries from the edge on.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    criteria: &Criteria,
    sort: Sort,
    edge: Option<&Cursor<Key>>,
    limit: u64,
) -> Result<Vec<EntryRow>, Error> {
    use ledger_entry::Column as C;
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let is_descending = sort.is_descending != is_back;
    let mut query = ledger_entry::Entity::find().filter(condition(reseller_id, criteria)).limit(limit);
    if let Some(Cursor { key: (amount, sequence), .. }) = edge {
        let beyond = |column: C, value: i64| if is_descending { column.lt(value) } else { column.gt(value) };
        query = query.filter(if sort.is_by_amount {
            let tied = Cond::all().add(C::WalletMinor.eq(*amount)).add(beyond(C::Sequence, *sequence));
            Cond::any().add(beyond(C::WalletMinor, *amount)).add(tied)
        } else {
            Cond::all().add(beyond(C::Sequence, *sequence))
        });
    }
    let order = if is_descending { Order::Desc } else { Order::Asc };
    if sort.is_by_amount {
        query = query.order_by(C::WalletMinor, order.clone());
    }
    let mut rows = query.order_by(C::Sequence, order).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// What entries add up to, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct Totals {
    /// How many.
    pub count: i64,
    /// What came in.
    pub in_minor: i64,
    /// What went out, negative.
    pub out_minor: i64,
}

/// What the entries add up to.
pub async fn totals(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    criteria: &Criteria,
) -> Result<Totals, Error> {
    let sum = |comparison: &str| {
        Expr::cust(format!(
            "CAST(COALESCE(SUM(CASE WHEN wallet_minor {comparison} 0 THEN wallet_minor ELSE 0 END), 0) AS BIGINT)"
        ))
    };
    let query = ledger_entry::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .column_as(sum(">"), "in_minor")
        .column_as(sum("<"), "out_minor")
        .filter(condition(reseller_id, criteria));
    Ok(query.into_model::<Totals>().one(connection).await?.unwrap_or_default())
}

/// One entry.
pub async fn find(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: LedgerEntryId,
) -> Result<Option<EntryRow>, Error> {
    Ok(ledger_entry::Entity::find_by_id((reseller_id.0, id.0)).one(connection).await?)
}

/// The period that an entry paid for.
pub async fn find_period(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    (activation_id, term_no, period_no): (Uuid, i64, i64),
) -> Result<Option<PeriodRow>, Error> {
    Ok(period::Entity::find_by_id((reseller_id.0, activation_id, term_no, period_no)).one(connection).await?)
}

/// The entries that correct one, oldest first.
pub async fn corrections(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: LedgerEntryId,
) -> Result<Vec<Uuid>, Error> {
    let query = ledger_entry::Entity::find()
        .select_only()
        .column(ledger_entry::Column::Id)
        .filter(ledger_entry::Column::ResellerId.eq(reseller_id.0))
        .filter(ledger_entry::Column::CorrectsEntryId.eq(id.0))
        // Not the column itself: SQLite would go through the whole ledger in that order.
        .order_by_asc(Expr::cust("sequence + 0"))
        .limit(100);
    Ok(query.into_tuple().all(connection).await?)
}

/// The top-up that an entry settled.
pub async fn top_up_of(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    id: LedgerEntryId,
) -> Result<Option<Uuid>, Error> {
    let query = top_up::Entity::find()
        .select_only()
        .column(top_up::Column::Id)
        .filter(top_up::Column::ResellerId.eq(reseller_id.0))
        .filter(top_up::Column::LedgerEntryId.eq(id.0));
    Ok(query.into_tuple().one(connection).await?)
}

fn condition(reseller_id: ResellerId, criteria: &Criteria) -> Condition {
    use ledger_entry::Column as C;
    let kinds = (!criteria.kinds.is_empty()).then(|| C::Kind.is_in(criteria.kinds.iter().map(|kind| Word(*kind))));
    Condition::all()
        .add(C::ResellerId.eq(reseller_id.0))
        .add_option(kinds)
        .add_option(criteria.from_at.map(|at| C::OccurredAt.gte(at)))
        .add_option(criteria.before_at.map(|at| C::OccurredAt.lt(at)))
        .add_option(criteria.activation.map(|id| C::ActivationId.eq(id.0)))
}
