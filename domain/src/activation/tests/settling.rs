//! What time does: due charges, grace, ends, held arrears.

use shared::vocab::{ActivationStatus, BillingState};

use super::{Account, Activation, Arrears, at, monthly, on, paid_until};
use crate::activation::{ServiceDates, SettleStep, TransitionError};

#[test]
fn settled_before_pausing_due_10_march_paused_at_09_00() {
    let mut account = Account::new(monthly("2026-02-10"), 1_000, 1_000);
    account.settle("2026-03-10 09:00", Arrears::Hold);
    let paused = account.activation.pause(at("2026-03-10 09:00"), None).unwrap();
    assert_eq!(account.charges, ["1: 2026-03-10…2026-04-10"]);
    assert_eq!((paused.status, paid_until(&paused)), (ActivationStatus::Paused, on("2026-04-10")));
}

fn in_grace_since_2026_03_15() -> Account {
    let mut account = Account::new(monthly("2026-02-15"), 0, 1_000);
    account.settle("2026-03-15", Arrears::Hold);
    assert_eq!(account.activation.grace_until_at, Some(at("2026-03-22")));
    account
}

#[test]
fn grace_credit_on_03_20_pays_03_15_to_04_15() {
    let mut account = in_grace_since_2026_03_15();
    account.credit("2026-03-20", 1_000);
    assert_eq!(account.charges, ["1: 2026-03-15…2026-04-15"]);
    assert_eq!(account.activation.billing_state(), Some(BillingState::Current));
}

#[test]
fn grace_credit_on_03_23_comes_too_late_and_renewing_starts_03_23() {
    let mut account = in_grace_since_2026_03_15();
    account.credit("2026-03-23", 1_000);
    assert_eq!((account.activation.status, account.balance_minor), (ActivationStatus::Expired, 1_000));
    let charged = account.activation.renew(at("2026-03-23")).unwrap();
    assert_eq!(super::stretch(&charged.charge), "2: 2026-03-23…2026-04-23");
}

#[test]
fn a_failure_in_grace_does_not_prolong_it() {
    let mut account = in_grace_since_2026_03_15();
    account.credit("2026-03-21 23:00", 999);
    assert_eq!(account.activation.grace_until_at, Some(at("2026-03-22")));
    assert_eq!(account.charges.len(), 0);
}

#[test]
fn outage_from_03_10_to_05_20() {
    let mut account = Account::new(monthly("2026-02-15"), 1_500, 1_000);
    account.settle("2026-05-20 09:00", Arrears::Hold);
    assert_eq!(account.charges, ["1: 2026-03-15…2026-04-15"]);
    assert_eq!(account.activation.grace_until_at, Some(at("2026-05-21 09:00")));
    account.credit("2026-05-20 18:00", 2_000);
    assert_eq!(account.charges[1..], ["1: 2026-04-15…2026-05-15", "1: 2026-05-15…2026-06-15"]);
    assert_eq!((account.balance_minor, paid_until(&account.activation)), (500, on("2026-06-15")));
}

#[test]
fn auto_renew_off_in_grace_stops_the_tries_and_ends_with_the_grace() {
    let account = in_grace_since_2026_03_15();
    let manual = account.activation.set_auto_renew(false, at("2026-03-16")).unwrap();
    assert_eq!((manual.billing_state(), manual.renews_at()), (Some(BillingState::Ending), None));
    assert_eq!(manual.leaves_service_at(), Some(at("2026-03-22")));
    let mut account = Account::new(manual, 5_000, 1_000);
    account.settle("2026-03-21", Arrears::Hold);
    assert_eq!((account.activation.status, account.balance_minor), (ActivationStatus::Active, 5_000));
    account.settle("2026-03-22", Arrears::Hold);
    assert_eq!((account.activation.status, account.balance_minor), (ActivationStatus::Expired, 5_000));
}

#[test]
fn a_scheduled_end_needs_no_money_and_acts_at_its_moment() {
    let ending = monthly("2026-02-15").deactivate_at_period_end(at("2026-02-20")).unwrap();
    assert_eq!((ending.billing_state(), ending.renews_at()), (Some(BillingState::Ending), None));
    assert_eq!(ending.leaves_service_at(), Some(at("2026-03-15")));
    assert!(matches!(ending.clone().deactivate_as_scheduled(at("2026-03-14")), Err(TransitionError::Invalid { .. })));
    let mut account = Account::new(ending, 5_000, 1_000);
    account.settle("2026-03-16 10:00", Arrears::Hold);
    assert_eq!((account.activation.status, account.balance_minor), (ActivationStatus::Deactivated, 5_000));
    assert_eq!(account.activation.ended_at, Some(at("2026-03-15")));
}

#[test]
fn a_scheduled_end_still_acts_while_paused() {
    let ending = monthly("2026-02-15").deactivate_at_period_end(at("2026-02-20")).unwrap();
    let mut account = Account::new(ending.pause(at("2026-02-21"), None).unwrap(), 0, 1_000);
    account.settle("2026-03-15", Arrears::Hold);
    assert_eq!(account.activation.status, ActivationStatus::Deactivated);
}

#[test]
fn keeping_undoes_a_scheduled_end() {
    let activation = monthly("2026-02-15");
    let ending = activation.clone().deactivate_at_period_end(at("2026-02-20")).unwrap();
    assert_eq!(ending.clone().keep(at("2026-03-14")), Ok(activation));
    assert!(ending.keep(at("2026-03-15")).is_err());
}

#[test]
fn no_period_that_begins_while_paused_is_charged() {
    let paused = monthly("2026-02-15").pause(at("2026-03-01"), None).unwrap();
    let mut account = Account::new(paused, 9_000, 1_000);
    account.settle("2026-05-01", Arrears::Hold);
    assert_eq!((account.activation.status, account.balance_minor), (ActivationStatus::Paused, 9_000));
}

#[test]
fn resuming_by_itself_waits_for_the_money() {
    let paused = monthly("2026-02-15").pause(at("2026-03-01"), Some(at("2026-03-20"))).unwrap();
    let mut account = Account::new(paused, 0, 1_000);
    account.settle("2026-03-20", Arrears::Hold);
    assert_eq!(account.activation.status, ActivationStatus::Paused);
    account.credit("2026-03-22", 1_000);
    assert_eq!(account.activation.status, ActivationStatus::Active);
    assert_eq!(account.charges, ["2: 2026-03-22…2026-04-22"]);
}

#[test]
fn three_periods_in_arrears_are_charged_and_four_are_held() {
    let mut account = Account::new(monthly("2026-02-15"), 9_000, 1_000);
    account.settle("2026-05-15", Arrears::Hold);
    assert_eq!(account.charges.len(), 3);
    let mut account = Account::new(monthly("2026-02-15"), 9_000, 1_000);
    account.settle("2026-06-15", Arrears::Hold);
    assert_eq!((account.charges.len(), account.activation.held_at), (0, Some(at("2026-06-15"))));
    assert_eq!(account.activation.status, ActivationStatus::Active);
    // The clock is right again, yet it stays held until it is released.
    account.settle("2026-03-16", Arrears::Hold);
    assert_eq!(account.charges.len(), 0);
    account.settle("2026-06-15", Arrears::Charge);
    assert_eq!((account.charges.len(), account.activation.held_at), (4, None));
    assert_eq!(paid_until(&account.activation), on("2026-07-15"));
}

#[test]
fn nothing_is_due_before_its_moment_or_on_what_ended() {
    let activation = monthly("2026-02-15");
    assert_eq!(activation.settle_step(at("2026-03-14 23:59"), Arrears::Hold), Ok(None));
    assert!(matches!(activation.clone().expire(at("2026-03-15")), Err(TransitionError::Invalid { .. })));
    let ended = activation.deactivate_now(at("2026-03-01")).unwrap();
    assert_eq!(ended.settle_step(at("2030-01-01"), Arrears::Hold), Ok(None));
}

#[test]
fn deactivating_what_expired_keeps_the_moment_it_left_service() {
    let mut account = in_grace_since_2026_03_15();
    account.settle("2026-04-01", Arrears::Hold);
    let gone: Activation = account.activation.deactivate_now(at("2026-04-02")).unwrap();
    assert_eq!((gone.status, gone.ended_at), (ActivationStatus::Deactivated, Some(at("2026-03-22"))));
}

#[test]
fn what_time_alone_switches_off_is_off_since_the_moment_a_run_will_tell() {
    let no_renewal = monthly("2026-02-15").set_auto_renew(false, at("2026-02-20")).unwrap();
    let ending = monthly("2026-02-15").deactivate_at_period_end(at("2026-02-20")).unwrap();
    let in_grace = in_grace_since_2026_03_15().activation;
    let ending_in_grace = in_grace.clone().set_auto_renew(false, at("2026-03-16")).unwrap();
    for (activation, off) in
        [(no_renewal, "2026-03-15"), (ending, "2026-03-15"), (in_grace, "2026-03-22"), (ending_in_grace, "2026-03-22")]
    {
        let Activation { auto_renew, paid_until_at, grace_until_at, ends_at, .. } = activation.clone();
        let dates = ServiceDates { auto_renew, paid_until_at, grace_until_at, ends_at };
        assert_eq!(dates.off_from(), Some(at(off)));
        for late in [off, "2026-09-01"] {
            let (SettleStep::Expire { at: told, .. } | SettleStep::Deactivate { at: told }) =
                activation.settle_step(at(late), Arrears::Hold).unwrap().unwrap()
            else {
                panic!("{activation:?} goes on");
            };
            assert_eq!(told, at(off));
        }
        let before = at(off) - chrono::TimeDelta::microseconds(1);
        let step = activation.settle_step(before, Arrears::Hold).unwrap();
        assert!(matches!(step, None | Some(SettleStep::Renew)), "{step:?}");
    }
    let renewing = monthly("2026-02-15");
    let Activation { auto_renew, paid_until_at, grace_until_at, ends_at, .. } = renewing;
    assert_eq!(ServiceDates { auto_renew, paid_until_at, grace_until_at, ends_at }.off_from(), None);
}
