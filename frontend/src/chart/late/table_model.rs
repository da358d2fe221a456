//! The lines of the table under a chart and their order. Plain Rust.

use shared::dto::active_users::ActiveUsersSeries;

use crate::chart::Happening;
use crate::chart::model::{Row, rows};
use crate::format::words::Texts;

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The bucket.
    Date,
    /// Its value.
    Value,
    /// The earlier value.
    Previous,
    /// The difference.
    Change,
    /// How much happened.
    Events,
}

/// A bucket as the table shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub row: Row,
    /// What happened in it, in one text.
    pub events: String,
    keys: [Option<i64>; 5],
}

/// One line per bucket, in the order of the series.
pub fn lines(series: &ActiveUsersSeries, happenings: &[Happening], texts: Texts<'_>) -> Vec<Line> {
    let line = |(index, row): (usize, Row)| {
        let here: Vec<&str> =
            happenings.iter().filter(|one| one.bucket == index).map(|one| one.text.as_str()).collect();
        let point = &series.points[index];
        let change = point.value.zip(point.previous).filter(|_| !point.is_running);
        let count = |number: usize| i64::try_from(number).ok();
        let events = if here.is_empty() { None } else { count(here.len()) };
        let change = change.map(|(value, previous)| value - previous);
        Line { row, events: here.join(", "), keys: [count(index), point.value, point.previous, change, events] }
    };
    rows(series, texts).into_iter().enumerate().map(line).collect()
}

/// The same lines by a column; equal ones by date, those without a value last.
pub fn sorted(mut lines: Vec<Line>, by: Column, is_descending: bool) -> Vec<Line> {
    let key = |line: &Line| line.keys[by as usize];
    lines.sort_by(|one, other| match (key(one), key(other)) {
        (Some(one), Some(other)) if is_descending => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::model::tests::series;
    use crate::format::words::PLAIN;

    fn found(by: Column, is_descending: bool) -> Vec<i64> {
        let series =
            series(&[(Some(5), Some(9)), (None, Some(7)), (Some(30), Some(7)), (Some(5), None), (Some(8), Some(1))]);
        let happenings = [(3, "Newsletter"), (0, "2 activations"), (3, "Fair")].map(|(bucket, text)| Happening {
            bucket,
            sign: "note",
            text: text.to_owned(),
        });
        let lines = lines(&series, &happenings, PLAIN);
        assert_eq!(lines[3].events, "Newsletter, Fair");
        sorted(lines, by, is_descending).into_iter().map(|line| line.keys[0].unwrap()).collect()
    }

    #[test]
    fn lines_are_sorted_by_any_column_and_missing_values_come_last() {
        for (by, is_descending, order) in [
            (Column::Date, false, [0, 1, 2, 3, 4]),
            (Column::Date, true, [4, 3, 2, 1, 0]),
            (Column::Value, true, [2, 4, 0, 3, 1]),
            (Column::Value, false, [0, 3, 4, 2, 1]),
            (Column::Previous, true, [0, 1, 2, 4, 3]),
            // The running bucket is not compared.
            (Column::Change, false, [0, 2, 1, 3, 4]),
            (Column::Events, true, [3, 0, 1, 2, 4]),
        ] {
            assert_eq!(found(by, is_descending), order, "{by:?} {is_descending}");
        }
    }
}
