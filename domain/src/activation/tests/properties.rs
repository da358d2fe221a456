//! Random histories: whatever is asked for in whatever order, no period is charged twice and the fields agree.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use shared::vocab::{ActivationStatus, BillingInterval};

use super::{Activation, Arrears, Charge, FailedRenewal, Provisioning, Resumed, SettleStep, ZONE, at};
use crate::activation::TransitionError;

/// One thing that happens: hours that pass first, what is asked for, and whether the wallet pays.
type Happening = (i64, u8, bool);

struct Life {
    activation: Activation,
    charged: BTreeSet<(u32, u32)>,
    is_doubled: bool,
}

impl Life {
    fn pay(&mut self, charge: &Charge) {
        self.is_doubled |= !self.charged.insert((charge.term_no, charge.period.n));
    }

    fn settle(&mut self, now: chrono::DateTime<chrono::Utc>, has_money: bool) {
        while let Some(step) = self.activation.settle_step(now, Arrears::Charge).unwrap() {
            let before = self.activation.clone();
            match step {
                SettleStep::Renew if has_money => {
                    let charged = before.clone().renew_due(now).unwrap();
                    self.pay(&charged.charge);
                    self.activation = charged.activation;
                }
                SettleStep::Renew => {
                    let (FailedRenewal::InGrace(after) | FailedRenewal::Expired(after)) =
                        before.clone().fail_renewal(now, 7).unwrap();
                    self.activation = after;
                }
                SettleStep::Resume => match before.clone().resume(now).unwrap() {
                    Resumed::Free(after) => self.activation = after,
                    Resumed::Charged(charged) if has_money => {
                        self.pay(&charged.charge);
                        self.activation = charged.activation;
                    }
                    Resumed::Charged(_) => {}
                },
                SettleStep::Expire { .. } => self.activation = before.clone().expire(now).unwrap(),
                SettleStep::Deactivate { .. } => self.activation = before.clone().deactivate_as_scheduled(now).unwrap(),
                SettleStep::Hold => unreachable!("arrears are charged here"),
            }
            if self.activation == before {
                break;
            }
        }
    }

    fn ask(&mut self, now: chrono::DateTime<chrono::Utc>, what: u8, has_money: bool) -> Result<(), TransitionError> {
        let activation = self.activation.clone();
        self.activation = match what {
            0 if has_money => {
                let charged = activation.renew(now)?;
                self.pay(&charged.charge);
                charged.activation
            }
            1 => activation.pause(now, Some(now + TimeDelta::days(20)))?,
            2 => match activation.resume(now)? {
                Resumed::Free(activation) => activation,
                Resumed::Charged(charged) if has_money => {
                    self.pay(&charged.charge);
                    charged.activation
                }
                Resumed::Charged(_) => return Ok(()),
            },
            3 => activation.deactivate_at_period_end(now)?,
            4 => activation.keep(now)?,
            5 => activation.set_auto_renew(has_money, now)?,
            _ => activation,
        };
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_charges_twice_or_leaves_fields_at_odds(
        interval in prop::sample::select(BillingInterval::ALL),
        happenings in prop::collection::vec((0_i64..1_000, 0_u8..8, any::<bool>()), 1..40),
    ) {
        let mut now = at("2026-01-31 10:00");
        let charged = Activation::activate(now, ZONE, interval, true, Provisioning::AtOnce).unwrap();
        let mut life = Life { activation: charged.activation, charged: BTreeSet::new(), is_doubled: false };
        life.pay(&charged.charge);
        let happenings: Vec<Happening> = happenings;
        for (hours, what, has_money) in happenings {
            now += TimeDelta::hours(hours);
            life.settle(now, has_money);
            let settled = life.activation.clone();
            if life.ask(now, what, has_money).is_err() {
                prop_assert_eq!(&life.activation, &settled, "a refusal changed something");
            }
            let activation = &life.activation;
            prop_assert!(!life.is_doubled, "a period was charged twice");
            let last_paid = activation.term.period(activation.next_n - 1).unwrap();
            prop_assert_eq!(activation.paid_until_at, Some(last_paid.ends_at));
            prop_assert!(life.charged.contains(&(activation.term_no, last_paid.n)));
            prop_assert_eq!(activation.paused_at.is_some(), activation.status == ActivationStatus::Paused);
            prop_assert!(activation.grace_until_at.is_none() || activation.status == ActivationStatus::Active);
            prop_assert!(activation.ends_at.is_none() || activation.ends_at <= activation.paid_until_at);
            let has_ended = matches!(activation.status, ActivationStatus::Expired | ActivationStatus::Deactivated);
            prop_assert_eq!(activation.ended_at.is_some(), has_ended);
            // On is paid for, or in grace.
            prop_assert!(!activation.is_on() || activation.is_paid_at(now) || activation.grace_until_at > Some(now));
        }
    }
}
