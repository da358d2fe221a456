use shared::dto::active_users::{ActiveUsersSummary, Drop, Peak, Quiet};
use shared::vocab::{Compare, Measure, Range};

use super::*;
use crate::format::words::PLAIN;

pub(crate) fn series(values: &[(Option<i64>, Option<i64>)]) -> ActiveUsersSeries {
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
        next_time_zone: None,
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

const WIDE: Frame<'static> = Frame { size: (600, 300), is_narrow: false, has_lane: true, paused: &[] };

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
    let picture = picture(&week(), WIDE, PLAIN);
    assert_eq!(picture.peak, Some((1, "Peak 236".to_owned())));
    assert_eq!(picture.drops, [(0, "Drop \u{2212}38%".to_owned())]);
    // 20, 21 and 22 November 2026: Friday, Saturday, Sunday.
    assert_eq!(picture.points.iter().map(|point| point.is_weekend).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(picture.ends.unwrap().running.as_deref(), Some("61 so far today"));
}

#[test]
fn narrow_pictures_have_no_labels_at_the_end() {
    assert_eq!(picture(&week(), Frame { size: (324, 220), is_narrow: true, ..WIDE }, PLAIN).ends, None);
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
    assert_eq!(moved("ArrowLeft", Some(29), 7), Some(5), "after thirty days a week");
}

#[test]
fn averages_that_cannot_be_compared_in_percent_are_compared_in_words() {
    for (average, previous, text) in [
        (0, 0, "Average 0 a day, no change from 1 week earlier."),
        (7, 7, "Average 7 a day, no change from 1 week earlier."),
        (7, 0, "Average 7 a day, new: none 1 week earlier."),
        (7, 9, "Average 7 a day, down 2 on 1 week earlier."),
        (700, 10, "Average 700 a day, up >999% on 1 week earlier."),
    ] {
        let mut series = week();
        series.summary.average = Some(average);
        series.summary.previous_average = Some(previous);
        series.summary.peak = None;
        assert_eq!(summary(&series, PLAIN).text(), text);
    }
}

#[test]
fn changes_in_a_row_are_never_a_division_by_zero() {
    let series = series(&[
        (Some(0), Some(0)),
        (Some(4), Some(0)),
        (Some(9), Some(3)),
        (Some(20_000), Some(10)),
        (Some(1), Some(1)),
    ]);
    let changes: Vec<Option<String>> = rows(&series, PLAIN).into_iter().map(|row| row.change).collect();
    let expected = [Some("no change"), Some("new"), Some("up 6"), Some("up 19990 (>999%)"), None];
    assert_eq!(changes.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
}

#[test]
fn a_year_is_compared_by_name_and_its_days_have_their_year() {
    let mut series = week();
    series.compare = Compare::Year;
    series.shift_days = Some(364);
    assert_eq!(earlier_label(&series).as_deref(), Some("1 year earlier"));
    series.points[0].previous_from_on = Some("2025-11-21".parse().unwrap());
    assert_eq!(rows(&series, PLAIN)[0].previous.as_ref().unwrap().0, "2025-11-21 WeekdayMedium");
    series.compare = Compare::Prev;
    (series.shift_days, series.shift_months) = (None, Some(6));
    assert_eq!(earlier_label(&series).as_deref(), Some("6 months earlier"));
}

#[test]
fn quiet_stretches_are_set_apart_but_not_where_there_was_no_service() {
    let mut series = series(&[(Some(1), None); 10]);
    let on = |text: &str| text.parse::<NaiveDate>().unwrap();
    series.summary.quiet = vec![
        Quiet { from_on: on("2026-11-14"), to_on: on("2026-11-16") },
        Quiet { from_on: on("2026-11-18"), to_on: on("2026-11-20") },
    ];
    series.summary.drops = vec![Drop { from_on: on("2026-11-19"), value: 1, usual: 9, percent: 89 }];
    let bands = |series: &ActiveUsersSeries, paused: &[(NaiveDate, NaiveDate)]| {
        let picture = picture(series, Frame { paused, ..WIDE }, PLAIN);
        let bands = picture.bands.into_iter().map(|band| (band.first, band.last, band.is_paused, band.label));
        (bands.collect::<Vec<_>>(), picture.drops.len())
    };
    let quiet = |first, last| (first, last, false, "Below usual".to_owned());
    assert_eq!(bands(&series, &[]), (vec![quiet(1, 3), quiet(5, 7)], 1));
    let paused = [(on("2026-11-19"), on("2026-12-24")), (on("2026-01-01"), on("2026-02-01"))];
    let label = "Paused 2026-11-19 Short – 2026-12-24 Short".to_owned();
    assert_eq!(bands(&series, &paused), (vec![(6, 9, true, label), quiet(1, 3)], 0));
}

#[test]
fn a_reading_that_fails_takes_no_answer_away() {
    let view = ChartView::default().over(Stretch::Range(Range::SevenDays));
    let series = series(&[(Some(1), None); 7]);
    let error = || Some(ApiError::Unreachable);
    assert_eq!(failure(view, Some(&series), error()), None, "once a minute one may fail");
    assert_eq!(failure(view, None, error()), error());
    assert_eq!(failure(ChartView::default(), Some(&series), error()), error(), "seven days are no answer to thirty");
    assert_eq!(failure(ChartView::default(), Some(&series), None), None);
    assert_eq!(failure(view, None, Some(ApiError::SessionEnded)), None);
}

#[test]
fn a_series_answers_the_view_it_was_read_for() {
    let on = |text: &str| text.parse::<NaiveDate>().unwrap();
    let view = ChartView::default().over(Stretch::Range(Range::SevenDays));
    let mut series = series(&[(Some(1), None); 7]);
    assert!(is_answered(view, &series));
    assert!(!is_answered(ChartView::default(), &series));
    assert!(!is_answered(ChartView { compare: Compare::Year, ..view }, &series));
    let dates = |from: &str, to: &str| view.over(Stretch::Dates { from: on(from), to: on(to) });
    assert!(!is_answered(dates("2026-11-16", "2026-11-22"), &series), "it is a range");
    series.range = None;
    assert!(is_answered(dates("2026-11-16", "2026-11-22"), &series));
    assert!(is_answered(dates("2026-11-16", "2026-12-01"), &series), "it stops today");
    assert!(!is_answered(dates("2026-11-16", "2026-11-21"), &series));
    assert!(!is_answered(dates("2026-11-17", "2026-11-22"), &series));
    assert!(!is_answered(dates("2026-11-16", "2026-11-22").by(Bucket::Week), &series));
    series.points.last_mut().unwrap().is_running = false;
    assert!(!is_answered(dates("2026-11-16", "2026-12-01"), &series), "it stops before today");
}
