//! The series as the API shows it: as JSON, and as CSV with the same rows.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use domain::active_users::{LocalDay, Selection, Shift};
use shared::dto::active_users::{ActiveUsersPoint, ActiveUsersSeries, ActiveUsersSummary, Drop, Peak, Quiet};

use super::service::Series;
use crate::auth::Reseller;

/// The series.
pub fn series(reseller: &Reseller, as_of: DateTime<Utc>, series: &Series) -> ActiveUsersSeries {
    let window = &series.window;
    let (view, filter) = (series.request.view, series.request.filter);
    let today = series.today.date();
    let number = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
    let rows = window.buckets.iter().zip(&series.points).enumerate();
    let points = rows.map(|(index, (span, point))| ActiveUsersPoint {
        from_on: span.first_day.date(),
        to_on: span.last_day.date().min(today),
        value: number(point.value),
        previous: number(point.previous),
        previous_from_on: window.previous.get(index).map(|previous| previous.first_day.date()),
        is_running: point.is_running,
    });
    ActiveUsersSeries {
        as_of,
        range: match series.request.selection {
            Selection::Range(range) => Some(range),
            Selection::Custom { .. } => None,
        },
        bucket: window.bucket,
        measure: view.measure,
        compare: view.compare,
        time_zone: reseller.time_zone.name().to_owned(),
        next_time_zone: series.next_time_zone.clone(),
        from_on: window.buckets.first().map_or(today, |span| span.first_day.date()),
        to_on: window.buckets.last().map_or(today, |span| span.last_day.date().min(today)),
        shift_days: match window.shift {
            Some(Shift::Days(days)) => Some(i64::from(days)),
            _ => None,
        },
        shift_months: match window.shift {
            Some(Shift::Months(months)) => Some(i64::from(months)),
            _ => None,
        },
        first_event_on: series.first_event.map(LocalDay::date),
        product: filter.product(),
        client: filter.client(),
        activation: filter.activation(),
        points: points.collect(),
        summary: summary(series),
    }
}

fn summary(series: &Series) -> ActiveUsersSummary {
    let summary = &series.summary;
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let first_day_of = |index: usize| series.window.buckets.get(index).map(|span| span.first_day.date());
    ActiveUsersSummary {
        average: summary.average.map(number),
        previous_average: summary.previous_average.map(number),
        peak: summary
            .peak
            .and_then(|peak| Some(Peak { from_on: first_day_of(peak.index)?, value: number(peak.value) })),
        drops: summary
            .drops
            .iter()
            .filter_map(|drop| {
                Some(Drop {
                    from_on: first_day_of(drop.index)?,
                    value: number(drop.value),
                    usual: number(drop.median),
                    percent: number(drop.fall_percent),
                })
            })
            .collect(),
        quiet: summary
            .quiet
            .iter()
            .filter_map(|quiet| {
                let last = series.window.buckets.get(quiet.last_index)?;
                Some(Quiet { from_on: first_day_of(quiet.first_index)?, to_on: last.last_day.date() })
            })
            .collect(),
    }
}

/// The points as RFC 4180: a header, then a row per bucket. Only dates and numbers, so no cell can be taken for a formula.
pub fn csv(series: &ActiveUsersSeries) -> String {
    let mut text = String::from("date,to,value,previous_date,previous\r\n");
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    for point in &series.points {
        let _ = write!(
            text,
            "{},{},{},{},{}\r\n",
            point.from_on,
            point.to_on,
            number(point.value),
            date(point.previous_from_on),
            number(point.previous)
        );
    }
    text
}
