//! M6: the calendar against a model that shares nothing with it: days are counted by hand, midnights found by trying.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::billing_calendar::Term;
use shared::vocab::BillingInterval;

use crate::report::{Proof, Report, Size};

/// The calendar does not drift.
pub const PROOF: Proof = Proof {
    id: "M6",
    claim: "1,461 anchor days × 4 intervals × 10 years of periods are those of an independent model",
    run,
};

const YEARS: u32 = 10;
/// Zones whose midnights are skipped, doubled, moved by half an hour, or a whole day gone.
const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "America/Havana",
    "America/Santiago",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
];

fn run(report: &mut Report, size: Size) {
    let anchors = size.pick(1_461, 366);
    let (mut periods, mut midnights) = (0_u64, 0_u64);
    for number in 0..anchors {
        // Four years from a leap year on: every day of every month, with and without its 29 February.
        let anchor = civil(number + days_before(2_024, 1, 1));
        let zone: Tz = ZONES[usize::try_from(number).unwrap() % ZONES.len()].parse().unwrap();
        for (interval, months) in [
            (BillingInterval::Monthly, 1),
            (BillingInterval::Quarterly, 3),
            (BillingInterval::Semiannual, 6),
            (BillingInterval::Yearly, 12),
        ] {
            let start = NaiveDate::from_ymd_opt(i32::try_from(anchor.0).unwrap(), anchor.1, anchor.2).unwrap();
            let term = Term::starting(start, interval, zone);
            for n in 0..YEARS * 12 / months {
                let period = term.period(n).unwrap();
                let expected = [model_start(anchor, n * months), model_start(anchor, (n + 1) * months)];
                let found = [period.start_on, period.end_on].map(|date| date.to_string());
                periods += 1;
                if found != expected {
                    report.fail(format!("{start} {interval}, period {n}: {found:?}, the model says {expected:?}"));
                    return;
                }
                // A midnight is dear to find; a part of them is enough to meet every change of every zone.
                if n % size.pick(3, 40) == 0 {
                    let midnight = first_instant_of(period.start_on, zone);
                    midnights += 1;
                    if period.starts_at != midnight {
                        report.fail(format!(
                            "{} in {zone} begins at {}, the model says {midnight}",
                            period.start_on, period.starts_at
                        ));
                        return;
                    }
                }
            }
        }
    }
    for zone in ZONES {
        midnights += every_midnight(report, zone.parse().unwrap(), size);
    }
    report.figure(format!("0 differences: {periods} periods of {anchors} anchor days × 4 intervals × {YEARS} years"));
    report.figure(format!("{midnights} midnights in {} zones", ZONES.len()));
}

/// Every local day from 2010 on, which has all the oddities there are.
fn every_midnight(report: &mut Report, zone: Tz, size: Size) -> u64 {
    let first = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap();
    let mut count = 0;
    for day in first.iter_days().take(size.pick(365 * 18, 365 * 2)) {
        let (found, expected) =
            (domain::billing_calendar::local_midnight(day, zone).unwrap(), first_instant_of(day, zone));
        count += 1;
        report.check(found == expected, format!("{day} in {zone} begins at {found}, the model says {expected}"));
    }
    count
}

fn model_start(anchor: (i64, u32, u32), months: u32) -> String {
    let (year, month, day) = months_after(anchor, months);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The same as a count of days.
pub fn model_day(anchor: (i64, u32, u32), months: u32) -> i64 {
    let (year, month, day) = months_after(anchor, months);
    days_before(year, month, day)
}

/// Months after the anchor's month, with the anchor's day where the month has it.
fn months_after(anchor: (i64, u32, u32), months: u32) -> (i64, u32, u32) {
    let month = i64::from(anchor.1) - 1 + i64::from(months);
    let (year, month) = (anchor.0 + month / 12, u32::try_from(month % 12).unwrap() + 1);
    (year, month, anchor.2.min(month_length(year, month)))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the year 1970 to a day, counted one year and one month at a time.
pub fn days_before(year: i64, month: u32, day: u32) -> i64 {
    let years: i64 = (1_970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let months: i64 = (1..month).map(|month| i64::from(month_length(year, month))).sum();
    years + months + i64::from(day) - 1
}

/// The day so many days after the first of the year 1970.
pub fn civil(mut days: i64) -> (i64, u32, u32) {
    let (mut year, mut month) = (1_970, 1);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        (days, year) = (days - length, year + 1);
    }
    loop {
        let length = i64::from(month_length(year, month));
        if days < length {
            return (year, month, u32::try_from(days).unwrap() + 1);
        }
        (days, month) = (days - length, month + 1);
    }
}

/// The first instant whose local date is that day or a later one, found from the side of the instants.
fn first_instant_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let is_there = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive() >= day;
    let (mut before, step) = (midnight - TimeDelta::hours(27), TimeDelta::minutes(15));
    // Coarsely first: a clock that is put back behind midnight must not hide the first of two midnights.
    while !is_there(before + step) {
        before += step;
    }
    let mut after = before + step;
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if is_there(middle) { after = middle } else { before = middle }
    }
    after
}
