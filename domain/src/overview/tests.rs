//! The rules for showing a change.

use super::{Delta, Ratio, whole_percent};

#[test]
fn changes_of_the_figures() {
    let change = |difference, per_mille| Delta::Change { difference, ratio: Ratio::PerMille(per_mille) };
    let cases = [
        ("both zero", 0, 0, Delta::NoChange),
        ("equal", 40, 40, Delta::NoChange),
        ("nothing before", 7, 0, Delta::New { difference: 7 }),
        ("below ten before", 90, 9, Delta::Difference { difference: 81 }),
        ("below ten before, fewer", 0, 9, Delta::Difference { difference: -9 }),
        ("ten before", 11, 10, change(1, 100)),
        ("up 142 (12%)", 1_325, 1_183, change(142, 120)),
        ("half a per mille is rounded away from zero", 2_001, 2_000, change(1, 1)),
        ("and downwards", 1_999, 2_000, change(-1, -1)),
        ("all gone", 0, 50, change(-50, -1_000)),
        ("999 %", 10_990, 1_000, change(9_990, 9_990)),
        ("above 999 %", 10_991, 1_000, Delta::Change { difference: 9_991, ratio: Ratio::Above999Percent }),
        ("far above", u64::MAX, 10, Delta::Change { difference: i64::MAX, ratio: Ratio::Above999Percent }),
    ];
    for (name, current, previous, expected) in cases {
        let found = Delta::between(current, previous);
        assert_eq!(found, expected, "{name}");
        if current < u64::MAX {
            assert_eq!(i128::from(found.difference()), i128::from(current) - i128::from(previous), "{name}");
        }
    }
}

#[test]
fn whole_percents_are_rounded_away_from_zero() {
    for (per_mille, percent) in [(0, 0), (114, 11), (115, 12), (-115, -12), (-114, -11), (9_990, 999)] {
        assert_eq!(whole_percent(per_mille), percent);
    }
}
