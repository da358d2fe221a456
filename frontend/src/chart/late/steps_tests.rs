use super::*;
use crate::chart::view::dates;
use shared::vocab::Bucket;

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn between(from: &str, to: &str) -> Stretch {
    Stretch::Dates { from: on(from), to: on(to) }
}

fn of(stretch: Stretch) -> ChartView {
    ChartView::default().over(stretch)
}

const LONG_AGO: &str = "2020-01-01";

#[test]
fn earlier_is_as_long_and_ends_where_the_present_begins() {
    let today = on("2026-11-22");
    for (shown, earlier_dates) in [
        (Stretch::Range(Range::SevenDays), between("2026-11-09", "2026-11-15")),
        (Stretch::Range(Range::ThirtyDays), between("2026-09-24", "2026-10-23")),
        // Half a year begins on a Monday: 25 weeks before that of today, a Sunday.
        (Stretch::Range(Range::SixMonths), between("2025-11-24", "2026-05-24")),
        (between("2026-03-01", "2026-03-10"), between("2026-02-19", "2026-02-28")),
    ] {
        let found = earlier(of(shown), today, Some(on(LONG_AGO))).unwrap();
        assert_eq!(found.stretch, earlier_dates);
        assert_eq!(found.bucket(), of(shown).bucket(), "half a year stays half a year of weeks");
    }
}

#[test]
fn nothing_lies_before_the_first_use() {
    let today = on("2026-11-22");
    let week = of(Stretch::Range(Range::SevenDays));
    assert_eq!(earlier(week, today, None), None);
    assert_eq!(earlier(week, today, Some(on("2026-11-16"))), None);
    assert!(earlier(week, today, Some(on("2026-11-15"))).is_some());
}

#[test]
fn later_leads_back_to_where_earlier_came_from() {
    let today = on("2026-11-22");
    for range in Range::ALL {
        let shown = of(Stretch::Range(*range));
        let before = earlier(shown, today, Some(on(LONG_AGO))).unwrap();
        let far = earlier(before, today, Some(on(LONG_AGO))).unwrap();
        assert_eq!(later(far, today), Some(before), "{range}");
        assert_eq!(later(before, today), Some(shown), "{range}");
        assert_eq!(later(shown, today), None, "{range}");
    }
}

#[test]
fn other_lengths_end_today_at_the_latest() {
    let today = on("2026-11-22");
    let shown = of(between("2026-11-01", "2026-11-15"));
    assert_eq!(later(shown, today).unwrap().stretch, between("2026-11-08", "2026-11-22"));
    assert_eq!(later(of(between("2026-11-20", "2026-11-22")), today), None);
    assert_eq!(later(of(between("2026-11-20", "2026-12-22")), today), None);
}

#[test]
fn steps_keep_what_is_compared_and_counted() {
    let today = on("2026-11-22");
    let view = ChartView { compare: Compare::None, ..ChartView::default() }.by(Bucket::Week);
    let before = earlier(view, today, Some(on(LONG_AGO))).unwrap();
    assert_eq!((before.compare, before.bucket), (Compare::None, Some(Bucket::Week)));
    for last in [Compare::Prev, Compare::Year] {
        let compared = ChartView { compare: last, ..view };
        assert_eq!(compared_or_not(view, last), compared);
        assert_eq!(compared_or_not(compared, last), view);
    }
}

#[test]
fn presets_are_stretches_that_can_be_shown() {
    for today in ["2026-11-22", "2026-01-01", "2024-02-29", "2026-12-31"] {
        let presets = presets(on(today));
        assert_eq!(presets.len(), 5);
        for (name, from, to) in presets {
            assert!(dates(&from.to_string(), &to.to_string(), on(today)).is_ok(), "{name} on {today}: {from} to {to}");
        }
    }
    let of_march = presets(on("2026-03-31"));
    assert_eq!(of_march[1], ("Last month", on("2026-02-01"), on("2026-02-28")));
    assert_eq!(of_march[4], ("Last 12 months", on("2025-04-01"), on("2026-03-31")));
}
