//! Activating, renewing by hand, pausing and resuming.

use shared::vocab::BillingInterval::{Monthly, Yearly};
use shared::vocab::{ActivationStatus, BillingState, LedgerEntryKind};

use super::{Account, Arrears, activated, at, monthly, paid_until, stretch};
use crate::activation::{Activation, Charged, FailedRenewal, Provisioning, Resumed, TransitionError};

fn renewed(activation: Activation, now: &str) -> (Activation, String) {
    let Charged { activation, charge } = activation.renew(at(now)).unwrap();
    assert_eq!(charge.kind, LedgerEntryKind::RenewalCharge);
    (activation, stretch(&charge))
}

#[test]
fn activating_charges_the_first_period_from_the_local_day() {
    let now = at("2026-01-31 00:30");
    let Charged { activation, charge } =
        Activation::activate(now, super::ZONE, Monthly, true, Provisioning::AtOnce).unwrap();
    assert_eq!((charge.kind, charge.opens_term, charge.period.n), (LedgerEntryKind::ActivationCharge, true, 0));
    assert_eq!(stretch(&charge), "1: 2026-01-31…2026-02-28");
    assert_eq!(activation.status, ActivationStatus::Active);
    assert_eq!(activation.billing_state(), Some(BillingState::Current));
    assert_eq!(activation.renews_at(), Some(at("2026-02-28")));
    assert_eq!(activation.next_charge().map(|charge| stretch(&charge)), Ok("1: 2026-02-28…2026-03-31".to_owned()));
}

#[test]
fn what_is_set_up_by_hand_is_pending_then_active_or_failed_and_tried_again() {
    let now = at("2026-01-31 09:00");
    let pending = Activation::activate(now, super::ZONE, Monthly, true, Provisioning::ByHand).unwrap().activation;
    assert_eq!((pending.status, pending.renews_at()), (ActivationStatus::Pending, None));
    assert_eq!(pending.clone().provisioned(now).unwrap().status, ActivationStatus::Active);
    let failed = pending.provisioning_failed(now).unwrap();
    assert_eq!((failed.status, failed.paid_until_at, failed.ended_at), (ActivationStatus::Failed, None, Some(now)));
    let Charged { activation, charge } = failed.retry_provisioning(at("2026-02-03")).unwrap();
    assert_eq!((activation.status, activation.ended_at), (ActivationStatus::Pending, None));
    assert_eq!(charge.kind, LedgerEntryKind::ActivationCharge);
    assert_eq!(stretch(&charge), "2: 2026-02-03…2026-03-03");
}

#[test]
fn one_period_may_be_paid_ahead_and_no_more() {
    let (once, charged) = renewed(monthly("2026-01-31"), "2026-02-10");
    assert_eq!(charged, "1: 2026-02-28…2026-03-31");
    let refused = once.clone().renew(at("2026-02-27 23:59")).unwrap_err();
    assert_eq!(refused, TransitionError::AlreadyRenewedAhead { paid_until_at: at("2026-03-31") });
    let (_, charged) = renewed(once, "2026-02-28");
    assert_eq!(charged, "1: 2026-03-31…2026-04-30");
}

#[test]
fn a_term_that_has_not_begun_counts_as_paid_ahead() {
    let activation = monthly("2026-01-31");
    let refused = activation.renew(at("2026-01-30 23:59"));
    assert!(matches!(refused, Err(TransitionError::AlreadyRenewedAhead { .. })));
}

#[test]
fn renewing_leaves_auto_renew_as_it_is() {
    let manual = monthly("2026-01-15").set_auto_renew(false, at("2026-01-20")).unwrap();
    assert_eq!((manual.billing_state(), manual.renews_at()), (Some(BillingState::Ending), None));
    assert_eq!(manual.leaves_service_at(), Some(at("2026-02-15")));
    let (manual, _) = renewed(manual, "2026-01-21");
    assert_eq!((manual.auto_renew, manual.leaves_service_at()), (false, Some(at("2026-03-15"))));
}

#[test]
fn renewing_in_grace_pays_the_unpaid_period_at_its_original_date() {
    let mut account = Account::new(monthly("2026-02-15"), 0, 1_000);
    account.settle("2026-03-15 00:05", Arrears::Hold);
    assert_eq!(account.activation.billing_state(), Some(BillingState::Grace));
    let (activation, charged) = renewed(account.activation, "2026-03-20");
    assert_eq!(charged, "1: 2026-03-15…2026-04-15");
    assert_eq!(activation.billing_state(), Some(BillingState::Current));
}

#[test]
fn renewing_what_expired_opens_a_term_today() {
    let mut account = Account::new(monthly("2026-02-15"), 0, 1_000);
    account.settle("2026-03-15", Arrears::Hold);
    account.settle("2026-03-23 12:00", Arrears::Hold);
    let expired = account.activation;
    assert_eq!((expired.status, expired.ended_at), (ActivationStatus::Expired, Some(at("2026-03-22"))));
    let (activation, charged) = renewed(expired, "2026-03-23 12:00");
    assert_eq!(charged, "2: 2026-03-23…2026-04-23");
    assert_eq!((activation.status, activation.ended_at), (ActivationStatus::Active, None));
}

#[test]
fn the_first_renewal_after_an_expiry_for_non_payment_has_no_grace() {
    let mut account = Account::new(monthly("2026-02-15"), 0, 1_000);
    account.settle("2026-03-15", Arrears::Hold);
    account.settle("2026-03-23", Arrears::Hold);
    let (activation, _) = renewed(account.activation, "2026-03-23");
    let failed = activation.clone().fail_renewal(at("2026-04-23"), 7).unwrap();
    let FailedRenewal::Expired(expired) = failed else { panic!("has grace: {failed:?}") };
    assert_eq!((expired.status, expired.ended_at), (ActivationStatus::Expired, Some(at("2026-04-23"))));
    // Once a renewal was paid, the next has grace again.
    let paid = activation.renew_due(at("2026-04-23")).unwrap().activation;
    assert!(matches!(paid.fail_renewal(at("2026-05-23"), 7), Ok(FailedRenewal::InGrace(_))));
}

#[test]
fn an_end_of_term_keeps_its_grace_for_the_next_time() {
    let manual = monthly("2026-02-15").set_auto_renew(false, at("2026-02-15")).unwrap();
    let mut account = Account::new(manual, 0, 1_000);
    account.settle("2026-03-20", Arrears::Hold);
    assert_eq!((account.activation.status, account.activation.skips_grace), (ActivationStatus::Expired, false));
    assert_eq!(account.activation.ended_at, Some(at("2026-03-15")));
}

#[test]
fn only_what_is_due_is_renewed_by_the_run_or_fails() {
    let activation = monthly("2026-02-15");
    let early = at("2026-03-14 23:59");
    assert!(matches!(activation.clone().renew_due(early), Err(TransitionError::Invalid { .. })));
    assert!(matches!(activation.clone().fail_renewal(early, 7), Err(TransitionError::Invalid { .. })));
    assert_eq!(stretch(&activation.renew_due(at("2026-03-15")).unwrap().charge), "1: 2026-03-15…2026-04-15");
}

fn paused_until_2026_02_28() -> Activation {
    let activation = monthly("2026-01-31").pause(at("2026-02-10"), None).unwrap();
    assert_eq!(paid_until(&activation), super::on("2026-02-28"));
    activation
}

#[test]
fn resuming_on_02_27_23_59_is_free_and_renews_02_28_then_03_31() {
    let resumed = paused_until_2026_02_28().resume(at("2026-02-27 23:59")).unwrap();
    let Resumed::Free(activation) = resumed else { panic!("charged: {resumed:?}") };
    assert_eq!((activation.renews_at(), activation.paused_at), (Some(at("2026-02-28")), None));
    let renewed = activation.renew_due(at("2026-02-28")).unwrap().activation;
    assert_eq!(renewed.renews_at(), Some(at("2026-03-31")));
}

#[test]
fn resuming_on_02_28_00_00_charges_a_new_term_with_anchor_day_28() {
    let resumed = paused_until_2026_02_28().resume(at("2026-02-28")).unwrap();
    let Resumed::Charged(Charged { activation, charge }) = resumed else { panic!("free: {resumed:?}") };
    assert_eq!(stretch(&charge), "2: 2026-02-28…2026-03-28");
    assert_eq!((activation.term.anchor_day, activation.renews_at()), (28, Some(at("2026-03-28"))));
}

#[test]
fn resuming_leaves_auto_renew_off() {
    let manual = monthly("2026-01-31").set_auto_renew(false, at("2026-02-01")).unwrap();
    let paused = manual.pause(at("2026-02-10"), None).unwrap();
    let resumed = paused.resume(at("2026-03-05")).unwrap();
    assert!(matches!(resumed, Resumed::Charged(charged) if !charged.activation.auto_renew));
}

#[test]
fn pausing_in_grace_drops_the_unpaid_period() {
    let mut account = Account::new(monthly("2026-02-15"), 0, 1_000);
    account.settle("2026-03-15", Arrears::Hold);
    let paused = account.activation.pause(at("2026-03-18"), None).unwrap();
    assert_eq!((paused.grace_until_at, paused.renews_at(), paused.billing_state()), (None, None, None));
    let resumed = paused.resume(at("2026-03-19")).unwrap();
    assert!(matches!(resumed, Resumed::Charged(charged) if stretch(&charged.charge) == "2: 2026-03-19…2026-04-19"));
}

#[test]
fn a_yearly_activation_paused_in_february_expires_when_the_year_is_over() {
    let paused = activated("2026-01-01", Yearly).pause(at("2026-02-01"), None).unwrap();
    assert_eq!(paused.pause_expires_at(), Ok(Some(at("2027-01-01"))));
}

#[test]
fn a_monthly_activation_paused_in_february_expires_after_90_days() {
    let paused = monthly("2026-01-15").pause(at("2026-02-01"), None).unwrap();
    assert_eq!(paused.pause_expires_at(), Ok(Some(at("2026-05-02"))));
    let mut account = Account::new(paused, 0, 1_000);
    account.settle("2026-05-01 23:59", Arrears::Hold);
    assert_eq!(account.activation.status, ActivationStatus::Paused);
    account.settle("2026-05-02", Arrears::Hold);
    assert_eq!((account.activation.status, account.activation.skips_grace), (ActivationStatus::Expired, false));
}
