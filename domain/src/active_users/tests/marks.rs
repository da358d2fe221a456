//! Average, peak, drops and quiet stretches.

use shared::vocab::Bucket;

use crate::active_users::{DropMark, PeakMark, Point, QuietMark, history_buckets, summarise};
use crate::overview::{Delta, Ratio};

fn full(value: u64, previous: u64) -> Point {
    Point { value: Some(value), previous: Some(previous), is_running: false }
}

fn series(values: &[u64]) -> Vec<Point> {
    values.iter().map(|value| full(*value, 1)).collect()
}

#[test]
fn the_running_bucket_and_gaps_take_no_part() {
    let gap = Point { value: None, previous: None, is_running: false };
    let running = Point { value: Some(900), previous: Some(900), is_running: true };
    let found = summarise(Bucket::Day, &[], &[gap, full(180, 160), full(181, 165), full(236, 214), running]);
    // 597 / 3 and 539 / 3 = 179.67.
    assert_eq!((found.average, found.previous_average), (Some(199), Some(180)));
    assert_eq!(found.change, Some(Delta::Change { difference: 19, ratio: Ratio::PerMille(106) }));
    assert_eq!(found.peak, Some(PeakMark { index: 3, value: 236 }));
}

#[test]
fn averages_are_rounded_half_up() {
    assert_eq!(summarise(Bucket::Day, &[], &series(&[1, 2])).average, Some(2));
    assert_eq!(summarise(Bucket::Day, &[], &series(&[1, 1, 2])).average, Some(1));
}

#[test]
fn a_partly_known_previous_period_is_not_compared() {
    let unknown = Point { value: Some(20), previous: None, is_running: false };
    let found = summarise(Bucket::Day, &[], &[unknown, full(20, 10)]);
    assert_eq!((found.average, found.previous_average, found.change), (Some(20), None, None));
}

#[test]
fn nothing_stands_out_of_nothing() {
    for points in [vec![], series(&[0, 0, 0])] {
        let found = summarise(Bucket::Day, &[Some(0); 28], &points);
        assert_eq!((found.peak, found.drops.len(), found.quiet.len()), (None, 0, 0));
    }
    assert_eq!(summarise(Bucket::Day, &[], &[]).average, None);
}

#[test]
fn the_earliest_of_equal_peaks_is_marked() {
    assert_eq!(summarise(Bucket::Week, &[], &series(&[5, 9, 9])).peak, Some(PeakMark { index: 1, value: 9 }));
}

#[test]
fn drops_are_measured_against_the_same_weekday() {
    // Weekends are always low: no drop there. The Wednesday halves.
    let week = [100, 100, 100, 100, 100, 20, 20].map(Some);
    let history: Vec<Option<u64>> = week.iter().copied().cycle().take(history_buckets(Bucket::Day)).collect();
    let found = summarise(Bucket::Day, &history, &series(&[100, 96, 62, 81, 100, 20, 16]));
    assert_eq!(found.drops, [DropMark { index: 2, value: 62, median: 100, fall_percent: 38 }]);
    assert_eq!(found.quiet, []);
}

#[test]
fn the_smallest_drop_is_a_fifth_and_five_end_users() {
    let drops = |before: u64, now: u64| summarise(Bucket::Week, &[Some(before); 4], &series(&[now])).drops.len();
    assert_eq!((drops(100, 80), drops(100, 81)), (1, 0));
    assert_eq!((drops(10, 5), drops(10, 6), drops(20, 16)), (1, 0, 0));
}

#[test]
fn at_most_two_drops_are_marked_the_largest_in_order() {
    let history = [Some(100); 28];
    let found = summarise(Bucket::Day, &history, &series(&[70, 100, 40, 100, 60, 100, 100]));
    let marked: Vec<(usize, u64)> = found.drops.iter().map(|mark| (mark.index, mark.fall_percent)).collect();
    assert_eq!(marked, [(2, 60), (4, 40)]);
}

#[test]
fn the_median_of_an_even_number_lies_between() {
    let history = [Some(10), Some(20), Some(31), Some(40)];
    let found = summarise(Bucket::Week, &history, &series(&[20]));
    // The median is 25.5; a fall of 5.5 is 21.6 %.
    assert_eq!(found.drops, [DropMark { index: 0, value: 20, median: 26, fall_percent: 22 }]);
}

#[test]
fn less_than_two_weeks_of_history_mark_nothing() {
    let history: Vec<Option<u64>> = [None; 15].into_iter().chain([Some(100); 13]).collect();
    let found = summarise(Bucket::Day, &history, &series(&[1]));
    assert_eq!(found.drops, []);
    let history: Vec<Option<u64>> = [None; 14].into_iter().chain([Some(100); 14]).collect();
    assert_eq!(summarise(Bucket::Day, &history, &series(&[1])).drops.len(), 1);
}

#[test]
fn three_low_buckets_in_a_row_are_quiet() {
    let history = [Some(100); 28];
    let found = summarise(Bucket::Day, &history, &series(&[79, 79, 100, 79, 78, 77, 80]));
    assert_eq!(found.quiet, [QuietMark { first_index: 3, last_index: 5 }]);
}

#[test]
fn months_have_no_drops() {
    assert_eq!(history_buckets(Bucket::Month), 0);
    let found = summarise(Bucket::Month, &[], &series(&[100, 100, 100, 100, 1, 1, 1]));
    assert_eq!((found.drops.len(), found.quiet.len()), (0, 0));
}
