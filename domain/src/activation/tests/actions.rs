//! Which actions are allowed where, and that every other one is refused with that list.

use chrono::{DateTime, Utc};
use shared::vocab::ActivationAction::{self, ChangeInterval, Deactivate, Keep, Pause, Renew, Resume};
use shared::vocab::ActivationStatus;
use shared::vocab::BillingInterval::Yearly;

use super::{Account, Arrears, at, monthly};
use crate::activation::{Activation, Provisioning, TransitionError};

const NOW: &str = "2026-02-20";

/// One activation per state, with what is allowed at [`NOW`] and whether it may end with its period.
fn states() -> Vec<(&'static str, Activation, Vec<ActivationAction>, bool)> {
    let active = monthly("2026-02-15");
    let ending = active.clone().deactivate_at_period_end(at(NOW)).unwrap();
    let pending = Activation::activate(at(NOW), super::ZONE, active.term.interval, true, Provisioning::ByHand)
        .unwrap()
        .activation;
    let mut unpaid = Account::new(monthly("2026-01-15"), 0, 1);
    unpaid.settle("2026-02-15", Arrears::Hold);
    let mut expired = Account::new(monthly("2025-12-15"), 0, 1);
    expired.settle("2026-01-15", Arrears::Hold);
    expired.settle(NOW, Arrears::Hold);
    vec![
        ("pending", pending.clone(), vec![], false),
        ("failed", pending.provisioning_failed(at(NOW)).unwrap(), vec![ActivationAction::Retry], false),
        ("active", active.clone(), vec![Renew, Pause, Deactivate, ChangeInterval], true),
        (
            "renewed ahead",
            active.clone().renew(at(NOW)).unwrap().activation,
            vec![Pause, Deactivate, ChangeInterval],
            true,
        ),
        ("in grace", unpaid.activation, vec![Renew, Pause, Deactivate, ChangeInterval], false),
        ("ending", ending.clone(), vec![Pause, Deactivate, Keep], false),
        ("paused", active.clone().pause(at(NOW), None).unwrap(), vec![Resume, Deactivate, ChangeInterval], true),
        ("paused and ending", ending.pause(at(NOW), None).unwrap(), vec![Resume, Deactivate, Keep], false),
        ("expired", expired.activation, vec![Renew, Deactivate], false),
        ("deactivated", active.deactivate_now(at(NOW)).unwrap(), vec![], false),
    ]
}

fn attempt(activation: Activation, action: ActivationAction, now: DateTime<Utc>) -> Result<(), TransitionError> {
    match action {
        Renew => activation.renew(now).map(drop),
        Pause => activation.pause(now, None).map(drop),
        Resume => activation.resume(now).map(drop),
        Deactivate => activation.deactivate_now(now).map(drop),
        Keep => activation.keep(now).map(drop),
        ActivationAction::Retry => activation.retry_provisioning(now).map(drop),
        ChangeInterval => activation.change_interval_at_renewal(Yearly, now).map(drop),
    }
}

#[test]
fn allowed_actions_of_each_state() {
    for (name, activation, allowed, may_end_at_period_end) in states() {
        assert_eq!(activation.allowed_actions(at(NOW)), allowed, "{name}");
        assert_eq!(activation.may_end_at_period_end(at(NOW)), may_end_at_period_end, "{name}");
    }
}

#[test]
fn what_is_allowed_works_and_all_else_is_refused() {
    for (name, activation, allowed, _) in states() {
        for action in ActivationAction::ALL {
            let outcome = attempt(activation.clone(), *action, at(NOW));
            assert_eq!(outcome.is_ok(), allowed.contains(action), "{name}: {action}");
            if let Err(TransitionError::Invalid { status, allowed_actions }) = outcome {
                assert_eq!((status, &allowed_actions), (activation.status, &allowed), "{name}: {action}");
            }
        }
    }
}

#[test]
fn ending_with_the_period_is_refused_where_it_is_not_offered() {
    for (name, activation, _, may_end_at_period_end) in states() {
        let outcome = activation.deactivate_at_period_end(at(NOW));
        assert_eq!(outcome.is_ok(), may_end_at_period_end, "{name}");
    }
}

#[test]
fn operators_steps_and_auto_renew_are_refused_elsewhere() {
    for (name, activation, ..) in states() {
        let (now, status) = (at(NOW), activation.status);
        let is_pending = status == ActivationStatus::Pending;
        assert_eq!(activation.clone().provisioned(now).is_ok(), is_pending, "{name}");
        assert_eq!(activation.clone().provisioning_failed(now).is_ok(), is_pending, "{name}");
        let has_failed = status == ActivationStatus::Failed;
        assert_eq!(activation.clone().retry_provisioning(now).is_ok(), has_failed, "{name}");
        let may_switch =
            matches!(status, ActivationStatus::Pending | ActivationStatus::Active | ActivationStatus::Paused);
        assert_eq!(activation.set_auto_renew(false, now).is_ok(), may_switch, "{name}");
    }
}
