//! What is shown of activations: rows, counts, one of them with everything around it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::activation::Activation;
use domain::billing_calendar::{Period, Term, add_days, local_date, local_midnight};
use domain::ledger;
use sea_orm::ConnectionTrait;
use shared::vocab::{ActivationAction, ActivationId, ActivationStatus, BillingInterval, BillingState, PriceId};
use uuid::Uuid;

use super::filter::{Filter, Key, RenewsWithin, Sort};
use super::store::{self, Criteria, HistoryKey};
pub use super::store::{ListedActivation, Payments};
use crate::auth::Reseller;
use crate::error::Error;
use crate::features::active_users;
use crate::features::active_users::scope::Scope;
use crate::features::catalogue;
use crate::features::forecast::service::{self as forecast, Outlook};
use crate::features::lifecycle::store::{PeriodRow, TermRow};
use crate::http::cursor::Cursor;

/// A page that was asked for.
#[derive(Debug)]
pub struct ListRequest {
    /// Which activations.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Where the page begins.
    pub edge: Option<Cursor<Key>>,
    /// How many rows.
    pub limit: u16,
    /// Whether to count the whole list.
    pub includes_total: bool,
}

/// Rows of a list: one more than asked for where there are more.
#[derive(Debug)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How long the whole list is, where asked for.
    pub total: Option<i64>,
}

/// A page of activations. With an outlook, for callers that see money, rows tell whether their renewal is covered.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    outlook: Option<&Outlook>,
    request: &ListRequest,
) -> Result<Listed<ListedActivation>, Error> {
    let mut criteria = criteria(reseller, as_of, request.filter.clone())?;
    if request.filter.renews == Some(RenewsWithin::Uncovered) {
        let outlook = outlook.ok_or_else(|| Error::internal("a list of what is not covered without an outlook"))?;
        criteria.uncovered = Some(forecast::uncovered(connection, reseller, outlook).await?);
    }
    let limit = u64::from(request.limit) + 1;
    let mut rows = store::list(connection, reseller.id, &criteria, request.sort, request.edge.as_ref(), limit).await?;
    let total =
        if request.includes_total { Some(store::count(connection, reseller.id, &criteria).await?) } else { None };
    if let Some(outlook) = outlook {
        show_cover(connection, reseller, outlook, &mut rows).await?;
    }
    Ok(Listed { rows, total })
}

/// One activation as its page shows it: with its cover where there is an outlook.
pub async fn get_shown(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    outlook: Option<&Outlook>,
    id: ActivationId,
) -> Result<Detail, Error> {
    let mut detail = get(connection, reseller, as_of, id).await?;
    if let Some(outlook) = outlook {
        show_cover(connection, reseller, outlook, std::slice::from_mut(&mut detail.row)).await?;
    }
    Ok(detail)
}

/// Tells of rows whether their next renewal is covered.
pub async fn show_cover(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    outlook: &Outlook,
    rows: &mut [ListedActivation],
) -> Result<(), Error> {
    let Some(until) = rows.iter().filter_map(|row| row.columns.renews_at).max() else { return Ok(()) };
    let cover = outlook.play(connection, reseller, until).await?;
    for row in rows {
        row.is_covered = cover.is_covered(&row.columns);
    }
    Ok(())
}

fn criteria(reseller: &Reseller, as_of: DateTime<Utc>, filter: Filter) -> Result<Criteria, Error> {
    let start_of = |date: NaiveDate| local_midnight(date, reseller.time_zone).map_err(Error::internal);
    let end_of = |date: NaiveDate| start_of(add_days(date, 1).map_err(Error::internal)?);
    let today = reseller.date_of(as_of);
    let within = |days: i64| end_of(add_days(today, days).map_err(Error::internal)?);
    Ok(Criteria {
        activated_from_at: filter.activated_from.map(start_of).transpose()?,
        activated_before_at: filter.activated_to.map(end_of).transpose()?,
        renews_before_at: match filter.renews {
            // Due is `renews_at <= now`; instants are whole microseconds.
            Some(RenewsWithin::Overdue) => Some(as_of + chrono::TimeDelta::microseconds(1)),
            Some(RenewsWithin::SevenDays) => Some(within(7)?),
            Some(RenewsWithin::ThirtyDays) => Some(within(30)?),
            Some(RenewsWithin::Uncovered) | None => None,
        },
        uncovered: None,
        filter,
    })
}

/// How many activations there are.
#[derive(Debug)]
pub struct Counts {
    /// All but deactivated ones.
    pub total: i64,
    /// Every status.
    pub by_status: Vec<(ActivationStatus, i64)>,
    /// Products by name, without deactivated activations.
    pub by_product: Vec<(Uuid, String, i64)>,
    /// Every interval, without deactivated activations.
    pub by_interval: Vec<(BillingInterval, i64)>,
}

/// How many activations there are.
pub async fn counts(connection: &impl ConnectionTrait, reseller: &Reseller) -> Result<Counts, Error> {
    let rows = store::counts(connection, reseller.id).await?;
    let live = || rows.iter().filter(|row| row.status.0 != ActivationStatus::Deactivated);
    let sum =
        |is_counted: &dyn Fn(&store::CountRow) -> bool| live().filter(|row| is_counted(row)).map(|row| row.count).sum();
    let by_status = |status: ActivationStatus| {
        (status, rows.iter().filter(|row| row.status.0 == status).map(|row| row.count).sum())
    };
    let mut products: HashMap<Uuid, i64> = HashMap::new();
    for row in live() {
        *products.entry(row.product_id).or_default() += row.count;
    }
    let names = store::product_names(connection, products.keys().map(|id| shared::vocab::ProductId(*id))).await?;
    let mut by_product: Vec<_> =
        products.into_iter().map(|(id, count)| (id, names.get(&id).cloned().unwrap_or_default(), count)).collect();
    by_product.sort_by_cached_key(|(id, name, _)| (name.to_lowercase(), *id));
    Ok(Counts {
        total: sum(&|_| true),
        by_status: ActivationStatus::ALL.iter().map(|status| by_status(*status)).collect(),
        by_product,
        by_interval: BillingInterval::ALL
            .iter()
            .map(|interval| (*interval, sum(&|row| row.billing_interval.0 == *interval)))
            .collect(),
    })
}

/// What billing will do next with an activation.
pub fn billing_state(row: &ListedActivation) -> Option<BillingState> {
    if row.columns.status.0 != ActivationStatus::Active {
        return None;
    }
    Some(match (row.columns.renews_at, row.columns.grace_until_at) {
        (None, _) => BillingState::Ending,
        (Some(_), Some(_)) => BillingState::Grace,
        (Some(_), None) => BillingState::Current,
    })
}

/// One activation as lists show it.
pub async fn find_row(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    id: ActivationId,
) -> Result<Option<ListedActivation>, Error> {
    store::find(connection, reseller.id, id).await
}

/// One activation with everything its page shows.
#[derive(Debug)]
pub struct Detail {
    /// What lists show as well.
    pub row: ListedActivation,
    /// First day of its present term, in its own zone.
    pub anchor_on: NaiveDate,
    /// Day of the month from which periods are counted.
    pub anchor_day: u32,
    /// The period that contains now, or the last one: its start and end.
    pub current_period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What was paid.
    pub payments: Payments,
    /// What a deactivation now would give back, in minor units.
    pub refundable_minor: i64,
    /// Last day on which the running period gives something back.
    pub refundable_until_on: Option<NaiveDate>,
    /// Distinct end users in the 30 days that end today.
    pub active_users_30_days: i64,
    /// What the next period costs where another interval was chosen for it, in minor units.
    pub pending_minor: Option<i64>,
    /// What its status allows.
    pub allowed_actions: Vec<ActivationAction>,
}

/// What [`Detail`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// What lists show as well.
    pub row: ListedActivation,
    /// Its present term.
    pub term: TermRow,
    /// The last few paid periods, latest first.
    pub periods: Vec<PeriodRow>,
    /// What was given back, by (term, period), in minor units.
    pub refunds: HashMap<(i64, i64), i64>,
    /// What was paid.
    pub payments: Payments,
    /// Distinct end users in the 30 days that end today.
    pub active_users_30_days: i64,
    /// What the next period costs where another interval was chosen for it, in minor units.
    pub pending_minor: Option<i64>,
}

/// One activation.
pub async fn get(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    id: ActivationId,
) -> Result<Detail, Error> {
    let row = store::find(connection, reseller.id, id).await?.ok_or_else(Error::not_found)?;
    let term = store::find_term(connection, reseller.id, id, row.columns.term_no).await?;
    let term = term.ok_or_else(|| Error::internal("an activation without its term"))?;
    let active_users_30_days =
        active_users::service::trailing_30_days(connection, reseller, Scope::activation(id), as_of).await?;
    let parts = Parts {
        pending_minor: pending_minor(connection, &row, as_of).await?,
        row,
        term,
        periods: store::latest_periods(connection, reseller.id, id).await?,
        refunds: store::refunds(connection, reseller.id, id).await?,
        payments: store::payments(connection, reseller.id, id).await?,
        active_users_30_days,
    };
    detail(parts, as_of)
}

/// The price that was pinned with a change of interval, or what was announced to replace it until that takes effect.
async fn pending_minor(
    connection: &impl ConnectionTrait,
    row: &ListedActivation,
    as_of: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let columns = &row.columns;
    let (Some(price_id), Some(starts_at)) = (columns.pending_price_id, columns.paid_until_at) else {
        return Ok(columns.pending_price_minor);
    };
    let price_id = PriceId(price_id);
    let chain = catalogue::store::replacements(connection).await?.of(price_id);
    // What is paused past its paid time starts anew on the day on which it goes on, today at the earliest.
    let start_on = local_date(starts_at.max(as_of), zone_of(row)?);
    let replaced = catalogue::store::in_force(&chain, price_id, start_on).map(|found| found.to_minor);
    Ok(replaced.or(columns.pending_price_minor))
}

fn zone_of(row: &ListedActivation) -> Result<Tz, Error> {
    row.columns.time_zone.parse().map_err(|_| Error::internal("a time zone that is not known"))
}

/// Works out what is shown of an activation.
pub fn detail(parts: Parts, as_of: DateTime<Utc>) -> Result<Detail, Error> {
    let Parts { row, term, periods, refunds, payments, active_users_30_days, pending_minor } = parts;
    let zone = zone_of(&row)?;
    let anchor_day = u32::try_from(term.anchor_day).map_err(Error::internal)?;
    let calendar = Term { anchor_on: term.anchor_on, anchor_day, interval: row.columns.billing_interval.0, zone };
    let activation = rules_of(&row, calendar)?;
    let allowed_actions = activation.allowed_actions(as_of);
    let today = local_date(as_of, zone);
    let mut refundable_minor = 0_i64;
    let mut refundable_until_on = None;
    if allowed_actions.contains(&ActivationAction::Deactivate) {
        for paid in periods.iter().filter(|paid| paid.ends_at > as_of) {
            let given_back = refunds.get(&(paid.term_no, paid.period_no)).copied().unwrap_or_default();
            let left_minor = paid.price_minor.saturating_sub(paid.credit_minor).saturating_sub(given_back).max(0);
            let period = Period {
                n: u32::try_from(paid.period_no).map_err(Error::internal)?,
                start_on: paid.start_on,
                end_on: paid.end_on,
                starts_at: paid.starts_at,
                ends_at: paid.ends_at,
            };
            let charged_on = local_date(paid.charged_at, zone);
            refundable_minor =
                refundable_minor.saturating_add(ledger::refund(left_minor, &period, charged_on, today).amount_minor);
            if period.contains(as_of) && left_minor > 0 {
                let window_start = charged_on.max(paid.start_on);
                let last = add_days(window_start, ledger::REFUNDABLE_DAYS - 1).map_err(Error::internal)?;
                refundable_until_on =
                    Some(last.min(paid.end_on.pred_opt().unwrap_or(paid.end_on))).filter(|last| *last >= today);
            }
        }
    }
    let current = periods.iter().find(|paid| paid.starts_at <= as_of && as_of < paid.ends_at).or(periods.first());
    Ok(Detail {
        anchor_on: term.anchor_on,
        anchor_day,
        current_period: current.map(|paid| (paid.starts_at, paid.ends_at)),
        payments,
        refundable_minor,
        refundable_until_on,
        active_users_30_days,
        pending_minor,
        allowed_actions,
        row,
    })
}

fn rules_of(row: &ListedActivation, term: Term) -> Result<Activation, Error> {
    let columns = &row.columns;
    Ok(Activation {
        status: columns.status.0,
        auto_renew: columns.auto_renew,
        term_no: u32::try_from(columns.term_no).map_err(Error::internal)?,
        term,
        next_n: u32::try_from(columns.next_period_no).map_err(Error::internal)?,
        pending_interval: columns.pending_interval.map(|interval| interval.0),
        paid_until_at: columns.paid_until_at,
        grace_until_at: columns.grace_until_at,
        ends_at: columns.ends_at,
        paused_at: columns.paused_at,
        resume_at: columns.resume_at,
        held_at: columns.held_at,
        ended_at: columns.ended_at,
        skips_grace: columns.skips_grace,
    })
}

/// A row of a timeline.
pub type HistoryRow = store::HistoryRow;

/// A page of an activation's timeline, newest first.
pub async fn history(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    id: ActivationId,
    edge: Option<&Cursor<HistoryKey>>,
    limit: u16,
    includes_total: bool,
) -> Result<Listed<HistoryRow>, Error> {
    if !store::exists(connection, reseller.id, id).await? {
        return Err(Error::not_found());
    }
    let rows = store::history(connection, reseller.id, id, edge, u64::from(limit) + 1).await?;
    let total = if includes_total { Some(store::history_count(connection, reseller.id, id).await?) } else { None };
    Ok(Listed { rows, total })
}
