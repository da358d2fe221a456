//! Changing the interval: with the next charge, or at once (docs/domain.md §§2 and 5).

use shared::vocab::BillingInterval::{Monthly, Quarterly, Yearly};

use super::{Account, Arrears, activated, at, monthly, on, paid_until, stretch};
use crate::activation::{Resumed, TransitionError};

#[test]
fn monthly_of_anchor_day_31_to_quarterly_keeps_the_anchor_day() {
    let mut activation = monthly("2024-01-31").change_interval_at_renewal(Quarterly, at("2024-02-10")).unwrap();
    for expected in ["2024-05-31", "2024-08-31", "2024-11-30", "2025-02-28"] {
        let due_at = activation.renews_at().unwrap();
        activation = activation.renew_due(due_at).unwrap().activation;
        assert_eq!(paid_until(&activation), on(expected));
    }
    assert_eq!((activation.term_no, activation.term.anchor_day, activation.pending_interval), (2, 31, None));
}

#[test]
fn the_change_comes_with_a_renewal_by_hand_as_well() {
    let changing = monthly("2026-03-15").change_interval_at_renewal(Yearly, at("2026-03-20")).unwrap();
    let renewed = changing.renew(at("2026-03-21")).unwrap();
    assert!(renewed.charge.applies_change && renewed.charge.opens_term);
    assert_eq!(stretch(&renewed.charge), "2: 2026-04-15…2027-04-15");
    // The running month is still the old term's; nothing more can be paid ahead of it.
    let ahead = renewed.activation.clone().renew(at("2026-03-22"));
    assert!(matches!(ahead, Err(TransitionError::AlreadyRenewedAhead { .. })));
    assert!(renewed.activation.renew(at("2026-04-20")).is_ok());
}

#[test]
fn the_change_comes_with_a_resumption_that_is_charged() {
    let changing = monthly("2026-03-15").change_interval_at_renewal(Quarterly, at("2026-03-20")).unwrap();
    let paused = changing.pause(at("2026-03-21"), None).unwrap();
    let Ok(Resumed::Charged(resumed)) = paused.resume(at("2026-05-02")) else { panic!("was free") };
    assert!(resumed.charge.applies_change);
    assert_eq!(stretch(&resumed.charge), "2: 2026-05-02…2026-08-02");
}

#[test]
fn the_change_comes_with_a_renewal_after_an_expiry() {
    let mut account =
        Account::new(monthly("2026-01-15").change_interval_at_renewal(Yearly, at("2026-01-20")).unwrap(), 0, 1);
    account.settle("2026-02-15", Arrears::Hold);
    account.settle("2026-03-01", Arrears::Hold);
    let renewed = account.activation.renew(at("2026-03-02")).unwrap();
    assert_eq!(stretch(&renewed.charge), "2: 2026-03-02…2027-03-02");
}

#[test]
fn a_change_after_an_expiry_for_non_payment_does_not_give_the_grace_back() {
    let mut account = Account::new(monthly("2026-01-15"), 0, 1);
    account.settle("2026-02-15", Arrears::Hold);
    account.settle("2026-03-01", Arrears::Hold);
    let renewed = account.activation.renew(at("2026-03-02")).unwrap().activation;
    assert!(renewed.skips_grace);
    let changed = renewed.change_interval_at_renewal(Quarterly, at("2026-03-03")).unwrap();
    assert!(!changed.renew_due(at("2026-04-02")).unwrap().activation.skips_grace);
}

#[test]
fn a_new_choice_replaces_the_one_before_and_the_present_interval_undoes_it() {
    let now = at("2026-03-20");
    let changing = monthly("2026-03-15").change_interval_at_renewal(Quarterly, now).unwrap();
    let replaced = changing.change_interval_at_renewal(Yearly, now).unwrap();
    assert_eq!(replaced.pending_interval, Some(Yearly));
    assert_eq!(replaced.change_interval_at_renewal(Monthly, now).unwrap(), monthly("2026-03-15"));
}

#[test]
fn an_end_and_a_change_exclude_each_other() {
    let now = at("2026-03-20");
    let changing = monthly("2026-03-15").change_interval_at_renewal(Quarterly, now).unwrap();
    let ending = changing.clone().deactivate_at_period_end(now).unwrap();
    assert_eq!(ending.pending_interval, None);
    assert!(ending.clone().change_interval_at_renewal(Yearly, now).is_err());
    assert!(ending.change_interval_now(Yearly, now).is_err());
    assert_eq!(changing.deactivate_now(now).unwrap().pending_interval, None);
}

#[test]
fn a_change_at_once_opens_a_term_with_the_day_of_that_date() {
    let changed = monthly("2026-03-01").change_interval_now(Yearly, at("2026-03-10 11:00")).unwrap();
    assert_eq!(stretch(&changed.charge), "2: 2026-03-10…2027-03-10");
    assert_eq!((changed.activation.term.anchor_day, changed.charge.applies_change), (10, false));
}

#[test]
fn only_what_is_on_and_paid_changes_at_once() {
    let now = at("2026-03-20");
    let paused = monthly("2026-03-15").pause(now, None).unwrap();
    assert_eq!(paused.clone().change_interval_now(Yearly, now), Err(TransitionError::ChangeAtRenewalOnly));
    assert!(paused.change_interval_at_renewal(Yearly, now).is_ok());
    let mut account = Account::new(monthly("2026-01-15"), 0, 1);
    account.settle("2026-02-15", Arrears::Hold);
    let in_grace = account.activation.change_interval_now(Yearly, at("2026-02-16"));
    assert_eq!(in_grace, Err(TransitionError::ChangeAtRenewalOnly));
}

#[test]
fn three_periods_in_arrears_are_counted_in_the_chosen_interval() {
    let changing = activated("2026-01-15", Monthly).change_interval_at_renewal(Yearly, at("2026-01-20")).unwrap();
    assert!(monthly("2026-01-15").is_far_in_arrears(at("2026-07-01")).unwrap());
    assert!(!changing.is_far_in_arrears(at("2026-07-01")).unwrap());
}
