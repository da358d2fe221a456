use shared::dto::active_users::{ActiveUsersSummary, Drop, Peak};
use shared::vocab::{Compare, Measure, Range};

use super::*;
use crate::format::words::PLAIN;

fn series(values: &[(Option<i64>, Option<i64>)]) -> ActiveUsersSeries {
    let today: chrono::NaiveDate = "2026-11-22".parse().unwrap();
    let first = today - chrono::Days::new(values.len() as u64 - 1);
    let point = |(index, (value, previous)): (usize, &(Option<i64>, Option<i64>))| {
        let from_on = first + chrono::Days::new(index as u64);
        ActiveUsersPoint {
            from_on,
            to_on: from_on,
            value: *value,
            previous: *previous,
            previous_from_on: Some(from_on - chrono::Days::new(7)),
            is_running: from_on == today,
        }
    };
    ActiveUsersSeries {
        as_of: "2026-11-22T13:02:00Z".parse().unwrap(),
        range: Some(Range::SevenDays),
        bucket: Bucket::Day,
        measure: Measure::Distinct,
        compare: Compare::Prev,
        time_zone: "Europe/Berlin".to_owned(),
        from_on: first,
        to_on: today,
        shift_days: Some(7),
        shift_months: None,
        first_event_on: Some(first),
        product: None,
        client: None,
        activation: None,
        points: values.iter().enumerate().map(point).collect(),
        summary: ActiveUsersSummary {
            average: Some(180),
            previous_average: Some(162),
            peak: Some(Peak { from_on: today - chrono::Days::new(1), value: 236 }),
            drops: vec![Drop { from_on: first, value: 130, usual: 210, percent: 38 }],
            quiet: Vec::new(),
        },
    }
}

fn week() -> ActiveUsersSeries {
    series(&[(Some(130), Some(210)), (Some(236), Some(200)), (Some(61), Some(150))])
}

#[test]
fn the_summary_tells_average_change_and_peak() {
    assert_eq!(
        summary(&week(), PLAIN).text(),
        "Average 180 a day, up 11% on 1 week earlier. Peak 236 on 2026-11-21 DayMonthLong."
    );
}

#[test]
fn the_summary_says_nothing_it_does_not_know() {
    let mut series = week();
    series.summary.previous_average = None;
    series.summary.peak = None;
    assert_eq!(summary(&series, PLAIN).text(), "Average 180 a day.");
    series.summary.average = None;
    assert_eq!(summary(&series, PLAIN).text(), "Not enough days yet for an average.");
    series.first_event_on = None;
    assert_eq!(summary(&series, PLAIN).text(), "No use has been recorded yet.");
}

#[test]
fn the_earlier_line_is_named_by_its_shift() {
    let mut series = week();
    for (days, label) in [(7, "1 week earlier"), (35, "5 weeks earlier"), (182, "26 weeks earlier")] {
        series.shift_days = Some(days);
        assert_eq!(earlier_label(&series).as_deref(), Some(label));
    }
    series.shift_days = None;
    for (months, label) in [(1, "1 month earlier"), (12, "12 months earlier")] {
        series.shift_months = Some(months);
        assert_eq!(earlier_label(&series).as_deref(), Some(label));
    }
    for point in &mut series.points {
        point.previous = None;
    }
    assert_eq!(earlier_label(&series), None);
}

#[test]
fn the_table_has_one_row_per_point_and_compares_full_buckets_only() {
    let series = week();
    let rows = rows(&series, PLAIN);
    assert_eq!(rows.len(), series.points.len());
    assert_eq!(rows[0].change.as_deref(), Some("down 80 (38%)"));
    assert_eq!(rows[2].change, None);
    assert!(rows[2].spoken().contains("61 so far"), "{}", rows[2].spoken());
}

#[test]
fn a_gap_is_no_data_and_not_zero() {
    let rows = rows(&series(&[(None, None), (Some(0), None), (Some(3), Some(0))]), PLAIN);
    assert_eq!((rows[0].value.as_str(), rows[1].value.as_str()), ("no data", "0"));
    assert_eq!(rows[1].change, None);
}

#[test]
fn the_picture_names_peak_and_drop_and_shades_weekends() {
    let picture = picture(&week(), (600, 300), false, PLAIN);
    assert_eq!(picture.peak, Some((1, "Peak 236".to_owned())));
    assert_eq!(picture.drops, [(0, "Drop \u{2212}38%".to_owned())]);
    // 20, 21 and 22 November 2026: Friday, Saturday, Sunday.
    assert_eq!(picture.points.iter().map(|point| point.is_weekend).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(picture.ends.unwrap().running.as_deref(), Some("61 so far today"));
}

#[test]
fn narrow_pictures_have_no_labels_at_the_end() {
    assert_eq!(picture(&week(), (324, 220), true, PLAIN).ends, None);
}

#[test]
fn keys_walk_the_buckets_and_stop_at_the_ends() {
    for (key, at, to) in [
        ("ArrowLeft", None, Some(29)),
        ("ArrowLeft", Some(29), Some(28)),
        ("ArrowLeft", Some(0), Some(0)),
        ("ArrowRight", Some(29), Some(29)),
        ("PageUp", Some(3), Some(0)),
        ("PageDown", Some(20), Some(27)),
        ("Home", Some(12), Some(0)),
        ("End", Some(12), Some(29)),
        ("Enter", Some(12), None),
        ("Tab", None, None),
    ] {
        assert_eq!(moved(key, at, 30), to, "{key} at {at:?}");
    }
    assert_eq!(moved("Home", None, 0), None);
}
