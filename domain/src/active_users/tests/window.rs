//! Ranges, buckets, the running one, the previous period and the gap before the first event.

use proptest::prelude::*;
use shared::vocab::{Bucket, Compare, Measure, Range};

use super::day;
use crate::active_users::{
    EARLIEST_DAY, LocalDay, Selection, Shift, Span, View, Window, WindowError, default_bucket, offered_buckets,
    value_or_gap, window,
};

/// A plain look: distinct end users, compared with the period before.
const PLAIN: View = View { bucket: None, compare: Compare::Prev, measure: Measure::Distinct };

fn look(selection: Selection, bucket: Option<Bucket>, today: LocalDay) -> Result<Window, WindowError> {
    window(selection, View { bucket, ..PLAIN }, today)
}

fn ends(spans: &[Span]) -> (usize, String, String) {
    (spans.len(), spans[0].first_day.to_string(), spans[spans.len() - 1].last_day.to_string())
}

fn expected(count: usize, first: &str, last: &str) -> (usize, String, String) {
    (count, first.to_owned(), last.to_owned())
}

fn custom(from: &str, to: &str) -> Selection {
    Selection::Custom { from: day(from), to: day(to) }
}

/// A Sunday.
const TODAY: &str = "2026-11-22";

#[test]
fn seven_days_are_six_full_and_today_against_one_week_earlier() {
    let found = look(Selection::Range(Range::SevenDays), None, day(TODAY)).unwrap();
    assert_eq!(found.bucket, Bucket::Day);
    assert_eq!(ends(&found.buckets), expected(7, "2026-11-16", "2026-11-22"));
    assert_eq!(ends(&found.previous), expected(7, "2026-11-09", "2026-11-15"));
    assert_eq!(found.shift, Some(Shift::Days(7)));
    assert_eq!(found.buckets.iter().filter(|span| span.is_running).count(), 1);
    assert!(found.buckets[6].is_running);
}

#[test]
fn thirty_days_are_29_full_and_today_against_five_weeks_earlier() {
    let found = look(Selection::Range(Range::ThirtyDays), None, day(TODAY)).unwrap();
    assert_eq!(ends(&found.buckets), expected(30, "2026-10-24", "2026-11-22"));
    assert_eq!(ends(&found.previous), expected(30, "2026-09-19", "2026-10-18"));
    assert_eq!(found.shift, Some(Shift::Days(35)));
}

#[test]
fn thirty_days_by_week_are_this_week_and_the_four_before() {
    let found = look(Selection::Range(Range::ThirtyDays), Some(Bucket::Week), day(TODAY)).unwrap();
    assert_eq!(ends(&found.buckets), expected(5, "2026-10-19", "2026-11-22"));
    assert_eq!(ends(&found.previous), expected(5, "2026-09-14", "2026-10-18"));
}

#[test]
fn six_months_are_this_week_and_the_25_before_against_26_weeks_earlier() {
    for today in ["2026-11-16", "2026-11-18", TODAY] {
        let found = look(Selection::Range(Range::SixMonths), None, day(today)).unwrap();
        assert_eq!(found.bucket, Bucket::Week);
        assert_eq!(ends(&found.buckets), expected(26, "2026-05-25", "2026-11-22"));
        assert_eq!(ends(&found.previous), expected(26, "2025-11-24", "2026-05-24"));
        assert_eq!(found.shift, Some(Shift::Days(182)));
        assert!(found.buckets[25].is_running && !found.buckets[24].is_running);
    }
}

#[test]
fn six_months_by_day_start_with_the_first_week() {
    for (today, count) in [("2026-11-16", 176), (TODAY, 182)] {
        let found = look(Selection::Range(Range::SixMonths), Some(Bucket::Day), day(today)).unwrap();
        assert_eq!(ends(&found.buckets), expected(count, "2026-05-25", today));
        assert_eq!(found.shift, Some(Shift::Days(182)));
    }
}

#[test]
fn six_months_by_month_are_this_month_and_the_five_before() {
    let found = look(Selection::Range(Range::SixMonths), Some(Bucket::Month), day(TODAY)).unwrap();
    assert_eq!(ends(&found.buckets), expected(6, "2026-06-01", "2026-11-30"));
    assert_eq!(ends(&found.previous), expected(6, "2025-12-01", "2026-05-31"));
    assert_eq!(found.shift, Some(Shift::Months(6)));
    assert!(found.buckets[5].is_running);
}

#[test]
fn custom_ranges_choose_their_bucket_by_length() {
    let cases = [
        ("2026-08-01", "2026-08-01", Bucket::Day),
        ("2026-08-01", "2026-08-31", Bucket::Day),
        ("2026-08-01", "2026-09-01", Bucket::Week),
        ("2026-01-01", "2026-07-19", Bucket::Week),
        ("2026-01-01", "2026-07-20", Bucket::Month),
    ];
    for (from, to, bucket) in cases {
        assert_eq!(default_bucket(custom(from, to)), bucket, "{from} to {to}");
    }
}

#[test]
fn custom_ranges_stop_at_today_and_take_whole_weeks() {
    let found = look(custom("2026-11-18", "2026-12-31"), Some(Bucket::Day), day("2026-11-20")).unwrap();
    assert_eq!(ends(&found.buckets), expected(3, "2026-11-18", "2026-11-20"));
    assert_eq!(found.shift, Some(Shift::Days(7)));
    let found = look(custom("2026-10-01", "2026-10-12"), Some(Bucket::Week), day(TODAY)).unwrap();
    assert_eq!(ends(&found.buckets), expected(3, "2026-09-28", "2026-10-18"));
    assert!(found.buckets.iter().all(|span| !span.is_running));
}

#[test]
fn selections_without_buckets_are_refused() {
    let today = day(TODAY);
    assert_eq!(look(custom("2026-11-02", "2026-11-01"), None, today), Err(WindowError::Reversed));
    assert_eq!(look(custom("2026-11-23", "2026-11-24"), None, today), Err(WindowError::InFuture));
    assert_eq!(look(custom("2024-11-01", "2026-11-01"), None, today), Err(WindowError::TooLong));
    assert!(look(custom("2024-11-01", "2026-10-31"), None, today).is_ok());
    let refused = look(Selection::Range(Range::SevenDays), Some(Bucket::Week), today);
    assert_eq!(refused, Err(WindowError::BucketNotOffered(Bucket::Week)));
    let refused = look(Selection::Range(Range::ThirtyDays), Some(Bucket::Month), today);
    assert_eq!(refused, Err(WindowError::BucketNotOffered(Bucket::Month)));
}

#[test]
fn a_year_earlier_is_the_same_weekday_and_by_month_the_same_month() {
    let year = |selection, bucket| {
        window(selection, View { bucket: Some(bucket), compare: Compare::Year, ..PLAIN }, day(TODAY)).unwrap()
    };
    let found = year(Selection::Range(Range::SevenDays), Bucket::Day);
    assert_eq!(found.shift, Some(Shift::Days(364)));
    assert_eq!(ends(&found.previous), expected(7, "2025-11-17", "2025-11-23"));
    // Over a leap day as well.
    let found = year(custom("2024-03-04", "2024-03-10"), Bucket::Week);
    assert_eq!(ends(&found.previous), expected(1, "2023-03-06", "2023-03-12"));
    let found = year(Selection::Range(Range::SixMonths), Bucket::Month);
    assert_eq!(found.shift, Some(Shift::Months(12)));
    assert_eq!(ends(&found.previous), expected(6, "2025-06-01", "2025-11-30"));
    let found = year(custom("2024-02-29", "2024-02-29"), Bucket::Month);
    assert_eq!(ends(&found.previous), expected(1, "2023-02-01", "2023-02-28"));
    // Longer than a year: what is compared with lies partly in what is shown.
    let found = year(custom("2025-01-01", "2026-11-22"), Bucket::Month);
    assert_eq!(ends(&found.previous), expected(23, "2024-01-01", "2025-11-30"));
}

#[test]
fn where_nothing_is_compared_there_is_no_period_before() {
    let view = View { compare: Compare::None, ..PLAIN };
    let found = window(Selection::Range(Range::SevenDays), view, day(TODAY)).unwrap();
    assert_eq!((found.buckets.len(), found.previous.len(), found.shift), (7, 0, None));
}

#[test]
fn trailing_figures_are_of_days() {
    for measure in [Measure::Trailing7, Measure::Trailing30] {
        let view = View { measure, ..PLAIN };
        let found = window(Selection::Range(Range::SixMonths), view, day(TODAY)).unwrap();
        assert_eq!((found.bucket, found.buckets.len()), (Bucket::Day, 182));
        let refused =
            window(Selection::Range(Range::SixMonths), View { bucket: Some(Bucket::Week), ..view }, day(TODAY));
        assert_eq!(refused, Err(WindowError::TrailingByDay));
    }
}

#[test]
fn the_longest_range_has_two_years_of_days() {
    let found = look(custom("2023-03-01", "2025-02-28"), Some(Bucket::Day), day(TODAY)).unwrap();
    assert_eq!(found.buckets.len(), 731);
    let refused = |from: LocalDay, to: LocalDay| look(Selection::Custom { from, to }, None, day(TODAY));
    assert_eq!(EARLIEST_DAY, day("2000-01-01"));
    assert_eq!(refused(EARLIEST_DAY.plus(-1), EARLIEST_DAY), Err(WindowError::TooEarly));
    assert_eq!(refused(LocalDay(i32::MIN), LocalDay(i32::MAX)), Err(WindowError::TooEarly));
    assert_eq!(refused(EARLIEST_DAY, LocalDay(i32::MAX)), Err(WindowError::TooLong));
    assert!(refused(EARLIEST_DAY, EARLIEST_DAY).is_ok());
}

#[test]
fn before_the_first_event_there_is_a_gap_and_then_zeros() {
    let span = Span { first_day: day("2026-11-09"), last_day: day("2026-11-15"), is_running: false };
    assert_eq!(value_or_gap(span, None, 0), None);
    assert_eq!(value_or_gap(span, Some(day("2026-11-16")), 0), None);
    assert_eq!(value_or_gap(span, Some(day("2026-11-15")), 3), Some(3));
    assert_eq!(value_or_gap(span, Some(day("2026-01-01")), 0), Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn buckets_tile_and_the_previous_ones_lie_right_before(today in 15_000_i32..25_000, kind in 0_usize..4, length in 0_i32..700) {
        let today = LocalDay(today);
        let custom = Selection::Custom { from: today.plus(-length), to: today };
        let selection = Range::ALL.get(kind).map_or(custom, |range| Selection::Range(*range));
        for bucket in offered_buckets(selection) {
            let found = look(selection, Some(*bucket), today).unwrap();
            prop_assert_eq!(found.previous.len(), found.buckets.len());
            for pair in found.buckets.windows(2) {
                prop_assert_eq!(pair[0].last_day.plus(1), pair[1].first_day);
                prop_assert!(!pair[0].is_running);
            }
            let (first, last) = (found.buckets[0], found.buckets[found.buckets.len() - 1]);
            prop_assert!(last.is_running && last.first_day <= today && today <= last.last_day);
            let before = found.previous[found.previous.len() - 1];
            prop_assert!(before.last_day < first.first_day);
            if let Some(Shift::Days(days)) = found.shift {
                prop_assert_eq!(days % 7, 0);
                // A week less would overlap.
                prop_assert!(before.last_day.plus(7) >= first.first_day);
            }
        }
    }
}
