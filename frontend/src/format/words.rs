//! What can be said of values without a browser: changes, distances in days, names of states and intervals.
//!
//! Plain Rust. How a count or a date is written comes in through [`Texts`].

use chrono::NaiveDate;
use shared::vocab::{ActivationStatus, BillingInterval, Money, Range};

/// How counts and dates are written.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    /// A count, grouped.
    pub count: &'a dyn Fn(i64) -> String,
    /// A calendar date.
    pub date: &'a dyn Fn(NaiveDate, DateForm) -> String,
    /// An amount with its currency.
    pub money: &'a dyn Fn(Money) -> String,
}

impl std::fmt::Debug for Texts<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Texts")
    }
}

/// What is shown of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// "14 Jul 2026"
    Medium,
    /// "14 Jul"
    Short,
    /// "Mon 14 Jul"
    WeekdayShort,
    /// "Mon 14"
    WeekdayDay,
    /// "Monday 14 July 2026"
    WeekdayLong,
    /// "Monday 14 Jul 2026"
    WeekdayMedium,
    /// "14 July"
    DayMonthLong,
    /// "Jul 2026"
    MonthYear,
}

impl DateForm {
    /// Leaves the year out of dates in the year of `today`.
    pub fn near(date: NaiveDate, today: NaiveDate) -> Self {
        use chrono::Datelike as _;
        if date.year() == today.year() { Self::Short } else { Self::Medium }
    }
}

/// A change against an earlier figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// Which way, and so which sign is shown.
    pub direction: Direction,
    /// "up 142 (12%)", "new", "no change".
    pub text: String,
}

/// Which way a figure went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// It stayed, or there is nothing to compare with.
    Level,
}

/// The change in words, number and percent. Percentages only where the earlier figure is at least 10.
pub fn delta(value: i64, previous: i64, texts: Texts<'_>) -> Delta {
    let (direction, word) = match value.cmp(&previous) {
        std::cmp::Ordering::Equal => {
            return Delta { direction: Direction::Level, text: "no change".to_owned() };
        }
        std::cmp::Ordering::Greater => (Direction::Up, "up"),
        std::cmp::Ordering::Less => (Direction::Down, "down"),
    };
    if previous == 0 {
        return Delta { direction, text: "new".to_owned() };
    }
    let difference = value.abs_diff(previous);
    let number = (texts.count)(i64::try_from(difference).unwrap_or(i64::MAX));
    let text = match percent(difference, previous) {
        Some(percent) => format!("{word} {number} ({percent})"),
        None => format!("{word} {number}"),
    };
    Delta { direction, text }
}

/// "up 11%", "down 4.2%", and as a number where a percentage would say nothing; for sentences about averages. None where
/// both are the same.
pub fn relative_change(value: i64, previous: i64, texts: Texts<'_>) -> Option<String> {
    if value == previous {
        return None;
    }
    let word = if value > previous { "up" } else { "down" };
    let difference = value.abs_diff(previous);
    let number = || (texts.count)(i64::try_from(difference).unwrap_or(i64::MAX));
    Some(format!("{word} {}", percent(difference, previous).unwrap_or_else(number)))
}

/// No decimals from 10 % on, one below; none where the whole is below 10.
fn percent(difference: u64, whole: i64) -> Option<String> {
    let whole = u64::try_from(whole).ok().filter(|whole| *whole >= 10)?;
    let rounded = |scale: u64| difference.saturating_mul(scale).saturating_add(whole / 2) / whole;
    let (tenths, percents) = (rounded(1000), rounded(100));
    Some(match percents {
        1000.. => ">999%".to_owned(),
        10.. => format!("{percents}%"),
        _ if tenths >= 100 => "10%".to_owned(),
        _ => format!("{}.{}%", tenths / 10, tenths % 10),
    })
}

/// "today", "tomorrow", "in 4 days", "2 days overdue".
pub fn days_away(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "1 day overdue".to_owned(),
        2.. => format!("in {days} days"),
        _ => format!("{} days overdue", days.unsigned_abs()),
    }
}

/// "1 activation", "96 activations".
pub fn counted(count: i64, one: &str, many: &str, texts: Texts<'_>) -> String {
    format!("{} {}", (texts.count)(count), if count == 1 { one } else { many })
}

/// Two letters for a glyph or an avatar: of the first and last word, or of the only one. The style sheet makes them capital:
/// here that would bring along the capitals of all scripts.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter(|word| !word.starts_with(is_sign));
    let Some(first) = words.next() else { return String::new() };
    match words.next_back() {
        Some(last) => first.chars().take(1).chain(last.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    }
}

/// Whether a word that begins with it is none: "&", "–".
const fn is_sign(letter: char) -> bool {
    letter.is_ascii_punctuation() || matches!(letter, '\u{2010}'..='\u{2027}')
}

/// The interval as lists call it.
pub const fn interval_name(interval: BillingInterval) -> &'static str {
    match interval {
        BillingInterval::Monthly => "Monthly",
        BillingInterval::Quarterly => "Quarterly",
        BillingInterval::Semiannual => "Every 6 months",
        BillingInterval::Yearly => "Yearly",
    }
}

/// The interval as the cost card calls it: nobody shall read two years into the half-yearly one.
pub const fn interval_card_name(interval: BillingInterval) -> &'static str {
    match interval {
        BillingInterval::Semiannual => "Bi-annual (every 6 months)",
        other => interval_name(other),
    }
}

/// "a month", "every 6 months".
pub const fn interval_unit(interval: BillingInterval) -> &'static str {
    match interval {
        BillingInterval::Monthly => "a month",
        BillingInterval::Quarterly => "a quarter",
        BillingInterval::Semiannual => "every 6 months",
        BillingInterval::Yearly => "a year",
    }
}

/// The status as filters and chips call it.
pub const fn status_name(status: ActivationStatus) -> &'static str {
    match status {
        ActivationStatus::Pending => "Setting up",
        ActivationStatus::Active => "Active",
        ActivationStatus::Paused => "Paused",
        ActivationStatus::Expired => "Expired",
        ActivationStatus::Deactivated => "Deactivated",
        ActivationStatus::Failed => "Set-up failed",
    }
}

/// The range as its switch calls it.
pub const fn range_name(range: Range) -> &'static str {
    match range {
        Range::SevenDays => "7 days",
        Range::ThirtyDays => "30 days",
        Range::SixMonths => "6 months",
    }
}

/// Ways of writing for tests: plain digits, ISO dates.
#[cfg(test)]
pub const PLAIN: Texts<'static> = Texts {
    count: &|count| count.to_string(),
    date: &|date, form| format!("{date} {form:?}"),
    money: &|money| money.to_string(),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_words_sign_and_number() {
        for (value, previous, text) in [
            (1284, 1142, "up 142 (12%)"),
            (86, 77, "up 9 (12%)"),
            (99, 100, "down 1 (1.0%)"),
            (1000, 1042, "down 42 (4.0%)"),
            (0, 20, "down 20 (100%)"),
            (12, 9, "up 3"),
            (5, 0, "new"),
            (0, 0, "no change"),
            (7, 7, "no change"),
            (110, 11, "up 99 (900%)"),
            (1000, 10, "up 990 (>999%)"),
            (10995, 10000, "up 995 (10%)"),
        ] {
            assert_eq!(delta(value, previous, PLAIN).text, text, "{value} after {previous}");
        }
    }

    #[test]
    fn averages_are_compared_in_percent_or_where_that_says_nothing_in_number() {
        for (value, previous, text) in [
            (180, 162, Some("up 11%")),
            (162, 180, Some("down 10%")),
            (50, 50, None),
            (0, 0, None),
            (5, 3, Some("up 2")),
            (5, 0, Some("up 5")),
            (0, 9, Some("down 9")),
            (5_000, 10, Some("up >999%")),
        ] {
            assert_eq!(relative_change(value, previous, PLAIN).as_deref(), text, "{value} after {previous}");
        }
    }

    #[test]
    fn distances_are_told_in_days() {
        for (days, text) in
            [(0, "today"), (1, "tomorrow"), (4, "in 4 days"), (-1, "1 day overdue"), (-2, "2 days overdue")]
        {
            assert_eq!(days_away(days), text);
        }
    }

    #[test]
    fn names_are_shortened_to_two_letters() {
        for (name, letters) in [
            ("AI Writer", "AW"),
            ("AI Business Tool", "AT"),
            ("Mara Lindqvist", "ML"),
            ("Quill & Co", "QC"),
            ("Ana – – Ferreira", "AF"),
            ("wiki", "wi"),
            ("élan", "él"),
            ("9 Lives", "9L"),
            ("", ""),
            ("&", ""),
            ("– –", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn the_year_is_left_out_only_within_the_same_year() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(DateForm::near(on("2026-12-31"), on("2026-11-22")), DateForm::Short);
        assert_eq!(DateForm::near(on("2027-01-01"), on("2026-11-22")), DateForm::Medium);
    }
}
