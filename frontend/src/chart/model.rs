//! What a series says: the summary sentence, the rows of the table and of a tooltip, the picture to draw.
//!
//! Plain Rust: no browser. Knows the shape of [`ActiveUsersSeries`] and the words for it.

use std::fmt::Write as _;

use chrono::{Datelike, Weekday};
use shared::dto::active_users::{ActiveUsersPoint, ActiveUsersSeries};
use shared::vocab::{Bucket, Range};

use super::draw::{EndLabels, Picture, Point, value_axis};
use super::ticks::{TickForm, bucket_ticks};
use crate::format::words::{DateForm, Texts, delta, relative_change};

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
    let mut after = format!(" {}", bucket_unit(series.bucket));
    let change = series.summary.previous_average.and_then(|previous| relative_change(average, previous));
    if let (Some(change), Some(earlier)) = (change, earlier_label(series)) {
        let preposition = if change == "level" { "with" } else { "on" };
        let _ = write!(after, ", {change} {preposition} {earlier}");
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
    Summary { before: "Average ".to_owned(), figure: (texts.count)(average), after }
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
    Some(match series.shift_days.map(|days| days / 7) {
        Some(1) => "1 week earlier".to_owned(),
        Some(weeks) => format!("{weeks} weeks earlier"),
        None => match series.shift_months {
            Some(1) => "1 month earlier".to_owned(),
            Some(months) => format!("{months} months earlier"),
            None => return None,
        },
    })
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

/// What a tooltip and a table row say of one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// First day, for machines.
    pub from_on: String,
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
        name: bucket_name(point, series.bucket, texts),
        value: written(point.value),
        previous: point.previous_from_on.map(|from_on| {
            let form = if series.bucket == Bucket::Month { DateForm::MonthYear } else { DateForm::WeekdayShort };
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

/// The picture of a series at a size.
pub fn picture(series: &ActiveUsersSeries, size: (u32, u32), is_narrow: bool, texts: Texts<'_>) -> Picture {
    let unsigned = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let is_daily = series.bucket == Bucket::Day && series.points.len() <= 62;
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
    let (ticks, form) = bucket_ticks(range_like(series), series.bucket, &starts, is_narrow);
    let form = match form {
        TickForm::WeekdayAndDay => DateForm::WeekdayDay,
        TickForm::DayAndMonth => DateForm::Short,
        TickForm::MonthAndYear => DateForm::MonthYear,
    };
    let at = |from_on| starts.iter().position(|start| *start == from_on);
    let peak = series.summary.peak.as_ref();
    let drops = series.summary.drops.iter();
    Picture {
        size,
        value_labels: value_axis(&points, |value| (texts.count)(i64::try_from(value).unwrap_or(i64::MAX))),
        points,
        ticks: ticks.into_iter().map(|index| (index, (texts.date)(starts[index], form))).collect(),
        peak: peak.and_then(|peak| Some((at(peak.from_on)?, format!("Peak {}", (texts.count)(peak.value))))),
        drops: drops.filter_map(|drop| Some((at(drop.from_on)?, format!("Drop \u{2212}{}%", drop.percent)))).collect(),
        ends: (!is_narrow).then(|| end_labels(series, texts)),
    }
}

/// The range whose labels fit: that of the series, or the one that is as long as its dates.
fn range_like(series: &ActiveUsersSeries) -> Range {
    let days = (series.to_on - series.from_on).num_days();
    let by_length = match days {
        ..=7 => Range::SevenDays,
        8..=31 => Range::ThirtyDays,
        _ => Range::SixMonths,
    };
    series.range.unwrap_or(by_length)
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
    let here = at.unwrap_or(last);
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
mod tests;
