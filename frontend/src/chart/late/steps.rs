//! Earlier and later: the same number of days before or after those shown. Plain Rust.

use chrono::{Datelike, Days, NaiveDate};
use shared::vocab::{Compare, Range};

use crate::chart::view::{ChartView, Stretch};

/// The days right before those shown; none where nothing was used any earlier.
pub fn earlier(view: ChartView, today: NaiveDate, first_event_on: Option<NaiveDate>) -> Option<ChartView> {
    let (from, _) = ends(view.stretch, today);
    first_event_on.filter(|first| *first < from)?;
    let days = Days::new(view.stretch.days().unsigned_abs());
    let stretch = Stretch::Dates { from: from.checked_sub_days(days)?, to: from.pred_opt()? };
    Some(view.over(stretch))
}

/// The days right after those shown, up to today; none where today is among them.
pub fn later(view: ChartView, today: NaiveDate) -> Option<ChartView> {
    let (_, to) = ends(view.stretch, today);
    if to >= today {
        return None;
    }
    let length = view.stretch.days();
    let end = to.checked_add_days(Days::new(length.unsigned_abs()))?;
    let reached = Range::ALL.iter().find(|range| Stretch::Range(**range).days() == length);
    let stretch = match reached {
        _ if end < today => Stretch::Dates { from: to.succ_opt()?, to: end },
        // Where it ends today a range says the same, and goes on saying it tomorrow.
        Some(range) => Stretch::Range(*range),
        None => Stretch::Dates { from: today.checked_sub_days(Days::new(length.unsigned_abs() - 1))?, to: today },
    };
    Some(view.over(stretch))
}

/// Compared with nothing, or again with what it was compared with last.
pub fn compared_or_not(view: ChartView, last: Compare) -> ChartView {
    let compare = if view.compare == Compare::None { last } else { Compare::None };
    ChartView { compare, ..view }
}

/// First and last day of a stretch as seen today.
pub fn ends(stretch: Stretch, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    match stretch {
        Stretch::Dates { from, to } => (from, to),
        Stretch::Range(Range::SixMonths) => {
            let monday = today - Days::new(today.weekday().num_days_from_monday().into());
            (monday - Days::new(25 * 7), today)
        }
        Stretch::Range(_) => (today - Days::new(stretch.days().unsigned_abs() - 1), today),
    }
}

/// The days a preset stands for, as seen today.
pub fn presets(today: NaiveDate) -> Vec<(&'static str, NaiveDate, NaiveDate)> {
    let first_of_month = |on: NaiveDate| on.with_day(1).unwrap_or(on);
    let this_month = first_of_month(today);
    let last_day = this_month.pred_opt().unwrap_or(this_month);
    let first_of_year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(today);
    let year_ago = today.checked_sub_months(chrono::Months::new(12)).and_then(|on| on.succ_opt()).unwrap_or(today);
    vec![
        ("This month", this_month, today),
        ("Last month", first_of_month(last_day), last_day),
        ("This year", first_of_year(today.year()), today),
        ("Last year", first_of_year(today.year() - 1), first_of_year(today.year()).pred_opt().unwrap_or(today)),
        ("Last 12 months", year_ago, today),
    ]
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
