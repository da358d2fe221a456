//! What a series says: the summary sentence, the rows of the table and of a tooltip, the picture to draw.
//!
//! Plain Rust: no browser. Knows the shape of [`ActiveUsersSeries`] and the words for it.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, Weekday};
use shared::dto::active_users::{ActiveUsersPoint, ActiveUsersSeries};
use shared::vocab::{Bucket, Compare};

use super::draw::{Band, EndLabels, Picture, Point, value_axis};
use super::ticks::{MOST_DAYS_BY_WEEK, TickForm, bucket_ticks};
use super::view::{ChartView, Scope, Stretch, with_query};
use crate::api::ApiError;
use crate::format::words::{DateForm, Texts, delta, relative_change};

/// The page that lists people.
pub const PEOPLE: &str = "/reports/active-users";

/// The signs of what happened and what they are called, in the order of the key.
pub const SIGNS: [(&str, &str); 7] = [
    ("act", "Activation"),
    ("promo", "Promotion"),
    ("launch", "Launch"),
    ("note", "Note"),
    ("price", "Price change"),
    ("pause", "Pause"),
    ("end", "Deactivation"),
];

/// The sentence above the plot, in three parts: the middle one is set strong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// "Average "
    pub before: String,
    /// "180"
    pub figure: String,
    /// " a day, up 11% on 5 weeks earlier. Peak 236 on 12 November."
    pub after: String,
}

impl Summary {
    /// The whole sentence.
    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.figure, self.after)
    }
}

/// What the series shows, without its running bucket.
pub fn summary(series: &ActiveUsersSeries, texts: Texts<'_>) -> Summary {
    let Some(average) = series.summary.average else {
        let before = if series.first_event_on.is_some() {
            "Not enough days yet for an average."
        } else {
            "No use has been recorded yet."
        };
        return Summary { before: before.to_owned(), figure: String::new(), after: String::new() };
    };
    // A few people now and then are not nobody.
    let is_below_one = average == 0 && series.summary.peak.as_ref().is_some_and(|peak| peak.value > 0);
    let mut after = format!(" {}", bucket_unit(series.bucket));
    if let (Some(previous), Some(earlier)) = (series.summary.previous_average, earlier_label(series)) {
        let _ = match relative_change(average, previous, texts) {
            None => write!(after, ", no change from {earlier}"),
            Some(_) if previous == 0 => write!(after, ", new: none {earlier}"),
            Some(change) => write!(after, ", {change} on {earlier}"),
        };
    }
    after.push('.');
    if let Some(peak) = &series.summary.peak {
        let on = match series.bucket {
            Bucket::Day => format!("on {}", (texts.date)(peak.from_on, DateForm::DayMonthLong)),
            Bucket::Week => format!("in the week of {}", (texts.date)(peak.from_on, DateForm::DayMonthLong)),
            Bucket::Month => format!("in {}", (texts.date)(peak.from_on, DateForm::MonthYear)),
        };
        let _ = write!(after, " Peak {} {on}.", (texts.count)(peak.value));
    }
    if is_below_one {
        return Summary { before: "Average below ".to_owned(), figure: (texts.count)(1), after };
    }
    Summary { before: "Average ".to_owned(), figure: (texts.count)(average), after }
}

/// "Average a day"
pub const fn average_name(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Day => "Average a day",
        Bucket::Week => "Average a week",
        Bucket::Month => "Average a month",
    }
}

const fn bucket_unit(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Day => "a day",
        Bucket::Week => "a week",
        Bucket::Month => "a month",
    }
}

/// "5 weeks earlier"; none where nothing is compared.
pub fn earlier_label(series: &ActiveUsersSeries) -> Option<String> {
    if series.points.iter().all(|point| point.previous.is_none()) {
        return None;
    }
    Some(match (series.compare, series.shift_days.map(|days| days / 7), series.shift_months) {
        (Compare::Year, ..) => "1 year earlier".to_owned(),
        (_, Some(1), _) => "1 week earlier".to_owned(),
        (_, Some(weeks), _) => format!("{weeks} weeks earlier"),
        (_, None, Some(1)) => "1 month earlier".to_owned(),
        (_, None, Some(months)) => format!("{months} months earlier"),
        (_, None, None) => "Earlier".to_owned(),
    })
}

/// Whether a series is what a view asks for.
pub fn is_answered(view: ChartView, series: &ActiveUsersSeries) -> bool {
    let are_days = match (view.stretch, series.points.first(), series.points.last()) {
        (Stretch::Range(range), ..) => series.range == Some(range),
        (Stretch::Dates { from, to }, Some(first), Some(last)) => {
            let begins = first.from_on <= from && from <= first.to_on;
            series.range.is_none() && begins && last.from_on <= to && (to <= last.to_on || last.is_running)
        }
        _ => false,
    };
    are_days && series.compare == view.compare && series.bucket == view.bucket()
}

/// Why a view is not answered, if it is not. One reading of many that fails takes nothing away from an answer; and a session
/// that ended is asked for on top of the page.
pub fn failure(view: ChartView, series: Option<&ActiveUsersSeries>, error: Option<ApiError>) -> Option<ApiError> {
    let is_answered = series.is_some_and(|series| is_answered(view, series));
    error.filter(|error| !is_answered && *error != ApiError::SessionEnded)
}

/// Whether its days are told apart by weekends.
pub fn has_weekends(series: &ActiveUsersSeries) -> bool {
    series.bucket == Bucket::Day && series.points.len() <= MOST_DAYS_BY_WEEK
}

/// The name of a bucket: a day, the first day of a week, a month.
pub fn bucket_name(point: &ActiveUsersPoint, bucket: Bucket, texts: Texts<'_>) -> String {
    match bucket {
        Bucket::Day => (texts.date)(point.from_on, DateForm::WeekdayMedium),
        Bucket::Week => {
            let (from, to) = (point.from_on, point.to_on);
            format!("{} – {}", (texts.date)(from, DateForm::Short), (texts.date)(to, DateForm::Medium))
        }
        Bucket::Month => (texts.date)(point.from_on, DateForm::MonthYear),
    }
}

/// "14 Nov 2026", "20 Oct – 3 Nov 2026", "20 Dec 2025 – 3 Jan 2026".
pub fn between(from: NaiveDate, to: NaiveDate, texts: Texts<'_>) -> String {
    let last = (texts.date)(to, DateForm::Medium);
    if from == to { last } else { format!("{} – {last}", (texts.date)(from, DateForm::near(from, to))) }
}

/// Where the people are listed who were active in a bucket.
pub fn people_path(row: &Row, scope: Scope) -> String {
    with_query(PEOPLE, &[format!("from={}&to={}", row.from_on, row.to_on), scope.query()])
}

/// Where the people are listed who were active on some days.
pub fn people_in(from: NaiveDate, to: NaiveDate, scope: Scope) -> String {
    with_query(PEOPLE, &[format!("from={from}&to={to}"), scope.query()])
}

/// What a tooltip and a table row say of one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// First day, for machines.
    pub from_on: String,
    /// Last day, for machines.
    pub to_on: String,
    /// The bucket's name.
    pub name: String,
    /// Its value, or "no data".
    pub value: String,
    /// The earlier bucket's name and value.
    pub previous: Option<(String, String)>,
    /// The change against it; a running bucket is not compared.
    pub change: Option<String>,
    /// Whether it still runs.
    pub is_running: bool,
}

impl Row {
    /// The row as one spoken sentence.
    pub fn spoken(&self) -> String {
        let so_far = if self.is_running { " so far" } else { "" };
        let mut text = format!("{}: {}{so_far}", self.name, self.value);
        if let Some((name, value)) = &self.previous {
            let _ = write!(text, ", {name}: {value}");
        }
        if let Some(change) = &self.change {
            let _ = write!(text, ", {change}");
        }
        text
    }
}

/// One row per bucket, in the order of the series.
pub fn rows(series: &ActiveUsersSeries, texts: Texts<'_>) -> Vec<Row> {
    let written = |value: Option<i64>| value.map_or_else(|| "no data".to_owned(), |value| (texts.count)(value));
    let row = |point: &ActiveUsersPoint| Row {
        from_on: point.from_on.to_string(),
        to_on: point.to_on.to_string(),
        name: bucket_name(point, series.bucket, texts),
        value: written(point.value),
        previous: point.previous_from_on.map(|from_on| {
            let form = match series.bucket {
                Bucket::Month => DateForm::MonthYear,
                // A year earlier the same words would be said of two different days.
                _ if series.compare == Compare::Year => DateForm::WeekdayMedium,
                _ => DateForm::WeekdayShort,
            };
            ((texts.date)(from_on, form), written(point.previous))
        }),
        change: match (point.is_running, point.value, point.previous) {
            (false, Some(value), Some(previous)) => Some(delta(value, previous, texts).text),
            _ => None,
        },
        is_running: point.is_running,
    };
    series.points.iter().map(row).collect()
}

/// How a picture is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Frame<'a> {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// Whether the screen is narrow.
    pub is_narrow: bool,
    /// Whether there is a lane for marks of the days.
    pub has_lane: bool,
    /// First and last days without service.
    pub paused: &'a [(NaiveDate, NaiveDate)],
}

/// The picture of a series in a frame.
pub fn picture(series: &ActiveUsersSeries, frame: Frame<'_>, texts: Texts<'_>) -> Picture {
    let unsigned = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let is_daily = has_weekends(series);
    let points: Vec<Point> = series
        .points
        .iter()
        .map(|point| Point {
            value: unsigned(point.value),
            previous: unsigned(point.previous),
            is_running: point.is_running,
            is_weekend: is_daily && matches!(point.from_on.weekday(), Weekday::Sat | Weekday::Sun),
        })
        .collect();
    let starts: Vec<_> = series.points.iter().map(|point| point.from_on).collect();
    let (ticks, form) = bucket_ticks(series.bucket, &starts, frame.is_narrow);
    let form = match form {
        TickForm::WeekdayAndDay => DateForm::WeekdayDay,
        TickForm::DayAndMonth => DateForm::Short,
        TickForm::MonthAndYear => DateForm::MonthYear,
    };
    let at = |from_on| starts.iter().position(|start| *start == from_on);
    let peak = series.summary.peak.as_ref();
    let bands = bands(series, frame.paused, texts);
    let is_paused = |index: usize| bands.iter().any(|band| band.is_paused && (band.first..=band.last).contains(&index));
    let drops = series.summary.drops.iter().filter_map(|drop| {
        let index = at(drop.from_on).filter(|index| !is_paused(*index))?;
        Some((index, format!("Drop \u{2212}{}%", drop.percent)))
    });
    Picture {
        size: frame.size,
        value_labels: value_axis(&points, |value| (texts.count)(i64::try_from(value).unwrap_or(i64::MAX))),
        points,
        ticks: ticks.into_iter().map(|index| (index, (texts.date)(starts[index], form))).collect(),
        peak: peak.and_then(|peak| Some((at(peak.from_on)?, format!("Peak {}", (texts.count)(peak.value))))),
        drops: drops.collect(),
        bands,
        gap: "no data".to_owned(),
        ends: (!frame.is_narrow).then(|| end_labels(series, texts)),
        has_lane: frame.has_lane,
    }
}

/// The stretches without service, and those below the usual that do not touch them.
fn bands(series: &ActiveUsersSeries, paused: &[(NaiveDate, NaiveDate)], texts: Texts<'_>) -> Vec<Band> {
    let place = |from: NaiveDate, to: NaiveDate| {
        let first = series.points.iter().position(|point| point.to_on >= from)?;
        let last = series.points.iter().rposition(|point| point.from_on <= to)?;
        (first <= last).then_some((first, last))
    };
    let mut bands: Vec<Band> = Vec::new();
    for (from, to) in paused {
        if let Some((first, last)) = place(*from, *to) {
            let date = |on| (texts.date)(on, DateForm::Short);
            let label = format!("Paused {} – {}", date(*from), date(*to));
            bands.push(Band { first, last, label, is_paused: true });
        }
    }
    for quiet in &series.summary.quiet {
        let Some((first, last)) = place(quiet.from_on, quiet.to_on) else { continue };
        if bands.iter().all(|band| band.last < first || last < band.first) {
            bands.push(Band { first, last, label: "Below usual".to_owned(), is_paused: false });
        }
    }
    bands
}

fn end_labels(series: &ActiveUsersSeries, texts: Texts<'_>) -> EndLabels {
    let running = series.points.iter().find(|point| point.is_running).and_then(|point| point.value);
    let unit = match series.bucket {
        Bucket::Day => "today",
        Bucket::Week => "this week",
        Bucket::Month => "this month",
    };
    EndLabels {
        current: "This period".to_owned(),
        running: running.map(|value| format!("{} so far {unit}", (texts.count)(value))),
        previous: earlier_label(series),
    }
}

/// The bucket a key leads to; none for keys the plot leaves alone.
pub fn moved(key: &str, at: Option<usize>, length: usize) -> Option<usize> {
    let last = length.checked_sub(1)?;
    // Where fewer are shown than before, it is on the last of them.
    let here = at.unwrap_or(last).min(last);
    Some(match key {
        // The first step into the plot shows the last bucket, not the one before.
        "ArrowLeft" if at.is_none() => last,
        "ArrowLeft" => here.saturating_sub(1),
        "ArrowRight" => (here + 1).min(last),
        "PageUp" => here.saturating_sub(7),
        "PageDown" => (here + 7).min(last),
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "model_tests.rs"]
pub(crate) mod tests;
