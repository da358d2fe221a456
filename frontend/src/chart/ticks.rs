//! Which values and buckets get a label.
//!
//! Plain Rust: knows dates and counts, no pixels but the room there is, and no language.

use chrono::{Datelike, NaiveDate, Weekday};
use shared::vocab::Bucket;

/// Most labels under a picture.
const MOST_LABELS: usize = 8;
/// Most days that are told apart by their weeks.
pub const MOST_DAYS_BY_WEEK: usize = 62;

/// Round values from zero to at least `highest`: three to six steps where the values allow, never a fraction of a person.
pub fn value_ticks(highest: u64) -> Vec<u64> {
    let highest = highest.max(4);
    let step = (0_u32..19)
        .flat_map(|power| [1_u64, 2, 5].map(|digit| digit.saturating_mul(10_u64.pow(power))))
        .chain([4])
        .filter(|step| highest.div_ceil(*step) <= 6)
        .min()
        .unwrap_or(highest);
    (0..=highest.div_ceil(step)).map(|count| count * step).collect()
}

/// What an axis label shows of its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TickForm {
    /// "Mon 2"
    WeekdayAndDay,
    /// "8 Jun"
    DayAndMonth,
    /// "Jun 2026"
    MonthAndYear,
}

/// Most buckets that have a label each where they need not begin anything.
const FEW: usize = 8;

/// Which buckets get a label: each of a few, the Mondays of a month of days, else the first of each month.
pub fn bucket_ticks(bucket: Bucket, starts: &[NaiveDate], is_narrow: bool) -> (Vec<usize>, TickForm) {
    let indices = 0..starts.len();
    let begins_month = |index: &usize| match index.checked_sub(1) {
        Some(before) => starts[before].month() != starts[*index].month(),
        None => bucket == Bucket::Month || starts[*index].day() <= if bucket == Bucket::Week { 7 } else { 1 },
    };
    let (ticks, form): (Vec<usize>, TickForm) = match (bucket, starts.len()) {
        (Bucket::Day, ..=FEW) => (indices.collect(), TickForm::WeekdayAndDay),
        (Bucket::Day, ..=MOST_DAYS_BY_WEEK) => {
            (indices.filter(|index| starts[*index].weekday() == Weekday::Mon).collect(), TickForm::DayAndMonth)
        }
        (Bucket::Week, ..=FEW) => (indices.collect(), TickForm::DayAndMonth),
        _ => (indices.filter(begins_month).collect(), TickForm::MonthAndYear),
    };
    let most = if is_narrow { 4 } else { MOST_LABELS };
    let every = ticks.len().div_ceil(most).max(1);
    (ticks.into_iter().step_by(every).collect(), form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn values_get_three_to_six_round_steps_from_zero() {
        for (highest, ticks) in [
            (0, vec![0, 1, 2, 3, 4]),
            (1, vec![0, 1, 2, 3, 4]),
            (5, vec![0, 1, 2, 3, 4, 5]),
            (15, vec![0, 4, 8, 12, 16]),
            (6, vec![0, 1, 2, 3, 4, 5, 6]),
            (252, vec![0, 50, 100, 150, 200, 250, 300]),
            (236, vec![0, 50, 100, 150, 200, 250]),
            (100_000, vec![0, 20_000, 40_000, 60_000, 80_000, 100_000]),
        ] {
            assert_eq!(value_ticks(highest), ticks, "{highest}");
        }
    }

    #[test]
    fn the_axis_always_reaches_the_highest_value() {
        for highest in (0..2_000).chain([u64::MAX / 4]) {
            let ticks = value_ticks(highest);
            assert!(ticks.last().is_some_and(|last| *last >= highest), "{highest}");
            assert!((4..=7).contains(&ticks.len()), "{highest}: {}", ticks.len());
        }
    }

    #[test]
    fn a_month_is_labelled_on_mondays() {
        let starts: Vec<NaiveDate> = on("2026-10-24").iter_days().take(30).collect();
        let (ticks, form) = bucket_ticks(Bucket::Day, &starts, false);
        assert_eq!(ticks, [2, 9, 16, 23]);
        assert_eq!(form, TickForm::DayAndMonth);
    }

    #[test]
    fn half_a_year_is_labelled_where_months_begin() {
        let starts: Vec<NaiveDate> = on("2026-06-01").iter_weeks().take(26).collect();
        let (ticks, form) = bucket_ticks(Bucket::Week, &starts, false);
        assert_eq!(ticks.iter().map(|index| starts[*index].month()).collect::<Vec<_>>(), [6, 7, 8, 9, 10, 11]);
        assert_eq!(form, TickForm::MonthAndYear);
    }

    #[test]
    fn narrow_screens_get_at_most_four_labels() {
        let starts: Vec<NaiveDate> = on("2026-11-16").iter_days().take(7).collect();
        assert_eq!(bucket_ticks(Bucket::Day, &starts, false).0.len(), 7);
        assert_eq!(bucket_ticks(Bucket::Day, &starts, true).0, [0, 2, 4, 6]);
    }
    #[test]
    fn any_stretch_gets_a_few_labels_in_order() {
        let first = on("2024-11-23");
        for length in 1..=731 {
            let starts: Vec<NaiveDate> = first.iter_days().take(length).collect();
            let (ticks, _) = bucket_ticks(Bucket::Day, &starts, false);
            assert!(ticks.len() <= 8, "{length} days: {ticks:?}");
            assert!(ticks.iter().all(|index| *index < length) && ticks.is_sorted(), "{length} days: {ticks:?}");
        }
        let months: Vec<NaiveDate> =
            (0..25).map(|month| on("2024-11-01").checked_add_months(chrono::Months::new(month)).unwrap()).collect();
        let (ticks, form) = bucket_ticks(Bucket::Month, &months, false);
        assert_eq!((ticks.len(), form), (7, TickForm::MonthAndYear));
        assert_eq!(bucket_ticks(Bucket::Week, &months[..3], false).1, TickForm::DayAndMonth);
    }
}
