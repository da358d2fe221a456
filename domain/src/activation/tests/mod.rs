//! The state machine of docs/domain.md §5 and what time does to it (§6), by story and by table.

mod actions;
mod changing;
mod properties;
mod renewing;
mod settling;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use shared::vocab::BillingInterval::{self, Monthly};

use super::{Activation, Arrears, Charge, FailedRenewal, Provisioning, Resumed, SettleStep};
use crate::billing_calendar::{DEFAULT_GRACE_DAYS, local_midnight};

const ZONE: Tz = Tz::Europe__Berlin;

/// A local moment in Berlin such as `2026-03-10 09:00`; without a time, midnight.
fn at(text: &str) -> DateTime<Utc> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let midnight = local_midnight(on(date), ZONE).unwrap();
    let (hours, minutes) = time.split_once(':').unwrap();
    midnight + chrono::TimeDelta::minutes(hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap())
}

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn activated(now: &str, interval: BillingInterval) -> Activation {
    Activation::activate(at(now), ZONE, interval, true, Provisioning::AtOnce).unwrap().activation
}

fn monthly(now: &str) -> Activation {
    activated(now, Monthly)
}

/// `2026-03-15…2026-04-15`, with the number of its term.
fn stretch(charge: &Charge) -> String {
    format!("{}: {}…{}", charge.term_no, charge.period.start_on, charge.period.end_on)
}

fn paid_until(activation: &Activation) -> NaiveDate {
    crate::billing_calendar::local_date(activation.paid_until_at.unwrap(), ZONE)
}

/// A wallet beside an activation, settled as the services do it.
struct Account {
    balance_minor: i64,
    price_minor: i64,
    activation: Activation,
    charges: Vec<String>,
}

impl Account {
    fn new(activation: Activation, balance_minor: i64, price_minor: i64) -> Self {
        Self { balance_minor, price_minor, activation, charges: Vec::new() }
    }

    fn settle(&mut self, now: &str, arrears: Arrears) {
        let now = at(now);
        while let Some(step) = self.activation.settle_step(now, arrears).unwrap() {
            let before = self.activation.clone();
            self.activation = match step {
                SettleStep::Renew => {
                    let charged = before.clone().renew_due(now).unwrap();
                    if self.debit(&charged.charge) {
                        charged.activation
                    } else {
                        match before.clone().fail_renewal(now, DEFAULT_GRACE_DAYS).unwrap() {
                            FailedRenewal::InGrace(activation) | FailedRenewal::Expired(activation) => activation,
                        }
                    }
                }
                SettleStep::Resume => match before.clone().resume(now).unwrap() {
                    Resumed::Free(activation) => activation,
                    Resumed::Charged(charged) if self.debit(&charged.charge) => charged.activation,
                    Resumed::Charged(_) => before.clone(),
                },
                SettleStep::Hold => Activation { held_at: Some(now), ..before.clone() },
                SettleStep::Expire { .. } => before.clone().expire(now).unwrap(),
                SettleStep::Deactivate { .. } => before.clone().deactivate_as_scheduled(now).unwrap(),
            };
            if self.activation == before {
                break;
            }
        }
    }

    fn credit(&mut self, now: &str, amount_minor: i64) {
        self.balance_minor += amount_minor;
        self.settle(now, Arrears::Hold);
    }

    fn debit(&mut self, charge: &Charge) -> bool {
        if self.balance_minor < self.price_minor {
            return false;
        }
        self.balance_minor -= self.price_minor;
        self.charges.push(stretch(charge));
        true
    }
}
