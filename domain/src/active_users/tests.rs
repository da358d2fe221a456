//! Keys, the counting algorithm against a set-based model, and the windows of docs/domain.md §8.

mod counting;
mod marks;
mod window;

use super::{EndUserKey, InvalidEndUserKey, LocalDay};

fn day(text: &str) -> LocalDay {
    LocalDay::from_date(text.parse().unwrap())
}

#[test]
fn keys_are_trimmed_composed_and_lower_cased_only_with_an_at_sign() {
    let cases = [
        ("  Ana@Example.COM \n", "ana@example.com"),
        ("User-17", "User-17"),
        ("Zoe\u{308}", "Zo\u{eb}"),
        ("ZOE\u{308}@example.com", "zo\u{eb}@example.com"),
        ("a b", "a b"),
    ];
    for (given, expected) in cases {
        assert_eq!(EndUserKey::normalise(given).unwrap().as_str(), expected);
    }
}

#[test]
fn keys_without_meaning_are_refused() {
    assert_eq!(EndUserKey::normalise(" \t ").unwrap_err(), InvalidEndUserKey::Empty);
    assert_eq!(EndUserKey::normalise("a\u{0}b").unwrap_err(), InvalidEndUserKey::ControlCharacter);
    assert_eq!(EndUserKey::normalise(&"x".repeat(255)).unwrap_err(), InvalidEndUserKey::TooLong);
    assert!(EndUserKey::normalise(&"é".repeat(254)).is_ok());
}

#[test]
fn keys_are_not_printed() {
    assert!(!format!("{:?}", EndUserKey::normalise("ana@example.com").unwrap()).contains("ana"));
}

#[test]
fn day_numbers_count_from_1970() {
    for (text, number) in [("1970-01-01", 0), ("1969-12-31", -1), ("2026-11-22", 20_779), ("2000-02-29", 11_016)] {
        assert_eq!(day(text), LocalDay(number));
        assert_eq!(LocalDay(number).to_string(), text);
    }
    assert_eq!(day("2026-11-22").week_start(), day("2026-11-16"));
    assert_eq!(day("2026-11-22").month_start(), day("2026-11-01"));
    assert_eq!(LocalDay::try_from(i64::from(day("2026-11-22"))), Ok(day("2026-11-22")));
    assert!(LocalDay::try_from(i64::MAX).is_err());
}

#[test]
fn the_local_day_of_an_instant_is_the_zones() {
    let instant = "2026-11-22T23:30:00Z".parse().unwrap();
    assert_eq!(LocalDay::of(instant, chrono_tz::Tz::Europe__Berlin), day("2026-11-23"));
    assert_eq!(LocalDay::of(instant, chrono_tz::Tz::America__New_York), day("2026-11-22"));
}
