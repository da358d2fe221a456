//! The series of active users, and the key figure with its trend.

use chrono::{DateTime, Utc};
use domain::active_users::{
    LocalDay, Point, Selection, Span, Summary, View, Window, history_buckets, summarise, trailing, value_or_gap, window,
};
use sea_orm::ConnectionTrait;
use shared::vocab::Bucket;

use super::figures::{self, Counted};
use super::filter::Filter;
use super::scope::Scope;
use super::selection::refusal;
use super::store::{self, UsageState};
use crate::auth::Reseller;
use crate::error::Error;

/// Days of the trailing figure.
const TRAILING_DAYS: i32 = 30;

/// A series that was asked for.
#[derive(Debug, Clone)]
pub struct SeriesRequest {
    /// Which days.
    pub selection: Selection,
    /// By what, compared with what, counting whom.
    pub view: View,
    /// Whose users.
    pub filter: Filter,
}

/// A series.
#[derive(Debug)]
pub struct Series {
    /// What was asked for.
    pub request: SeriesRequest,
    /// Today.
    pub today: LocalDay,
    /// Its buckets.
    pub window: Window,
    /// One per bucket.
    pub points: Vec<Point>,
    /// What stands out.
    pub summary: Summary,
    /// From this day on there are figures: that of the first counted event, of an activation also that of its first service.
    pub first_event: Option<LocalDay>,
    /// The zone for which the counters are being made anew.
    pub next_time_zone: Option<String>,
}

/// The series of a selection.
pub async fn series(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    as_of: DateTime<Utc>,
    request: SeriesRequest,
) -> Result<Series, Error> {
    request.filter.check(connection, reseller).await?;
    let today = LocalDay::from_date(reseller.date_of(as_of));
    let window = window(request.selection, request.view, today).map_err(refusal)?;
    let state = store::find_state(connection, reseller).await?;
    let mut first_event = first_event(state.as_ref())?;
    if let Filter::Activation(id) = request.filter {
        // Before it was there, it was not used by nobody.
        let service = store::first_service(connection, reseller.id, id).await?;
        let service = service.map(|at| LocalDay::from_date(reseller.date_of(at)));
        first_event = first_event.and_then(|first| Some(first.max(service?)));
    }
    let before = spans_before(&window);
    let (bucket, measure) = (window.bucket, request.view.measure);
    let counted = Counted { reseller_id: reseller.id, filter: request.filter, bucket, measure, today };
    let figures = figures::read(connection, state.as_ref(), &counted, &stretches(&window, &before)).await?;
    let value = |span: &Span| value_or_gap(*span, first_event, figures.of(span));
    let points: Vec<_> = window
        .buckets
        .iter()
        .enumerate()
        .map(|(index, span)| Point {
            value: value(span),
            previous: window.previous.get(index).and_then(value),
            is_running: span.is_running,
        })
        .collect();
    let history: Vec<_> = before.iter().map(value).collect();
    let summary = summarise(window.bucket, &history, &points);
    let next_time_zone = state.and_then(|state| state.next_time_zone);
    Ok(Series { request, today, window, points, summary, first_event, next_time_zone })
}

/// The days to be read: those shown with what goes before them, and those compared with; in one where they meet.
fn stretches(window: &Window, before: &[Span]) -> Vec<(LocalDay, LocalDay)> {
    let ends = |first: &[Span], last: &[Span]| Some((first.first()?.first_day, last.last()?.last_day));
    let shown = ends(if before.is_empty() { &window.buckets } else { before }, &window.buckets);
    match (shown, ends(&window.previous, &window.previous)) {
        (Some(shown), Some(previous)) if previous.1.plus(1) < shown.0 => vec![previous, shown],
        (Some(shown), Some(previous)) => vec![(shown.0.min(previous.0), shown.1.max(previous.1))],
        (shown, previous) => shown.into_iter().chain(previous).collect(),
    }
}

/// Total active users: the trailing 30-day figure with its past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalUsers {
    /// Distinct end users of the 30 days that end today.
    pub value: i64,
    /// The same of the 30 days before; none if usage was first seen later.
    pub previous: Option<i64>,
    /// Distinct end users ever.
    pub ever_used: i64,
    /// The figure on each of the last days, oldest first.
    pub trend: Vec<Option<i64>>,
}

/// The key figure with its trend over so many days.
pub async fn total_users(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    today: LocalDay,
    trend_days: i32,
) -> Result<TotalUsers, Error> {
    let state = store::find_state(connection, reseller).await?;
    let first_event = first_event(state.as_ref())?;
    let from = today.plus(-TRAILING_DAYS);
    let figures = trailing_30(connection, reseller, state.as_ref(), Scope::TOTAL, from, today).await?;
    let seen = |days_ago: i32| {
        let day = today.plus(-days_ago);
        let index = usize::try_from(TRAILING_DAYS - days_ago).ok()?;
        let window = Span { first_day: day.plus(1 - TRAILING_DAYS), last_day: day, is_running: false };
        let figure = u64::try_from(figures.get(index).copied()?).ok()?;
        i64::try_from(value_or_gap(window, first_event, figure)?).ok()
    };
    Ok(TotalUsers {
        value: figures.last().copied().unwrap_or_default(),
        previous: seen(TRAILING_DAYS),
        ever_used: state.map_or(0, |state| state.ever_used),
        trend: (0..trend_days.min(TRAILING_DAYS + 1)).rev().map(seen).collect(),
    })
}

/// Distinct end users of a scope in the 30 days that end today, in the zone whose days are counted.
pub async fn trailing_30_days(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    scope: Scope,
    as_of: DateTime<Utc>,
) -> Result<i64, Error> {
    let Some(state) = store::find_any_state(connection, reseller.id).await? else { return Ok(0) };
    let zone = state.time_zone.parse().map_err(|_| Error::internal("a time zone that is not known"))?;
    let today = LocalDay::of(as_of, zone);
    let figures = trailing_30(connection, reseller, Some(&state), scope, today, today).await?;
    Ok(figures.last().copied().unwrap_or_default())
}

async fn trailing_30(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    state: Option<&UsageState>,
    scope: Scope,
    from: LocalDay,
    to: LocalDay,
) -> Result<Vec<i64>, Error> {
    let Some(state) = state else { return Ok(trailing(0, &[], from, to)) };
    let before = store::change_30_before(connection, reseller.id, state.epoch, scope, from.into()).await?;
    let rows = store::day_counts(connection, reseller.id, state.epoch, scope, from.into(), to.into()).await?;
    let changes: Vec<_> =
        rows.iter().filter_map(|row| Some((LocalDay::try_from(row.day).ok()?, row.change_30))).collect();
    Ok(trailing(before, &changes, from, to))
}

/// The day of the first counted event.
pub fn first_event(state: Option<&UsageState>) -> Result<Option<LocalDay>, Error> {
    let day = state.and_then(|state| state.first_day).map(LocalDay::try_from);
    day.transpose().map_err(Error::internal)
}

/// The full buckets right before the window, oldest first: what drops are measured against.
fn spans_before(window: &Window) -> Vec<Span> {
    let Some(first) = window.buckets.first() else { return Vec::new() };
    let days = match window.bucket {
        Bucket::Day => 1,
        Bucket::Week => 7,
        Bucket::Month => return Vec::new(),
    };
    let count = i32::try_from(history_buckets(window.bucket)).unwrap_or_default();
    let span = |back: i32| {
        let first_day = first.first_day.plus(-back * days);
        Span { first_day, last_day: first_day.plus(days - 1), is_running: false }
    };
    (1..=count).rev().map(span).collect()
}
