//! The monthly equivalents of docs/domain.md §3 and the cards of §7.

use chrono::NaiveDate;
use proptest::prelude::*;
use shared::vocab::BillingInterval::{self, Monthly, Quarterly, Semiannual, Yearly};

use super::{IntervalTotals, NextCharge, OutOfRange, Split, monthly_equivalent_minor, recurring_costs};

fn row(interval: BillingInterval, renewing_count: u64, total_minor: i64) -> IntervalTotals {
    IntervalTotals { renewing_count, total_minor, ..IntervalTotals::none(interval) }
}

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn three_monthly_two_quarterly_seven_yearly_are_80_17() {
    let rows = [row(Monthly, 3, 3_000), row(Quarterly, 2, 5_600), row(Yearly, 7, 37_800)];
    let costs = recurring_costs(&rows).unwrap();
    assert_eq!(costs.monthly_equivalent_minor, 8_017);
    assert_eq!(costs.cards.map(|card| card.monthly_equivalent_minor), [3_000, 1_867, 0, 3_150]);
    assert_eq!(costs.cards.map(|card| card.totals.renewing_count), [3, 2, 0, 7]);
    // 48.6667 of 80.1667.
    assert_eq!(costs.split, Some(Split { short_per_mille: 607, long_per_mille: 393 }));
}

#[test]
fn cards_of_7_cents_each_have_a_footer_of_20() {
    let rows = [row(Quarterly, 1, 20), row(Semiannual, 1, 40), row(Yearly, 1, 80)];
    let costs = recurring_costs(&rows).unwrap();
    assert_eq!(costs.cards.map(|card| card.monthly_equivalent_minor), [0, 7, 7, 7]);
    assert_eq!(costs.monthly_equivalent_minor, 20);
}

#[test]
fn half_a_cent_is_rounded_up() {
    assert_eq!(monthly_equivalent_minor(6, Yearly), Ok(1));
    assert_eq!(monthly_equivalent_minor(5, Yearly), Ok(0));
    assert_eq!(monthly_equivalent_minor(29_000, Yearly), Ok(2_417));
    assert_eq!(monthly_equivalent_minor(i64::MAX, Monthly), Ok(i64::MAX));
}

#[test]
fn nothing_renewing_has_four_cards_and_no_split() {
    let costs = recurring_costs(&[]).unwrap();
    assert_eq!(costs.cards.map(|card| card.totals.interval), [Monthly, Quarterly, Semiannual, Yearly]);
    assert_eq!((costs.monthly_equivalent_minor, costs.split), (0, None));
}

#[test]
fn rows_of_one_interval_are_added_and_the_earliest_charge_wins() {
    let charge = |text, amount_minor| Some(NextCharge { renews_on: on(text), amount_minor });
    let rows = [
        IntervalTotals { next_charge: charge("2026-04-02", 900), due_30_minor: 900, ..row(Monthly, 1, 900) },
        IntervalTotals { next_charge: charge("2026-04-01", 500), due_7_minor: 500, ..row(Monthly, 1, 500) },
        IntervalTotals { next_charge: charge("2026-04-01", 250), paused_count: 2, ..row(Monthly, 1, 250) },
    ];
    let costs = recurring_costs(&rows).unwrap();
    let totals = costs.cards[0].totals;
    assert_eq!((totals.renewing_count, totals.total_minor, totals.paused_count), (3, 1_650, 2));
    assert_eq!(totals.next_charge, charge("2026-04-01", 750));
    assert_eq!((costs.due_7_minor, costs.due_30_minor), (500, 900));
}

#[test]
fn totals_beyond_the_range_are_refused() {
    assert_eq!(recurring_costs(&[row(Monthly, 1, i64::MAX), row(Monthly, 1, 1)]), Err(OutOfRange));
    assert_eq!(recurring_costs(&[row(Monthly, 1, i64::MAX), row(Quarterly, 1, 3)]), Err(OutOfRange));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_footer_is_within_two_units_of_the_cards_and_the_split_is_whole(
        totals in prop::array::uniform4(0_i64..=1_000_000_000_000)
    ) {
        let rows: Vec<_> = BillingInterval::ALL.iter().zip(totals).map(|(interval, total)| row(*interval, 1, total)).collect();
        let costs = recurring_costs(&rows).unwrap();
        let cards: i64 = costs.cards.iter().map(|card| card.monthly_equivalent_minor).sum();
        prop_assert!((cards - costs.monthly_equivalent_minor).abs() <= 2);
        for (card, total) in costs.cards.iter().zip(totals) {
            // Half-up: the remainder of the division is in (-months/2, months/2].
            let months = i64::from(card.totals.interval.months());
            let difference = 2 * (card.monthly_equivalent_minor * months - total);
            prop_assert!(-months < difference && difference <= months);
        }
        if let Some(split) = costs.split {
            prop_assert_eq!(split.short_per_mille + split.long_per_mille, 1_000);
        }
    }
}
