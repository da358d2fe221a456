//! Posting shapes of docs/domain.md §4; refund and interval-change vectors of §5.

use chrono::NaiveDate;
use chrono_tz::Tz;
use proptest::prelude::*;
use shared::vocab::BillingInterval::{self, Monthly, Yearly};
use shared::vocab::{LedgerAccountKind, LedgerEntryKind};

use super::{
    ChangeAtRenewalOnly, PaidPeriod, Posting, PostingError, RefundRule, ThresholdError, Thresholds, interval_change,
    interval_change_credit, refund,
};
use crate::billing_calendar::{Period, Term};

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn period(start_on: &str, interval: BillingInterval) -> Period {
    Term::starting(on(start_on), interval, Tz::Europe__Berlin).period(0).unwrap()
}

fn all_of(amount_minor: i64) -> [Posting; 6] {
    [
        Posting::top_up(amount_minor).unwrap(),
        Posting::activation_charge(amount_minor).unwrap(),
        Posting::renewal_charge(amount_minor).unwrap(),
        Posting::refund(amount_minor).unwrap(),
        Posting::adjustment(amount_minor).unwrap(),
        Posting::adjustment(-amount_minor).unwrap(),
    ]
}

#[test]
fn each_kind_moves_between_its_two_accounts() {
    use LedgerAccountKind::{Adjustments, Revenue, TopUpClearing, Wallet};
    let shapes = all_of(100).map(|posting| (posting.kind(), posting.debit(), posting.credit()));
    let expected = [
        (LedgerEntryKind::TopUp, TopUpClearing, Wallet),
        (LedgerEntryKind::ActivationCharge, Wallet, Revenue),
        (LedgerEntryKind::RenewalCharge, Wallet, Revenue),
        (LedgerEntryKind::Refund, Revenue, Wallet),
        (LedgerEntryKind::Adjustment, Adjustments, Wallet),
        (LedgerEntryKind::Adjustment, Wallet, Adjustments),
    ];
    assert_eq!(shapes, expected);
    assert_eq!(all_of(100).map(|posting| posting.wallet_effect_minor()), [100, -100, -100, 100, 100, -100]);
}

#[test]
fn amounts_that_are_not_positive_are_refused() {
    for amount_minor in [0, -1, i64::MIN] {
        let refused = Err(PostingError::NotPositive { amount_minor });
        assert_eq!(Posting::top_up(amount_minor), refused);
        assert_eq!(Posting::activation_charge(amount_minor), refused);
        assert_eq!(Posting::renewal_charge(amount_minor), refused);
        assert_eq!(Posting::refund(amount_minor), refused);
    }
    assert_eq!(Posting::adjustment(0), Err(PostingError::NotPositive { amount_minor: 0 }));
    assert_eq!(Posting::adjustment(i64::MIN), Err(PostingError::OutOfRange));
}

#[test]
fn the_wallet_never_falls_below_zero() {
    let charge = Posting::renewal_charge(2_900).unwrap();
    assert_eq!(charge.balance_after_minor(2_900), Ok(0));
    let refused =
        PostingError::InsufficientBalance { required_minor: 2_900, available_minor: 2_899, shortfall_minor: 1 };
    assert_eq!(charge.balance_after_minor(2_899), Err(refused));
    assert!(Posting::adjustment(-1).unwrap().balance_after_minor(0).is_err());
    assert_eq!(Posting::top_up(1).unwrap().balance_after_minor(i64::MAX), Err(PostingError::OutOfRange));
}

fn refunded(charge_minor: i64, start_on: &str, interval: BillingInterval, charged_on: &str, today: &str) -> i64 {
    refund(charge_minor, &period(start_on, interval), on(charged_on), on(today)).amount_minor
}

#[test]
fn refund_30_00_for_april_charged_on_its_first_day() {
    for (today, expected) in [("2026-04-01", 2_900), ("2026-04-07", 2_300), ("2026-04-08", 0)] {
        assert_eq!(refunded(3_000, "2026-04-01", Monthly, "2026-04-01", today), expected, "{today}");
    }
}

#[test]
fn refund_of_a_period_renewed_early() {
    for (today, expected) in [("2026-03-25", 3_000), ("2026-04-03", 2_700), ("2026-04-08", 0)] {
        assert_eq!(refunded(3_000, "2026-04-01", Monthly, "2026-03-20", today), expected, "{today}");
    }
}

#[test]
fn refund_of_a_period_charged_late() {
    for (today, expected) in [("2026-04-22", 800), ("2026-04-26", 400), ("2026-04-27", 0)] {
        assert_eq!(refunded(3_000, "2026-04-01", Monthly, "2026-04-20", today), expected, "{today}");
    }
}

#[test]
fn refund_on_day_7_of_a_leap_year_in_three_currencies() {
    for (currency, charge_minor, expected) in [("USD", 5_400, 5_296), ("JPY", 5_400, 5_296), ("KWD", 54_000, 52_967)] {
        assert_eq!(refunded(charge_minor, "2024-01-01", Yearly, "2024-01-01", "2024-01-07"), expected, "{currency}");
    }
}

#[test]
fn refund_tells_its_days_and_its_rule() {
    let april = period("2026-04-01", Monthly);
    let found = refund(3_000, &april, on("2026-04-01"), on("2026-04-07"));
    assert_eq!((found.used_days, found.unused_days, found.total_days), (7, 23, 30));
    assert_eq!(found.rule, RefundRule::WithinRefundableDays);
    assert_eq!(refund(3_000, &april, on("2026-03-20"), on("2026-03-25")).rule, RefundRule::NotBegun);
    assert_eq!(refund(3_000, &april, on("2026-04-01"), on("2026-04-08")).rule, RefundRule::PastRefundableDays);
}

#[test]
fn refund_after_the_period_is_nothing() {
    assert_eq!(refunded(3_000, "2026-04-01", Monthly, "2026-05-01", "2026-05-02"), 0);
}

fn paid(start_on: &str, interval: BillingInterval, charge_minor: i64) -> PaidPeriod {
    PaidPeriod { period: period(start_on, interval), charge_minor }
}

#[test]
fn yearly_540_00_to_monthly_on_day_200_is_refused() {
    let credit_minor = interval_change_credit(&[paid("2026-01-01", Yearly, 54_000)], on("2026-07-19")).unwrap();
    assert_eq!(credit_minor, 24_410);
    let refused = ChangeAtRenewalOnly { credit_minor: 24_410, charge_minor: 5_400 };
    assert_eq!(interval_change(credit_minor, 5_400), Err(refused));
}

#[test]
fn monthly_29_00_to_yearly_290_00_costs_270_36_and_refunds_268_13() {
    let credit_minor = interval_change_credit(&[paid("2026-03-01", Monthly, 2_900)], on("2026-03-10")).unwrap();
    assert_eq!(credit_minor, 1_964);
    let change = interval_change(credit_minor, 29_000).unwrap();
    assert_eq!(change.net_minor, 27_036);
    assert_eq!(refunded(change.net_minor, "2026-03-10", Yearly, "2026-03-10", "2026-03-12"), 26_813);
}

#[test]
fn credit_counts_unbegun_periods_in_full_and_past_ones_not() {
    let periods =
        [paid("2026-02-01", Monthly, 2_900), paid("2026-03-01", Monthly, 2_900), paid("2026-04-01", Monthly, 3_100)];
    assert_eq!(interval_change_credit(&periods, on("2026-03-10")), Ok(1_964 + 3_100));
}

#[test]
fn a_change_of_the_same_amount_is_allowed() {
    assert_eq!(interval_change(500, 500).map(|change| change.net_minor), Ok(0));
}

#[test]
fn only_falling_below_a_threshold_crosses_it_and_the_lowest_counts() {
    let thresholds = Thresholds::new(vec![2_000, 10_000, 5_000]).unwrap();
    assert_eq!(thresholds.amounts(), [10_000, 5_000, 2_000]);
    for (before, after, crossed) in [
        (12_000, 10_000, None),
        (10_000, 9_999, Some(10_000)),
        (9_999, 5_000, None),
        (12_000, 0, Some(2_000)),
        (5_000, 4_000, Some(5_000)),
        (1_000, 0, None),
        (1_000, 12_000, None),
    ] {
        assert_eq!(thresholds.crossed(before, after), crossed, "{before} to {after}");
    }
    assert_eq!(Thresholds::default().crossed(1, 0), None);
}

#[test]
fn thresholds_that_make_no_sense_are_refused() {
    let refused = |amounts: &[i64]| Thresholds::new(amounts.to_vec()).unwrap_err();
    assert_eq!(refused(&[1, 2, 3, 4, 5, 6]), ThresholdError::TooMany);
    assert_eq!(refused(&[1, 0]), ThresholdError::NotPositive(1));
    assert_eq!(refused(&[1, i64::MAX]), ThresholdError::OutOfRange(1));
    assert_eq!(refused(&[3, 1, 3]), ThresholdError::Repeated(2));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn postings_sum_to_zero_over_all_accounts(amount_minor in 1_i64..=1_000_000_000_000) {
        for posting in all_of(amount_minor) {
            let effects: i64 = LedgerAccountKind::ALL.iter().map(|account| posting.effect_minor(*account)).sum();
            prop_assert_eq!(effects, 0);
            prop_assert_eq!(posting.wallet_effect_minor().abs(), amount_minor);
            prop_assert_ne!(posting.debit(), posting.credit());
        }
    }

    #[test]
    fn refunds_stay_within_the_charge_and_never_grow(
        charge_minor in 0_i64..=1_000_000_000_000, days in 0_i64..40, charged in -40_i64..40
    ) {
        let april = period("2026-04-01", Monthly);
        let charged_on = april.start_on + chrono::TimeDelta::days(charged);
        let today = charged_on + chrono::TimeDelta::days(days);
        let found = refund(charge_minor, &april, charged_on, today);
        let tomorrow = refund(charge_minor, &april, charged_on, today.succ_opt().unwrap());
        prop_assert!((0..=charge_minor).contains(&found.amount_minor));
        prop_assert!(tomorrow.amount_minor <= found.amount_minor);
        prop_assert_eq!(found.used_days + found.unused_days, found.total_days);
    }
}
