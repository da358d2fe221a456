//! The calendar table of docs/domain.md §2, local midnights, and the tiling property.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use shared::vocab::BillingInterval::{self, Monthly, Quarterly, Semiannual, Yearly};

use super::{CalendarError, Term, add_days, grace_until, local_date, local_midnight, month_start, week_start};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn starts(term: Term, expected: &[&str]) {
    let found: Vec<NaiveDate> =
        (1..=u32::try_from(expected.len()).unwrap()).map(|n| term.period_start(n).unwrap()).collect();
    let expected: Vec<NaiveDate> = expected.iter().map(|text| day(text)).collect();
    assert_eq!(found, expected);
}

fn utc_term(start_on: &str, interval: BillingInterval) -> Term {
    Term::starting(day(start_on), interval, Tz::UTC)
}

#[test]
fn anchor_2024_01_31_monthly() {
    let expected = ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30", "2024-07-31"];
    starts(utc_term("2024-01-31", Monthly), &expected);
}

#[test]
fn anchor_2023_01_30_monthly() {
    starts(utc_term("2023-01-30", Monthly), &["2023-02-28", "2023-03-30", "2023-04-30", "2023-05-30"]);
}

#[test]
fn anchor_2023_11_30_quarterly() {
    let expected = ["2024-02-29", "2024-05-30", "2024-08-30", "2024-11-30", "2025-02-28"];
    starts(utc_term("2023-11-30", Quarterly), &expected);
}

#[test]
fn anchor_2024_08_31_quarterly() {
    let expected = ["2024-11-30", "2025-02-28", "2025-05-31", "2025-08-31", "2025-11-30"];
    starts(utc_term("2024-08-31", Quarterly), &expected);
}

#[test]
fn anchor_2023_08_31_semiannual() {
    starts(utc_term("2023-08-31", Semiannual), &["2024-02-29", "2024-08-31", "2025-02-28", "2025-08-31"]);
}

#[test]
fn anchor_2024_02_29_yearly() {
    let expected = ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"];
    starts(utc_term("2024-02-29", Yearly), &expected);
}

#[test]
fn anchor_day_31_monthly_to_quarterly_at_2024_02_29() {
    let term = Term::continuing(day("2024-02-29"), 31, Quarterly, Tz::UTC).unwrap();
    assert_eq!(term.period_start(0), Ok(day("2024-02-29")));
    starts(term, &["2024-05-31", "2024-08-31", "2024-11-30", "2025-02-28"]);
}

#[test]
fn an_anchor_day_outside_the_month_is_refused() {
    for wrong in [0, 32] {
        let refused = Term::continuing(day("2024-02-29"), wrong, Monthly, Tz::UTC);
        assert_eq!(refused, Err(CalendarError::AnchorDay(wrong)));
    }
}

#[test]
fn dates_beyond_the_calendar_are_refused() {
    let term = utc_term("2024-01-31", Yearly);
    assert_eq!(term.period_start(u32::MAX), Err(CalendarError::OutOfRange));
    assert_eq!(term.period(300_000_000), Err(CalendarError::OutOfRange));
    assert_eq!(add_days(NaiveDate::MAX, 1), Err(CalendarError::OutOfRange));
    assert_eq!(add_days(NaiveDate::MIN, -1), Err(CalendarError::OutOfRange));
    assert_eq!(grace_until(NaiveDate::MAX, 1, Tz::UTC, DateTime::UNIX_EPOCH), Err(CalendarError::OutOfRange));
}

fn midnight(zone: Tz, on: &str, expected: &str) {
    assert_eq!(local_midnight(day(on), zone), Ok(instant(expected)), "{on} in {zone}");
}

#[test]
fn local_midnight_sao_paulo_is_skipped() {
    midnight(Tz::America__Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z");
}

#[test]
fn local_midnight_cairo_is_skipped() {
    midnight(Tz::Africa__Cairo, "2026-04-24", "2026-04-23T22:00:00Z");
}

#[test]
fn local_midnight_havana_happens_twice_and_the_earlier_counts() {
    midnight(Tz::America__Havana, "2026-11-01", "2026-11-01T04:00:00Z");
}

#[test]
fn local_midnight_santiago_is_skipped() {
    midnight(Tz::America__Santiago, "2026-09-06", "2026-09-06T04:00:00Z");
}

#[test]
fn local_midnight_kathmandu_has_a_quarter_hour() {
    midnight(Tz::Asia__Kathmandu, "2026-03-01", "2026-02-28T18:15:00Z");
}

#[test]
fn day_of_lord_howe_has_half_an_hour_more() {
    let zone = Tz::Australia__Lord_Howe;
    let length = local_midnight(day("2026-04-06"), zone).unwrap() - local_midnight(day("2026-04-05"), zone).unwrap();
    assert_eq!(length, TimeDelta::minutes(24 * 60 + 30));
}

#[test]
fn day_that_apia_left_out_has_no_length() {
    let zone = Tz::Pacific__Apia;
    midnight(zone, "2011-12-30", "2011-12-30T10:00:00Z");
    midnight(zone, "2011-12-31", "2011-12-30T10:00:00Z");
    assert_eq!(local_date(instant("2011-12-30T09:59:59Z"), zone), day("2011-12-29"));
    assert_eq!(local_date(instant("2011-12-30T10:00:00Z"), zone), day("2011-12-31"));
}

#[test]
fn frozen_zone_berlin_seen_from_new_york() {
    let renews_at = Term::starting(day("2026-02-15"), Monthly, Tz::Europe__Berlin).period(0).unwrap().ends_at;
    assert_eq!(renews_at, instant("2026-03-14T23:00:00Z"));
    assert_eq!(local_date(renews_at, Tz::America__New_York), day("2026-03-14"));
    assert_eq!(local_date(renews_at, Tz::Europe__Berlin), day("2026-03-15"));
}

#[test]
fn local_date_survives_the_ends_of_time() {
    assert_eq!(local_date(DateTime::<Utc>::MAX_UTC, Tz::Pacific__Kiritimati), NaiveDate::MAX);
    assert_eq!(local_date(DateTime::<Utc>::MIN_UTC, Tz::Pacific__Pago_Pago), NaiveDate::MIN);
    assert_eq!(week_start(NaiveDate::MIN), NaiveDate::MIN);
}

#[test]
fn weeks_start_on_monday_and_months_on_the_first() {
    for (date, monday) in [("2026-11-22", "2026-11-16"), ("2026-11-16", "2026-11-16"), ("2027-01-01", "2026-12-28")] {
        assert_eq!(week_start(day(date)), day(monday));
    }
    assert_eq!(month_start(day("2024-02-29")), day("2024-02-01"));
}

#[test]
fn grace_ends_seven_local_days_after_the_due_date() {
    let failed_at = instant("2026-03-14T23:00:05Z");
    let until = grace_until(day("2026-03-15"), 7, Tz::Europe__Berlin, failed_at).unwrap();
    assert_eq!(until, instant("2026-03-21T23:00:00Z"));
    assert_eq!(local_date(until, Tz::Europe__Berlin), day("2026-03-22"));
}

#[test]
fn grace_after_an_outage_lasts_24_hours_from_the_recorded_failure() {
    // 09:00 in Berlin is 07:00 UTC in May.
    let failed_at = instant("2026-05-20T07:00:00Z");
    let until = grace_until(day("2026-04-15"), 7, Tz::Europe__Berlin, failed_at);
    assert_eq!(until, Ok(instant("2026-05-21T07:00:00Z")));
}

#[test]
fn grace_of_zero_days_still_lasts_24_hours() {
    let failed_at = instant("2026-03-15T00:00:00Z");
    assert_eq!(grace_until(day("2026-03-15"), 0, Tz::UTC, failed_at), Ok(instant("2026-03-16T00:00:00Z")));
}

#[test]
fn period_at_finds_the_period_and_nothing_before_the_term() {
    let term = Term::starting(day("2024-01-31"), Monthly, Tz::Europe__Berlin);
    assert_eq!(term.period_at(instant("2024-01-30T22:59:59Z")), Ok(None));
    assert_eq!(term.period_at(instant("2024-01-30T23:00:00Z")).unwrap().unwrap().n, 0);
    assert_eq!(term.period_at(instant("2024-02-28T22:59:59Z")).unwrap().unwrap().n, 0);
    assert_eq!(term.period_at(instant("2024-02-28T23:00:00Z")).unwrap().unwrap().n, 1);
}

/// An independent model: walks the calendar day by day and notes where a period starts, without month arithmetic.
fn starts_by_walking(start_on: NaiveDate, months: u32, until: NaiveDate) -> Vec<NaiveDate> {
    let mut found = vec![start_on];
    let mut months_passed = 0;
    let mut date = start_on;
    while date < until {
        let tomorrow = date.succ_opt().unwrap();
        if tomorrow.day() == 1 {
            months_passed += 1;
        }
        let month_is_due = months_passed > 0 && months_passed % months == 0;
        let month_ends = tomorrow.succ_opt().unwrap().day() == 1;
        let is_anchor = tomorrow.day() == start_on.day() || (month_ends && tomorrow.day() < start_on.day());
        if month_is_due && is_anchor {
            found.push(tomorrow);
        }
        date = tomorrow;
    }
    found
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        Tz::UTC,
        Tz::Europe__Berlin,
        Tz::America__Santiago,
        Tz::America__Havana,
        Tz::Africa__Cairo,
        Tz::Asia__Kathmandu,
        Tz::Australia__Lord_Howe,
        Tz::Pacific__Apia,
        Tz::America__Sao_Paulo,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn periods_tile_and_never_drift(offset in 0_i64..7_305, zone in zones(), probe in 0_u32..1_000) {
        let start_on = add_days(day("2008-01-01"), offset).unwrap();
        let until = add_days(start_on, 3_653).unwrap();
        for interval in [Monthly, Quarterly, Semiannual, Yearly] {
            let term = Term::starting(start_on, interval, zone);
            let expected = starts_by_walking(start_on, interval.months(), until);
            for (n, start) in expected.iter().enumerate() {
                let n = u32::try_from(n).unwrap();
                let period = term.period(n).unwrap();
                prop_assert_eq!(period.start_on, *start);
                let next = term.period(n + 1).unwrap();
                prop_assert_eq!((period.end_on, period.ends_at), (next.start_on, next.starts_at));
                prop_assert!(period.starts_at < period.ends_at);
                let inside = period.starts_at + (period.ends_at - period.starts_at) / 1_000 * i32::try_from(probe).unwrap();
                prop_assert_eq!(term.period_at(inside).unwrap().map(|found| found.n), Some(n));
            }
        }
    }

    #[test]
    fn local_midnight_is_the_first_instant_of_its_day(offset in 0_i64..10_000, zone in zones()) {
        let date = add_days(day("2008-01-01"), offset).unwrap();
        let at = local_midnight(date, zone).unwrap();
        prop_assert!(local_date(at, zone) >= date);
        prop_assert!(local_date(at - TimeDelta::seconds(1), zone) < date);
    }
}
