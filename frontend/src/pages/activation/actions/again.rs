//! A confirmation that was left for a top-up: its address, and what is opened again at it. Plain Rust.

use chrono::NaiveDate;
use shared::vocab::{ActivationAction, ActivationId, TakesEffect};

use super::words::Choice;

/// What an address asks to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    /// The action, with what was chosen about it.
    pub choice: Choice,
    /// Until when it was paid then; what was paid since is not paid once more.
    pub paid_until_on: Option<NaiveDate>,
}

/// The address at which the confirmation opens again.
pub fn path(id: ActivationId, choice: Choice, paid_until_on: Option<NaiveDate>) -> String {
    let mut path = format!("/activations/{id}?do={}", choice.action);
    if choice.takes_effect == TakesEffect::Now {
        path.push_str("&when=now");
    }
    if let Some(interval) = choice.billing_interval {
        path.push_str("&to=");
        path.push_str(interval.as_str());
    }
    if let Some(on) = paid_until_on {
        path.push_str("&paid_until=");
        path.push_str(&on.to_string());
    }
    path
}

/// What an address asks to confirm; none where it asks for nothing that is known.
pub fn read(value: impl Fn(&str) -> Option<String>) -> Option<Again> {
    let action: ActivationAction = value("do")?.parse().ok()?;
    let takes_effect = if value("when").as_deref() == Some("now") { TakesEffect::Now } else { TakesEffect::PeriodEnd };
    let billing_interval = value("to").and_then(|word| word.parse().ok());
    let paid_until_on = value("paid_until").and_then(|on| on.parse().ok());
    Some(Again { choice: Choice { action, takes_effect, billing_interval }, paid_until_on })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::vocab::BillingInterval;

    #[test]
    fn what_was_asked_is_read_back_from_its_address() {
        let id = "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
        let on = "2026-12-05".parse().ok();
        for (action, takes_effect, billing_interval, paid_until_on) in [
            (ActivationAction::Renew, TakesEffect::PeriodEnd, None, on),
            (ActivationAction::Resume, TakesEffect::PeriodEnd, None, None),
            (ActivationAction::ChangeInterval, TakesEffect::Now, Some(BillingInterval::Yearly), on),
        ] {
            let again = Again { choice: Choice { action, takes_effect, billing_interval }, paid_until_on };
            let path = path(id, again.choice, paid_until_on);
            let query = path.split_once('?').unwrap().1.to_owned();
            let value = |key: &str| {
                let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.find(|(name, _)| *name == key).map(|(_, value)| value.to_owned())
            };
            assert_eq!(read(value), Some(again), "{path}");
        }
        assert_eq!(read(|_| None), None);
        assert_eq!(read(|_| Some("nonsense".to_owned())), None);
    }
}
