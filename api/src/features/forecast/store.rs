//! Reading what renews.

use chrono::{DateTime, Utc};
use domain::forecast::Dates;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};
use shared::vocab::{BillingInterval, PriceId, ResellerId};
use uuid::Uuid;

use crate::db::Word;
use crate::db::entity::{activation, renewal_date, renewal_group};
use crate::error::Error;

use activation::Column as C;
/// The columns of an activation.
pub use activation::Model as Columns;

/// Moments in one `IN` list.
const CHUNK: usize = 500;

/// What activations of one group have in common; a change of interval that waits counts already.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupKey {
    /// When they renew.
    pub renews_at: DateTime<Utc>,
    /// How often from then on.
    pub interval: BillingInterval,
    /// Day of the month from which periods are counted.
    pub anchor_day: i16,
    /// The zone of their calendar.
    pub time_zone: String,
    /// The price.
    pub price_id: Uuid,
    /// Its amount, in minor units.
    pub price_minor: i64,
}

/// What is charged on the same days, however much it costs.
pub type DateRow = renewal_date::Model;

/// The days on which something renews, and what is charged on them. There are a few hundred, however many activations there are.
pub async fn dates(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<DateRow>, Error> {
    let query = renewal_date::Entity::find()
        .filter(renewal_date::Column::ResellerId.eq(reseller_id.0))
        .order_by_asc(renewal_date::Column::RenewsAt);
    Ok(query.all(connection).await?)
}

/// The groups of everything that renews, and how many activations each has.
pub async fn groups(connection: &impl ConnectionTrait, reseller_id: ResellerId) -> Result<Vec<(GroupKey, i64)>, Error> {
    groups_where(connection, reseller_id, Condition::all()).await
}

/// The same, only of these prices.
pub async fn groups_of_prices(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    prices: impl Iterator<Item = PriceId>,
) -> Result<Vec<(GroupKey, i64)>, Error> {
    let held = renewal_group::Column::PriceId.is_in(prices.map(|id| id.0));
    groups_where(connection, reseller_id, Condition::all().add(held)).await
}

async fn groups_where(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    condition: Condition,
) -> Result<Vec<(GroupKey, i64)>, Error> {
    let rows = renewal_group::Entity::find()
        .filter(renewal_group::Column::ResellerId.eq(reseller_id.0))
        .filter(condition)
        .order_by_asc(renewal_group::Column::RenewsAt)
        .all(connection)
        .await?;
    let group = |row: renewal_group::Model| {
        let key = GroupKey {
            renews_at: row.renews_at,
            interval: row.billing_interval.0,
            anchor_day: row.anchor_day,
            time_zone: row.time_zone,
            price_id: row.price_id,
            price_minor: row.price_minor,
        };
        (key, row.count)
    };
    Ok(rows.into_iter().map(group).collect())
}

/// What an activation's next renewal is charged by.
#[derive(Debug, Clone, FromQueryResult)]
pub struct ChargedBy {
    renews_at: DateTime<Utc>,
    billing_interval: Word<BillingInterval>,
    anchor_day: i16,
    time_zone: String,
    price_id: Uuid,
    price_minor: i64,
    pending_interval: Option<Word<BillingInterval>>,
    pending_price_id: Option<Uuid>,
    pending_price_minor: Option<i64>,
}

impl ChargedBy {
    const COLUMNS: [C; 9] = [
        C::RenewsAt,
        C::BillingInterval,
        C::AnchorDay,
        C::TimeZone,
        C::PriceId,
        C::PriceMinor,
        C::PendingInterval,
        C::PendingPriceId,
        C::PendingPriceMinor,
    ];

    /// The group it belongs to.
    fn key(self) -> GroupKey {
        GroupKey {
            renews_at: self.renews_at,
            interval: self.pending_interval.unwrap_or(self.billing_interval).0,
            anchor_day: self.anchor_day,
            time_zone: self.time_zone,
            price_id: self.pending_price_id.unwrap_or(self.price_id),
            price_minor: self.pending_price_minor.unwrap_or(self.price_minor),
        }
    }
}

/// An activation that renews, as far as its order and its charges go.
#[derive(Debug, Clone, FromQueryResult)]
pub struct RenewingRow {
    /// Its id.
    pub id: Uuid,
    /// Its product.
    pub product_id: Uuid,
    /// Its client.
    pub client_id: Uuid,
    /// Order of renewal, 1 first.
    pub priority: i16,
    #[sea_orm(nested)]
    charged_by: ChargedBy,
}

impl RenewingRow {
    /// The group it belongs to.
    pub fn key(&self) -> GroupKey {
        self.charged_by.clone().key()
    }
}

/// Activations that are charged alike.
#[derive(Debug, FromQueryResult)]
struct Alike {
    #[sea_orm(nested)]
    charged_by: ChargedBy,
    count: i64,
}

/// The activations of a reseller under a condition, in groups; one group may come in several parts, one for each interval
/// that they pay now.
async fn alike(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    condition: Condition,
) -> Result<Vec<Alike>, Error> {
    let query = activation::Entity::find()
        .select_only()
        .columns(ChargedBy::COLUMNS)
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(condition);
    let query = ChargedBy::COLUMNS.into_iter().fold(query, QuerySelect::group_by);
    Ok(query.into_model::<Alike>().all(connection).await?)
}

/// How many activations pay this interval now and belong to this group because they chose another interval at one of these prices.
pub async fn changing_to(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    prices: impl Iterator<Item = Uuid>,
) -> Result<Vec<(BillingInterval, GroupKey, i64)>, Error> {
    let condition = Condition::all().add(C::PendingPriceId.is_in(prices)).add(C::RenewsAt.is_not_null());
    let found = alike(connection, reseller_id, condition).await?;
    Ok(found.into_iter().map(|row| (row.charged_by.billing_interval.0, row.charged_by.key(), row.count)).collect())
}

/// The groups of activations whose renewal failed and that are in grace.
pub async fn failed(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    now: DateTime<Utc>,
) -> Result<Vec<(GroupKey, i64)>, Error> {
    let found = alike(connection, reseller_id, is_failed(now)).await?;
    Ok(found.into_iter().map(|row| (row.charged_by.key(), row.count)).collect())
}

fn is_failed(now: DateTime<Utc>) -> Condition {
    Condition::all().add(C::RenewsAt.lte(now)).add(C::GraceUntilAt.is_not_null())
}

/// The group of an activation that renews.
pub fn key_of(row: &Columns) -> Option<GroupKey> {
    Some(GroupKey {
        renews_at: row.renews_at?,
        interval: row.pending_interval.unwrap_or(row.billing_interval).0,
        anchor_day: row.anchor_day,
        time_zone: row.time_zone.clone(),
        price_id: row.pending_price_id.unwrap_or(row.price_id),
        price_minor: row.pending_price_minor.unwrap_or(row.price_minor),
    })
}

/// Everything that renews at one of these moments.
pub async fn renewing_at(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    mut moments: Vec<DateTime<Utc>>,
) -> Result<Vec<RenewingRow>, Error> {
    moments.sort_unstable();
    moments.dedup();
    let mut rows = Vec::new();
    for chunk in moments.chunks(CHUNK) {
        let query = renewing(reseller_id).filter(C::RenewsAt.is_in(chunk.iter().copied()));
        rows.extend(query.into_model::<RenewingRow>().all(connection).await?);
    }
    Ok(rows)
}

/// The first activations, in the order of charging, that renew on these days, which all begin at one moment.
pub async fn first_renewing_on(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    dates: &[Dates],
    limit: u64,
) -> Result<Vec<RenewingRow>, Error> {
    let Some(first) = dates.first() else { return Ok(Vec::new()) };
    let on = |dates: &Dates| {
        let interval = Func::coalesce([Expr::col(C::PendingInterval), Expr::col(C::BillingInterval)]);
        Condition::all()
            .add(C::AnchorDay.eq(dates.anchor_day))
            .add(C::TimeZone.eq(dates.zone.name()))
            .add(Expr::expr(interval).eq(dates.interval.as_str()))
    };
    let query = renewing(reseller_id)
        .filter(C::RenewsAt.eq(first.renews_at))
        .filter(dates.iter().fold(Condition::any(), |any, dates| any.add(on(dates))))
        .order_by_asc(C::Priority)
        .order_by_asc(C::Id)
        .limit(limit);
    Ok(query.into_model::<RenewingRow>().all(connection).await?)
}

fn renewing(reseller_id: ResellerId) -> Select<activation::Entity> {
    activation::Entity::find()
        .select_only()
        .columns([C::Id, C::ProductId, C::ClientId, C::Priority])
        .columns(ChargedBy::COLUMNS)
        .filter(C::ResellerId.eq(reseller_id.0))
}

/// Activations whose renewal failed and that are in grace.
pub async fn failed_count(
    connection: &impl ConnectionTrait,
    reseller_id: ResellerId,
    now: DateTime<Utc>,
) -> Result<i64, Error> {
    let count = activation::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .filter(C::ResellerId.eq(reseller_id.0))
        .filter(is_failed(now))
        .into_tuple::<i64>()
        .one(connection)
        .await?;
    Ok(count.unwrap_or_default())
}
