//! What the dialog of a bulk action says, and when it asks for the number. Plain Rust.

use shared::dto::lifecycle::BulkQuote;
use shared::vocab::{ActivationAction, Money, TakesEffect};

use crate::format::words::Texts;
use crate::pages::activation::action_name;

/// From so many on, ending them asks for their number.
const MANY: i64 = 10;

/// Whether the number has to be written: for what cannot be undone, and for much at once.
pub fn needs_number(action: ActivationAction, takes_effect: TakesEffect, possible: i64) -> bool {
    action == ActivationAction::Deactivate && (takes_effect == TakesEffect::Now || possible > MANY)
}

/// "Renew 12 for €348.00", "Deactivate 14 now"
pub fn confirm(action: ActivationAction, takes_effect: TakesEffect, quote: &BulkQuote, texts: Texts<'_>) -> String {
    let sum = if quote.amount.minor > 0 { format!(" for {}", (texts.money)(quote.amount)) } else { String::new() };
    let now = if action == ActivationAction::Deactivate && takes_effect == TakesEffect::Now { " now" } else { "" };
    format!("{} {}{now}{sum}", action_name(action), quote.possible)
}

/// What the run would have charged for them by now, which is done first; none where nothing is due.
pub fn due_first(quote: &BulkQuote) -> Option<Money> {
    let quotes = quote.items.iter().filter_map(|item| item.quote.as_ref());
    let due: i64 = quotes.map(|quote| quote.due_first.minor).sum();
    (due > 0).then_some(Money::new(due, quote.amount.currency))
}

/// What is missing on the balance for what it did not suffice for: how many, and how much.
pub fn missing(quote: &BulkQuote) -> Option<(usize, Money)> {
    let left = quote.balance_after?;
    let refused: Vec<Money> =
        quote.items.iter().filter_map(|item| item.problem.as_ref().and_then(|problem| problem.required)).collect();
    let needed: i64 = refused.iter().map(|required| required.minor).sum();
    (!refused.is_empty()).then(|| (refused.len(), Money::new((needed - left.minor).max(1), left.currency)))
}

/// What follows for each.
pub const fn consequence(action: ActivationAction, takes_effect: TakesEffect) -> &'static str {
    match (action, takes_effect) {
        (ActivationAction::Pause, _) => {
            "Access stops now for each. Nothing is refunded; resuming is free as long as it is paid."
        }
        (ActivationAction::Deactivate, TakesEffect::Now) => {
            "Access stops now for each, for good: this cannot be undone. Their history stays."
        }
        (ActivationAction::Deactivate, TakesEffect::PeriodEnd) => {
            "Each stays on until what is paid has run out; until then it can be kept. Nothing is refunded."
        }
        _ => "Each is done for itself: what one refuses does not hold up the others.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::words::PLAIN;
    use shared::dto::lifecycle::BulkQuoteItem;
    use shared::problem::{Problem, ProblemCode};

    fn euros(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    fn quote(possible: i64, amount: i64, refused: &[i64]) -> BulkQuote {
        let item = |required: &i64| {
            let problem = Problem {
                kind: String::new(),
                title: String::new(),
                status: 409,
                detail: String::new(),
                code: ProblemCode::InsufficientBalance,
                request_id: String::new(),
                errors: Vec::new(),
                required: Some(euros(*required)),
                available: None,
                shortfall: None,
                allowed_actions: None,
                quote: None,
            };
            let activation_id = "act_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap();
            BulkQuoteItem { activation_id, quote: None, problem: Some(problem) }
        };
        BulkQuote {
            as_of: "2026-11-22T13:02:00Z".parse().unwrap(),
            items: refused.iter().map(item).collect(),
            possible,
            amount: euros(amount),
            balance_before: Some(euros(10_000)),
            balance_after: Some(euros(10_000 - amount)),
        }
    }

    #[test]
    fn what_ends_now_and_more_than_ten_ask_for_the_number() {
        use {ActivationAction as Action, TakesEffect as When};
        assert!(needs_number(Action::Deactivate, When::Now, 1));
        assert!(needs_number(Action::Deactivate, When::PeriodEnd, 11));
        assert!(!needs_number(Action::Deactivate, When::PeriodEnd, 10));
        assert!(!needs_number(Action::Renew, When::Now, 100));
    }

    #[test]
    fn the_button_names_number_and_sum() {
        use {ActivationAction as Action, TakesEffect as When};
        let text = |action, when, quote: &BulkQuote| confirm(action, when, quote, PLAIN);
        assert_eq!(
            text(Action::Renew, When::PeriodEnd, &quote(12, 34_800, &[])),
            format!("Renew 12 for {}", (PLAIN.money)(euros(34_800)))
        );
        assert_eq!(text(Action::Deactivate, When::Now, &quote(14, -200, &[])), "Deactivate 14 now");
        assert_eq!(text(Action::Deactivate, When::PeriodEnd, &quote(3, 0, &[])), "Deactivate 3");
    }

    #[test]
    fn what_is_missing_is_for_all_that_were_refused_for_it() {
        assert_eq!(missing(&quote(2, 4_000, &[])), None);
        assert_eq!(missing(&quote(2, 4_000, &[5_000, 2_900])), Some((2, euros(1_900))));
    }
}
