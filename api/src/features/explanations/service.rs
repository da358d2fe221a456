//! A figure, and how many rows the list behind it has.
//!
//! The figure is read as its panel reads it, the rows are counted as their list counts them: that both agree is a promise.

use chrono::{DateTime, NaiveDate, Utc};
use domain::active_users::LocalDay;
use sea_orm::DatabaseTransaction;
use shared::vocab::{ActivationStatus, Figure, ProductId, RowsKind};

use crate::app::State;
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::activations::filter::{Filter, RenewsWithin, Sort};
use crate::features::activations::service as activations;
use crate::features::active_users::filter::Filter as Usage;
use crate::features::active_users::service::total_users;
use crate::features::end_users::service as end_users;
use crate::features::forecast::{service as forecast, upcoming};
use crate::features::ledger::store::find_wallet;
use crate::features::overview::store::{active_count, balance_minor};
use crate::features::recurring_costs::service as recurring_costs;

/// The farthest that upcoming renewals are listed, in days.
const MOST_UPCOMING_DAYS: i64 = 90;

/// The days and the product of a point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Point {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Only of this product.
    pub product: Option<ProductId>,
}

/// A figure's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// People or activations.
    Count(i64),
    /// Money, in minor units.
    Minor(i64),
    /// A day, where there is one.
    On(Option<NaiveDate>),
}

/// The list behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// People with counted use on these days.
    EndUsers(Point),
    /// Activations that are on.
    Active,
    /// Activations that renew.
    Renewing,
    /// Activations that renew within 30 days.
    Due,
    /// The ledger.
    LedgerEntries,
    /// Charges of so many days.
    Upcoming(i64),
}

impl Rows {
    /// What they are.
    pub fn kind(&self) -> RowsKind {
        match self {
            Self::EndUsers(_) => RowsKind::EndUsers,
            Self::Active | Self::Renewing | Self::Due => RowsKind::Activations,
            Self::LedgerEntries => RowsKind::LedgerEntries,
            Self::Upcoming(_) => RowsKind::UpcomingRenewals,
        }
    }
}

/// A figure with what is behind it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Its value.
    pub value: Value,
    /// The days it looks at.
    pub window: Option<(NaiveDate, NaiveDate)>,
    /// The list.
    pub rows: Rows,
    /// How many rows that list has.
    pub row_count: i64,
}

/// Whose figure, and when.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The kept sums and outlooks.
    pub state: &'a State,
    /// The snapshot.
    pub snapshot: &'a DatabaseTransaction,
    /// The reseller.
    pub reseller: &'a Reseller,
    /// The moment.
    pub as_of: DateTime<Utc>,
}

/// Explains a figure. Only a point has days of its own.
pub async fn explain(context: Context<'_>, figure: Figure, point: Point) -> Result<Explained, Error> {
    if figure != Figure::ActiveUsers && point != Point::default() {
        return Err(Error::field("?from", "invalid", "only active_users takes days and a product"));
    }
    match figure {
        Figure::TotalActiveUsers | Figure::ActiveUsers => users(context, figure, point).await,
        Figure::TotalActiveSoftware => {
            let value = active_count(context.snapshot, context.reseller.id).await?;
            let filter = Filter { statuses: vec![ActivationStatus::Active], ..Filter::default() };
            listed(context, Value::Count(value), Rows::Active, filter).await
        }
        Figure::Balance => {
            let value = Value::Minor(balance_minor(context.snapshot, context.reseller.id).await?);
            let wallet = find_wallet(context.snapshot, context.reseller.id).await?;
            let row_count = wallet.map_or(0, |wallet| wallet.last_sequence);
            Ok(Explained { value, window: None, rows: Rows::LedgerEntries, row_count })
        }
        Figure::MonthlyEquivalent => {
            let costs = recurring_costs::get(sums(context).await?)?;
            let filter = Filter { is_renewing: Some(true), ..Filter::default() };
            listed(context, Value::Minor(costs.all.monthly_equivalent_minor), Rows::Renewing, filter).await
        }
        Figure::DueIn30Days => {
            let due_minor = sums(context).await?.iter().map(|row| row.due_30_minor).sum();
            let filter = Filter { renews: Some(RenewsWithin::ThirtyDays), ..Filter::default() };
            let explained = listed(context, Value::Minor(due_minor), Rows::Due, filter).await?;
            let today = LocalDay::from_date(context.reseller.date_of(context.as_of));
            Ok(Explained { window: Some((today.date(), today.plus(30).date())), ..explained })
        }
        Figure::CoveredUntil => covered_until(context).await,
    }
}

async fn sums(context: Context<'_>) -> Result<Vec<recurring_costs::IntervalSums>, Error> {
    let Context { state, snapshot, reseller, as_of } = context;
    let outlook = state.outlooks.at(snapshot, reseller, as_of).await?;
    recurring_costs::sums(snapshot, reseller, as_of, &outlook.next).await
}

async fn users(context: Context<'_>, figure: Figure, point: Point) -> Result<Explained, Error> {
    let Context { snapshot, reseller, as_of, .. } = context;
    if figure == Figure::ActiveUsers && (point.from.is_none() || point.to.is_none()) {
        return Err(Error::field("?from", "required", "a point has a first and a last day: give from and to"));
    }
    let filter = Usage::of(point.product, None, None)?;
    let asked = end_users::Asked::on(reseller, as_of, (point.from, point.to), filter);
    let asked = asked.ok_or_else(|| Error::field("?to", "invalid", "must not be before from"))?;
    let end_users::Asked { from, to, .. } = asked;
    let asked = end_users::ListRequest { asked, edge: None, limit: 1, includes_total: true };
    let (_, total) = end_users::list(snapshot, reseller, &asked).await?;
    let row_count = total.unwrap_or_default();
    let value = if figure == Figure::TotalActiveUsers {
        total_users(snapshot, reseller, LocalDay::from_date(to), 1).await?.value
    } else {
        row_count
    };
    let rows = Rows::EndUsers(Point { from: Some(from), to: Some(to), product: point.product });
    Ok(Explained { value: Value::Count(value), window: Some((from, to)), rows, row_count })
}

async fn listed(context: Context<'_>, value: Value, rows: Rows, filter: Filter) -> Result<Explained, Error> {
    let asked = activations::ListRequest { filter, sort: Sort::default(), edge: None, limit: 1, includes_total: true };
    let listed = activations::list(context.snapshot, context.reseller, context.as_of, None, &asked).await?;
    Ok(Explained { value, window: None, rows, row_count: listed.total.unwrap_or_default() })
}

/// The charges up to the first day that is not covered.
async fn covered_until(context: Context<'_>) -> Result<Explained, Error> {
    let Context { state, snapshot, reseller, as_of } = context;
    let outlook = state.outlooks.at(snapshot, reseller, as_of).await?;
    let reach = forecast::reach(snapshot, reseller, as_of, &outlook).await?;
    let today = LocalDay::from_date(reseller.date_of(as_of));
    let short = reach.runway.shortfall.map(|short| LocalDay::from_date(short.on).since(today));
    let days = short.unwrap_or(MOST_UPCOMING_DAYS).clamp(1, MOST_UPCOMING_DAYS);
    let (_, row_count) = upcoming::list(snapshot, reseller, &outlook, today.date(), days, None, 1).await?;
    let last = today.plus(i32::try_from(days).map_err(Error::internal)?);
    Ok(Explained {
        value: Value::On(reach.runway.covered_until_on),
        window: Some((today.date(), last.date())),
        rows: Rows::Upcoming(days),
        row_count,
    })
}
