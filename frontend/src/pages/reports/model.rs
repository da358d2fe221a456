//! What the address of a report says, and what is said of decisions. Plain Rust.

use shared::vocab::{ActivationAction, DecisionReason, Suggestion};

/// Something that can be chosen on a report's page; it stands in the address unless it is the usual.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Its name in the address, of the app and of the API alike.
    pub key: &'static str,
    /// What is chosen, for assistive technology.
    pub legend: &'static str,
    /// Value and label of each; the value "all" stands for none.
    pub options: &'static [(&'static str, &'static str)],
    /// The usual.
    pub default: &'static str,
}

/// What an address chooses, and whether all of it was understood.
pub fn read(choices: &[Choice], get: impl Fn(&str) -> Option<String>) -> (Vec<&'static str>, bool) {
    let mut is_understood = true;
    let chosen = choices.iter().map(|choice| {
        let Some(given) = get(choice.key) else { return choice.default };
        let known = choice.options.iter().find(|(value, _)| *value == given);
        is_understood &= known.is_some();
        known.map_or(choice.default, |(value, _)| *value)
    });
    (chosen.collect(), is_understood)
}

/// The choices as part of an address, without what is usual.
pub fn written(choices: &[Choice], chosen: &[&'static str]) -> String {
    let parts = choices.iter().zip(chosen).filter(|(choice, value)| choice.default != **value);
    parts.map(|(choice, value)| format!("{}={value}", choice.key)).collect::<Vec<_>>().join("&")
}

/// An address with what follows the question mark, where something does.
pub fn joined(path: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// What is suggested, in words.
pub const fn suggestion_name(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::Drop => "Drop",
        Suggestion::Pause => "Pause",
        Suggestion::Renew => "Renew",
    }
}

/// The action that follows a suggestion.
pub const fn action_of(suggestion: Suggestion) -> ActivationAction {
    match suggestion {
        Suggestion::Drop => ActivationAction::Deactivate,
        Suggestion::Pause => ActivationAction::Pause,
        Suggestion::Renew => ActivationAction::Renew,
    }
}

/// Why, in words.
pub const fn reason_text(reason: DecisionReason) -> &'static str {
    match reason {
        DecisionReason::NeverUsed => "never used",
        DecisionReason::Unused60Days => "not used for 60 days",
        DecisionReason::Unused30Days => "not used for 30 days",
        DecisionReason::TooNew => "on for less than 30 days",
        DecisionReason::InUse => "in use",
        DecisionReason::GrowingUse => "more users than before",
        DecisionReason::FallingUse => "lost half of its users",
        DecisionReason::ExpensiveUse => "a user costs twice the usual",
    }
}

/// All reasons as one line: "In use, more users than before".
pub fn reasons_text(reasons: &[DecisionReason]) -> String {
    let text = reasons.iter().map(|reason| reason_text(*reason)).collect::<Vec<_>>().join(", ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: Choice =
        Choice { key: "days", legend: "Days", options: &[("7", "7 days"), ("30", "30 days")], default: "30" };
    const KIND: Choice = Choice { key: "kind", legend: "Kind", options: &[("all", "All"), ("x", "X")], default: "all" };

    fn read_of(query: &[(&str, &str)]) -> (Vec<&'static str>, bool) {
        read(&[DAYS, KIND], |key| query.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn an_address_is_read_and_written_back_without_what_is_usual() {
        assert_eq!(read_of(&[]), (vec!["30", "all"], true));
        assert_eq!(read_of(&[("days", "7"), ("kind", "x")]), (vec!["7", "x"], true));
        assert_eq!(read_of(&[("days", "8")]), (vec!["30", "all"], false));
        assert_eq!(written(&[DAYS, KIND], &["7", "x"]), "days=7&kind=x");
        assert_eq!(written(&[DAYS, KIND], &["30", "all"]), "");
        assert_eq!(joined("/reports", &["", "days=7", "cursor=a"]), "/reports?days=7&cursor=a");
        assert_eq!(joined("/reports", &["", ""]), "/reports");
    }

    #[test]
    fn reasons_read_as_a_line() {
        assert_eq!(
            reasons_text(&[DecisionReason::InUse, DecisionReason::GrowingUse]),
            "In use, more users than before"
        );
        assert_eq!(reasons_text(&[]), "");
        for reason in DecisionReason::ALL {
            assert!(!reason_text(*reason).contains('_'));
        }
    }

    #[test]
    fn each_suggestion_leads_to_its_action() {
        let actions: Vec<_> = Suggestion::ALL.iter().map(|suggestion| action_of(*suggestion)).collect();
        assert_eq!(actions, [ActivationAction::Deactivate, ActivationAction::Pause, ActivationAction::Renew]);
    }
}
