//! Who has something that is held. What was held and renews no more has nothing that could be charged.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};
use shared::vocab::{Currency, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{activation, event};
use crate::error::Error;
use crate::http::cursor::{Cursor, Direction};

/// What is held of one reseller.
#[derive(Debug, Clone, FromQueryResult)]
pub struct HeldRow {
    /// Whose.
    pub reseller_id: Uuid,
    /// Its name.
    pub reseller_name: String,
    /// Its currency.
    pub currency: Word<Currency>,
    /// What its wallet holds, in minor units.
    pub balance_minor: i64,
    /// How many activations.
    pub count: i64,
    /// Since when the first of them is held.
    pub held_at: DateTime<Utc>,
    /// When the oldest unpaid period was due.
    pub due_at: DateTime<Utc>,
}

const HELD: &str = "SELECT r.id AS reseller_id, r.name AS reseller_name, r.currency AS currency, w.balance_minor AS balance_minor, \
                    h.count AS count, h.held_at AS held_at, h.due_at AS due_at FROM (SELECT a.reseller_id, COUNT(*) AS count, \
                    MIN(a.held_at) AS held_at, MIN(a.renews_at) AS due_at FROM activations a \
                    WHERE a.held_at IS NOT NULL AND a.renews_at IS NOT NULL GROUP BY a.reseller_id) AS h JOIN resellers r ON r.id = h.reseller_id \
                    JOIN ledger_accounts w ON w.reseller_id = h.reseller_id AND w.kind = 'wallet'";

/// Up to `limit` resellers of whom something is held, from the edge on, the newest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    edge: Option<&Cursor<Uuid>>,
    limit: u64,
) -> Result<Vec<HeldRow>, Error> {
    let is_back = edge.is_some_and(|edge| edge.direction == Direction::Previous);
    let (sign, order) = if is_back { (">", "ASC") } else { ("<", "DESC") };
    let limit = i64::try_from(limit).map_err(Error::internal)?;
    let mut values: Vec<Value> = vec![limit.into()];
    let beyond = edge.map_or_else(String::new, |edge| {
        values.push(edge.key.into());
        format!("WHERE r.id {sign} $2")
    });
    let sql = format!("{HELD} {beyond} ORDER BY r.id {order} LIMIT $1");
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let mut rows = HeldRow::find_by_statement(statement).all(connection).await?;
    if is_back {
        rows.reverse();
    }
    Ok(rows)
}

/// What is held of a reseller; none if nothing is.
pub async fn find(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Option<HeldRow>, Error> {
    let sql = format!("{HELD} WHERE r.id = $1");
    let values = [reseller_id.0.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(HeldRow::find_by_statement(statement).one(connection).await?)
}

/// When something of a reseller was held last that still is.
pub async fn last_held_at(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
) -> Result<Option<DateTime<Utc>>, Error> {
    use activation::Column as C;
    let held = activation::Entity::find()
        .select_only()
        .column(C::HeldAt)
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(C::HeldAt.is_not_null())
        .filter(C::RenewsAt.is_not_null());
    let last = held.order_by_desc(C::HeldAt).limit(1).into_tuple::<Option<DateTime<Utc>>>().one(connection).await?;
    Ok(last.flatten())
}

/// When an event of a kind last told that what was held is let go.
pub async fn last_released_at(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    kind: &str,
) -> Result<Option<DateTime<Utc>>, Error> {
    use event::Column as C;
    let of_kind = event::Entity::find().select_only().column(C::OccurredAt);
    let of_kind = of_kind.filter(C::ResellerId.eq(reseller_id.0)).filter(C::Kind.eq(kind));
    Ok(of_kind.order_by_desc(C::Sequence).limit(1).into_tuple().one(connection).await?)
}
