//! Vectors of docs/domain.md §10.

use chrono::NaiveDate;
use shared::vocab::{BillingInterval, DecisionReason as Why, Suggestion};

use super::*;
use crate::active_users::LocalDay;
use crate::billing_calendar::Term;
use crate::ledger::PaidPeriod;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn paid(start: &str, n: u32, interval: BillingInterval, charge_minor: i64) -> PaidPeriod {
    let term = Term::starting(date(start), interval, chrono_tz::Europe::Berlin);
    PaidPeriod { period: term.period(n).unwrap(), charge_minor }
}

#[test]
fn what_is_paid_and_unused_is_rounded_down_and_the_renewal_comes_on_top() {
    // 30 days of April, today the 11th: 19 of 30 days are left of 29.00.
    let period = paid("2026-04-01", 0, BillingInterval::Monthly, 2_900);
    let stake = AtStake::of(&[period], 3_100, date("2026-04-11")).unwrap();
    assert_eq!(stake, AtStake { paid_unused_minor: 1_836, renewal_minor: 3_100 });
    assert_eq!(stake.total_minor(), Ok(4_936));
    // The last day is used up; a period paid ahead counts in full; nothing is paid in grace.
    let ahead = paid("2026-04-01", 1, BillingInterval::Monthly, 2_900);
    assert_eq!(AtStake::of(&[period, ahead], 0, date("2026-04-30")).unwrap().paid_unused_minor, 2_900);
    assert_eq!(AtStake::of(&[], 2_900, date("2026-05-02")).unwrap().total_minor(), Ok(2_900));
    assert_eq!(stake.and(stake).unwrap().total_minor(), Ok(9_872));
    let most = AtStake { paid_unused_minor: i64::MAX, renewal_minor: 1 };
    assert!(most.total_minor().is_err() && most.and(most).is_err());
}

#[test]
fn a_user_costs_the_exact_share_rounded_once() {
    let cost = MonthlyCost::of(1_000, BillingInterval::Monthly)
        .and(MonthlyCost::of(2_800, BillingInterval::Quarterly))
        .and(MonthlyCost::of(5_400, BillingInterval::Yearly));
    // 10.00 + 9.3333 + 4.50 = 23.8333; by seven 3.40476, by nobody nothing that could be told.
    assert_eq!(cost.minor(), Ok(2_383));
    let by = |users| CostPerUser { cost, users }.minor();
    assert_eq!((by(7), by(1), by(0)), (Ok(Some(340)), Ok(Some(2_383)), Ok(None)));
    // Rounded once: 0.08333 a month each for 2 is 0.041666, not half of the rounded 0.08; exactly half goes up.
    let yearly = |minor, users| CostPerUser { cost: MonthlyCost::of(minor, BillingInterval::Yearly), users }.minor();
    assert_eq!(
        (yearly(100, 2), yearly(30, 1), yearly(29, 1), yearly(12, 2)),
        (Ok(Some(4)), Ok(Some(3)), Ok(Some(2)), Ok(Some(1)))
    );
    assert_eq!(CostPerUser { cost: MonthlyCost::default(), users: 3 }.minor(), Ok(Some(0)));
}

#[test]
fn twice_as_expensive_is_compared_exactly() {
    let of = |minor, users| CostPerUser { cost: MonthlyCost::of(minor, BillingInterval::Monthly), users };
    // 10.00 by 3 is twice 10.00 by 6; one cent less is not.
    assert!(of(1_000, 3).is_at_least(2, of(1_000, 6)));
    assert!(!of(999, 3).is_at_least(2, of(1_000, 6)));
    assert!(!of(1_000, 0).is_at_least(2, of(1_000, 6)) && !of(1_000, 3).is_at_least(2, of(1_000, 0)));
}

#[test]
fn days_around_an_activation_are_four_weeks_either_side() {
    let activated = LocalDay::from_date(date("2026-10-25"));
    let at = |today: &str| ImpactWindow::new(activated, LocalDay::from_date(date(today)));
    let days = |(from, to): (LocalDay, LocalDay)| format!("{from} {to}");
    assert_eq!(days(at("2026-11-22").before()), "2026-09-27 2026-10-24");
    assert_eq!(days(at("2026-11-22").after()), "2026-10-25 2026-11-21");
    assert!(at("2026-11-22").is_complete() && !at("2026-11-21").is_complete());
    assert_eq!((at("2026-10-25").days_over(), at("2026-11-21").days_over(), at("2027-11-21").days_over()), (0, 27, 28));
    let early = at("2026-10-31");
    assert_eq!((early.day(7).to_string().as_str(), early.is_over(7), early.is_over(6)), ("2026-10-31", false, true));
}

fn facts(days_on: i64, days_since_use: Option<i64>, users: u64, users_before: u64) -> Facts {
    let cost = CostPerUser { cost: MonthlyCost::of(1_000, BillingInterval::Monthly), users };
    let product_cost = CostPerUser { cost: MonthlyCost::of(10_000, BillingInterval::Monthly), users: 100 };
    Facts { days_on, days_since_use, users, users_before, cost, product_cost }
}

#[test]
fn the_first_rule_that_holds_decides() {
    use Suggestion::{Drop, Pause, Renew};
    let of = |facts: Facts| {
        let decision = decide(&facts);
        (decision.suggestion, decision.reasons)
    };
    assert_eq!(of(facts(29, None, 0, 0)), (Renew, vec![Why::TooNew]));
    assert_eq!(of(facts(30, None, 0, 0)), (Drop, vec![Why::NeverUsed]));
    assert_eq!(of(facts(400, Some(60), 0, 0)), (Drop, vec![Why::Unused60Days]));
    assert_eq!(of(facts(400, Some(59), 0, 3)), (Pause, vec![Why::Unused30Days]));
    // Switched on again lately: the pause explains that nobody used it.
    assert_eq!(of(facts(3, Some(90), 0, 0)), (Renew, vec![Why::TooNew]));
    assert_eq!(of(facts(400, Some(0), 5, 10)), (Pause, vec![Why::FallingUse, Why::ExpensiveUse]));
    assert_eq!(of(facts(400, Some(0), 6, 12)), (Renew, vec![Why::InUse, Why::FallingUse]));
    assert_eq!(of(facts(400, Some(0), 2, 4)), (Renew, vec![Why::InUse, Why::ExpensiveUse]));
    assert_eq!(of(facts(400, Some(0), 20, 19)), (Renew, vec![Why::InUse, Why::GrowingUse]));
    assert_eq!(of(facts(400, Some(0), 20, 20)), (Renew, vec![Why::InUse]));
    assert_eq!(of(facts(5, Some(0), 20, 0)), (Renew, vec![Why::InUse, Why::GrowingUse]));
}

#[test]
fn every_decision_has_a_reason_and_nothing_in_use_is_dropped() {
    for days_on in [0, 29, 30, 100] {
        for days_since_use in [None, Some(0), Some(30), Some(60)] {
            for users in 0..12 {
                for users_before in 0..12 {
                    let decision = decide(&facts(days_on, days_since_use, users, users_before));
                    assert!(!decision.reasons.is_empty());
                    assert!(decision.suggestion != Suggestion::Drop || users == 0);
                }
            }
        }
    }
}
