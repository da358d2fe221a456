//! Amounts and curves of the demo.

use chrono::{Datelike, Days, NaiveDate};

use super::dice::Dice;

/// A sum as people transfer it: in steps of 50.
pub fn euros(minor: i64) -> i64 {
    const STEP: i64 = 5_000;
    (minor.max(0) + STEP).div_euclid(STEP) * STEP
}

/// Days for which there is usage, today included.
pub const DAYS: u64 = 185;
/// Distinct people on an average weekday of today's size.
const WEEKDAY: i64 = 214;
const WEEKEND: i64 = 104;
const PER_MILLE: i64 = 1_000;
/// Growth of a day in millionths: 12 % in five weeks.
const DAILY_GROWTH: i64 = 3_243;

/// How many people use something on each day, oldest first. The last is today, if it were over.
pub fn curve(today: NaiveDate, dice: &mut Dice) -> Vec<(NaiveDate, usize)> {
    let days: Vec<NaiveDate> = (0..DAYS).rev().filter_map(|back| today.checked_sub_days(Days::new(back))).collect();
    let (peak, drop, quiet_from) = (peak_day(today), drop_day(today), quiet_week(today));
    let mut curve: Vec<(NaiveDate, i64)> = Vec::with_capacity(days.len());
    for day in days {
        let is_weekend = day.weekday().num_days_from_monday() > 4;
        let full = if is_weekend { WEEKEND } else { WEEKDAY };
        let mut people = shrink(full, today.signed_duration_since(day).num_days());
        people = people * dice.between(970, 1_030) / PER_MILLE;
        let days_into_quiet = day.signed_duration_since(quiet_from).num_days();
        if (0..7).contains(&days_into_quiet) {
            people = people * 560 / PER_MILLE;
        }
        if day == peak {
            people = people * 1_110 / PER_MILLE;
        }
        if day == drop {
            people = usual(&curve, day) * 620 / PER_MILLE;
        }
        curve.push((day, people));
    }
    curve.into_iter().map(|(day, people)| (day, usize::try_from(people).unwrap_or(0))).collect()
}

/// The day on which most people come.
pub fn peak_day(today: NaiveDate) -> NaiveDate {
    weekday_near(today, 10)
}

/// The day on which few come.
pub fn drop_day(today: NaiveDate) -> NaiveDate {
    weekday_near(today, 6)
}

/// The Monday of a week in which little happens.
pub fn quiet_week(today: NaiveDate) -> NaiveDate {
    week_start_before(today, 112)
}

/// `full` as it was so many days ago.
fn shrink(full: i64, days_ago: i64) -> i64 {
    const MILLION: i64 = 1_000_000;
    let mut millionths = MILLION;
    for _ in 0..days_ago {
        millionths = millionths * MILLION / (MILLION + DAILY_GROWTH);
    }
    full * millionths / MILLION
}

/// The median of the same weekday in the four weeks before.
fn usual(curve: &[(NaiveDate, i64)], day: NaiveDate) -> i64 {
    let mut earlier: Vec<i64> = (1..=4)
        .filter_map(|weeks| day.checked_sub_days(Days::new(7 * weeks)))
        .filter_map(|earlier| curve.iter().find(|(known, _)| *known == earlier).map(|(_, people)| *people))
        .collect();
    earlier.sort_unstable();
    match earlier.as_slice() {
        [_, low, high, _] => i64::midpoint(*low, *high),
        other => other.first().copied().unwrap_or(0),
    }
}

/// The day so many days ago, or the nearest working day after it.
fn weekday_near(today: NaiveDate, days: u64) -> NaiveDate {
    let day = today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let after = 7 - u64::from(day.weekday().num_days_from_monday());
    let shift = if after <= 2 { after } else { 0 };
    day.checked_add_days(Days::new(shift)).unwrap_or(day)
}

fn week_start_before(today: NaiveDate, days: u64) -> NaiveDate {
    let day = today.checked_sub_days(Days::new(days)).unwrap_or(today);
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(curve: &[(NaiveDate, usize)], back: usize) -> usize {
        curve[curve.len() - 1 - back].1
    }

    #[test]
    fn the_curve_grows_and_has_its_peak_and_its_drop() {
        let today: NaiveDate = "2026-11-22".parse().unwrap();
        let curve = curve(today, &mut Dice::new(1));
        assert_eq!(curve.last().unwrap().0, today);
        let sum = |from: usize, to: usize| (from..to).map(|back| people(&curve, back)).sum::<usize>();
        let growth = sum(1, 29) * 100 / sum(36, 64);
        assert!((107..=115).contains(&growth), "{growth}");
        let highest = (1..30).max_by_key(|back| people(&curve, *back)).unwrap();
        assert_eq!(highest, 10);
        let same_weekday = [13, 20, 27, 34].map(|back| people(&curve, back));
        let usual = same_weekday.iter().sum::<usize>() / 4;
        let drop = people(&curve, 6) * 100 / usual;
        assert!((58..=66).contains(&drop), "{drop}");
    }
}
