//! What the dialog of an action says. Plain Rust; every sum and date comes from the quote.

use shared::dto::activation::{Activation, ActivationRow};
use shared::dto::lifecycle::{ActivationChange, NextRenewal, Quote};
use shared::vocab::{ActivationAction, ActivationStatus, BillingInterval, BillingState, Permission, TakesEffect};

use crate::components::decision::{Fact, Well};
use crate::format::words::{DateForm, Texts, counted, interval_name};

/// An action with what was chosen about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Which action.
    pub action: ActivationAction,
    /// When; only deactivation and a change of interval leave a choice.
    pub takes_effect: TakesEffect,
    /// The new interval.
    pub billing_interval: Option<BillingInterval>,
}

/// The action as its button calls it.
pub const fn action_name(action: ActivationAction) -> &'static str {
    match action {
        ActivationAction::Renew => "Renew",
        ActivationAction::Pause => "Pause",
        ActivationAction::Resume => "Resume",
        ActivationAction::Deactivate => "Deactivate",
        ActivationAction::Keep => "Keep active",
        ActivationAction::ChangeInterval => "Change interval",
        ActivationAction::Retry => "Set up again",
    }
}

/// The icon on that button.
pub const fn action_icon(action: ActivationAction) -> &'static str {
    match action {
        ActivationAction::Renew | ActivationAction::Retry => "renew",
        ActivationAction::Pause => "pause",
        ActivationAction::Resume => "play",
        ActivationAction::Deactivate => "off",
        ActivationAction::Keep => "check",
        ActivationAction::ChangeInterval => "clock",
    }
}

/// What a member needs for it.
pub const fn permission_for(action: ActivationAction) -> Permission {
    match action {
        ActivationAction::Pause | ActivationAction::Resume => Permission::ActivationsPause,
        _ => Permission::ActivationsSpend,
    }
}

/// The action in the middle of a sentence.
pub const fn action_verb(action: ActivationAction) -> &'static str {
    match action {
        ActivationAction::Renew => "renew",
        ActivationAction::Pause => "pause",
        ActivationAction::Resume => "resume",
        ActivationAction::Deactivate => "deactivate",
        ActivationAction::Keep => "keep it",
        ActivationAction::ChangeInterval => "change",
        ActivationAction::Retry => "set up",
    }
}

/// While it is under way.
pub const fn busy_word(action: ActivationAction) -> &'static str {
    match action {
        ActivationAction::Renew => "Renewing…",
        ActivationAction::Pause => "Pausing…",
        ActivationAction::Resume => "Resuming…",
        ActivationAction::Deactivate => "Deactivating…",
        ActivationAction::Keep => "Keeping…",
        ActivationAction::ChangeInterval => "Changing…",
        ActivationAction::Retry => "Setting up…",
    }
}

/// The title of the dialog.
pub fn question(action: ActivationAction, row: &ActivationRow) -> String {
    let (product, client) = (&row.product.name, &row.client.name);
    match action {
        ActivationAction::Keep => format!("Keep {product} for {client} active?"),
        ActivationAction::ChangeInterval => format!("Change the billing interval of {product} for {client}?"),
        ActivationAction::Retry => format!("Set up {product} for {client} again?"),
        _ => format!("{} {product} for {client}?", action_name(action)),
    }
}

/// Whether the end of what is paid can be waited for.
pub fn may_wait(row: &ActivationRow) -> bool {
    matches!(row.status, ActivationStatus::Active | ActivationStatus::Paused)
        && row.billing_state != Some(BillingState::Grace)
}

/// The sum, where money moves.
pub fn sum(choice: Choice, data: &Activation, quote: &Quote, texts: Texts<'_>) -> Option<Well> {
    let medium = |on| (texts.date)(on, DateForm::Medium);
    if quote.amount.minor < 0 {
        let back = shared::vocab::Money::new(-quote.amount.minor, quote.amount.currency);
        let sub = "To the balance, for days that are paid and not used".to_owned();
        return Some(Well { label: "You get back", value: (texts.money)(back), sub });
    }
    if quote.amount.minor == 0 && quote.price.is_none_or(|price| price.minor == 0) {
        return None;
    }
    let interval = charged_interval(choice, data);
    let sub = match &quote.period {
        Some(period) => {
            format!("{}, {} – {}", interval_length(interval), medium(period.start_on), medium(period.end_on))
        }
        None => interval_length(interval).to_owned(),
    };
    Some(Well { label: "You pay now", value: (texts.money)(quote.amount), sub })
}

fn charged_interval(choice: Choice, data: &Activation) -> BillingInterval {
    let waiting = data.pending_change.as_ref().map(|change| change.billing_interval);
    choice.billing_interval.or(waiting).unwrap_or(data.row.billing_interval)
}

/// "One month"
pub const fn interval_length(interval: BillingInterval) -> &'static str {
    match interval {
        BillingInterval::Monthly => "One month",
        BillingInterval::Quarterly => "Three months",
        BillingInterval::Semiannual => "Six months",
        BillingInterval::Yearly => "One year",
    }
}

/// How things are and how they will be.
pub fn facts(choice: Choice, data: &Activation, quote: &Quote, texts: Texts<'_>) -> Vec<Fact> {
    let medium = |on| (texts.date)(on, DateForm::Medium);
    let day = |on: Option<chrono::NaiveDate>| on.map_or_else(|| "Not paid".to_owned(), medium);
    let mut facts = Vec::new();
    if quote.due_first.minor > 0 {
        facts.push(Fact::known("Due already, charged first", (texts.money)(quote.due_first)));
    }
    match choice.action {
        ActivationAction::Pause => facts.push(Fact::change("Access", "On".to_owned(), "Off, at once".to_owned())),
        ActivationAction::Deactivate => {
            let end = match choice.takes_effect {
                TakesEffect::Now => "Now".to_owned(),
                TakesEffect::PeriodEnd => medium(quote.ends_on.unwrap_or(quote.effective_on)),
            };
            facts.push(Fact::known("Access ends", end));
        }
        ActivationAction::ChangeInterval => {
            let new = choice.billing_interval.unwrap_or(data.row.billing_interval);
            let name = |interval| interval_name(interval).to_owned();
            facts.push(Fact::change("Billing interval", name(data.row.billing_interval), name(new)));
            if let Some(price) = quote.price.or(quote.next_renewal.as_ref().map(|next| next.amount)) {
                facts.push(Fact::change("Price", (texts.money)(data.row.price), (texts.money)(price)));
            }
            if quote.credit.minor > 0 {
                facts.push(Fact::known("Credit for unused days", (texts.money)(quote.credit)));
            }
        }
        _ => {}
    }
    if matches!(choice.action, ActivationAction::Pause | ActivationAction::Deactivate) {
        let people = counted(data.active_users_30_days, "person", "people", texts);
        facts.push(Fact::known("Used in the last 30 days by", people));
    }
    if choice.action == ActivationAction::Deactivate && choice.takes_effect == TakesEffect::Now {
        let refund = if quote.credit.minor > 0 { (texts.money)(quote.credit) } else { "No refund".to_owned() };
        facts.push(Fact::known("Refund", refund));
    }
    if choice.action != ActivationAction::Deactivate {
        facts.push(Fact::change("Paid until", day(quote.paid_until_before_on), day(quote.paid_until_on)));
    }
    if let (Some(before), Some(after)) = (quote.balance_before, quote.balance_after)
        && before != after
    {
        facts.push(Fact::change("Balance", (texts.money)(before), (texts.money)(after)));
    }
    let before = data.row.renews_on.map_or_else(|| "None".to_owned(), medium);
    facts.push(Fact::change("Next automatic renewal", before, next_renewal(quote.next_renewal.as_ref(), texts)));
    facts
}

/// "21 Jan 2027, €29.00"
pub fn next_renewal(next: Option<&NextRenewal>, texts: Texts<'_>) -> String {
    let written = |next: &NextRenewal| {
        format!("{}, {}", (texts.date)(next.renews_on, DateForm::Medium), (texts.money)(next.amount))
    };
    next.map_or_else(|| "None".to_owned(), written)
}

/// What follows, in a sentence or two.
pub fn consequence(choice: Choice, data: &Activation, quote: &Quote, texts: Texts<'_>) -> String {
    let medium = |on| (texts.date)(on, DateForm::Medium);
    let row = &data.row;
    match choice.action {
        ActivationAction::Renew if quote.status_before == Some(ActivationStatus::Expired) => {
            "Access is back at once. A new term starts today, and today is its renewal day from now on.".to_owned()
        }
        ActivationAction::Renew if row.billing_state == Some(BillingState::Grace) => {
            "This pays the period that could not be renewed, from its own first day on; the renewal day stays.".to_owned()
        }
        ActivationAction::Renew => match row.renews_on.or(row.paid_until_on) {
            Some(on) => format!(
                "You pay now instead of on {}; the new period starts on that day, so no paid day is lost.",
                medium(on)
            ),
            None => "The next period is paid now.".to_owned(),
        },
        ActivationAction::Pause if row.billing_state == Some(BillingState::Grace) => {
            "Access stops now. The period that is not paid is dropped, and nothing is charged while it is paused.".to_owned()
        }
        ActivationAction::Pause => {
            "Access stops now. Nothing is refunded, and nothing is charged while it is paused; resuming is free as long as it \
             is paid."
                .to_owned()
        }
        ActivationAction::Resume if quote.period.is_some() => {
            "Access is back at once. What was paid has run out, so a new term starts today.".to_owned()
        }
        ActivationAction::Resume => "Access is back at once, and nothing is charged for it.".to_owned(),
        ActivationAction::Deactivate if choice.takes_effect == TakesEffect::PeriodEnd => {
            "It stays on until that day and is not renewed. Until then you can keep it; afterwards it is gone for good. \
             Nothing is refunded."
                .to_owned()
        }
        ActivationAction::Deactivate => "Access stops now, for good: this cannot be undone. Its history stays.".to_owned(),
        ActivationAction::Keep => "The end that was scheduled is undone, and it goes on as before.".to_owned(),
        ActivationAction::ChangeInterval if choice.takes_effect == TakesEffect::PeriodEnd => {
            "Nothing is charged now. The next period that is charged has the new interval and the price above.".to_owned()
        }
        ActivationAction::ChangeInterval => {
            "A new term starts today. What is paid and not used is taken off its price.".to_owned()
        }
        ActivationAction::Retry => {
            "The first period is charged now. If the set-up fails again, all of it comes back.".to_owned()
        }
    }
}

/// The button that acts: the verb with its sum or day.
pub fn confirm(choice: Choice, row: &ActivationRow, quote: &Quote, texts: Texts<'_>) -> String {
    let short = |on| (texts.date)(on, DateForm::Short);
    let sum = if quote.amount.minor > 0 { format!(" for {}", (texts.money)(quote.amount)) } else { String::new() };
    match choice.action {
        ActivationAction::Pause => format!("Pause {}", row.product.name),
        ActivationAction::Deactivate if choice.takes_effect == TakesEffect::PeriodEnd => {
            format!("Deactivate on {}", short(quote.ends_on.unwrap_or(quote.effective_on)))
        }
        ActivationAction::Deactivate => "Deactivate now".to_owned(),
        ActivationAction::ChangeInterval => {
            let interval = choice.billing_interval.unwrap_or(row.billing_interval);
            let name = interval_name(interval).to_lowercase();
            match choice.takes_effect {
                TakesEffect::Now => format!("Change to {name}{sum}"),
                TakesEffect::PeriodEnd => format!("Change to {name} on {}", short(quote.effective_on)),
            }
        }
        action => format!("{}{sum}", action_name(action)),
    }
}

/// What is said afterwards.
pub fn done(choice: Choice, change: &ActivationChange, texts: Texts<'_>) -> String {
    let medium = |on| (texts.date)(on, DateForm::Medium);
    let row = &change.activation.row;
    let paid = row.paid_until_on.map(|on| format!(" Paid until {}.", medium(on))).unwrap_or_default();
    let moved = match change.amount.minor {
        0 => String::new(),
        1.. => format!(" {} charged.", (texts.money)(change.amount)),
        _ => {
            let back = shared::vocab::Money::new(-change.amount.minor, change.amount.currency);
            format!(" {} came back.", (texts.money)(back))
        }
    };
    let balance = change.balance.filter(|_| change.amount.minor != 0);
    let balance = balance.map(|balance| format!(" Balance {}.", (texts.money)(balance))).unwrap_or_default();
    match choice.action {
        ActivationAction::Renew => format!("Renewed.{moved}{paid}{balance}"),
        ActivationAction::Pause => match change.activation.resume_on {
            Some(on) => format!("Paused. It resumes by itself on {}.", medium(on)),
            None => format!("Paused.{paid}"),
        },
        ActivationAction::Resume => format!("Resumed.{moved}{paid}{balance}"),
        ActivationAction::Deactivate if row.status == ActivationStatus::Deactivated => {
            format!("Deactivated.{moved}{balance}")
        }
        ActivationAction::Deactivate => {
            let end = row.ends_on.or(row.paid_until_on).map(|on| format!(" on {}", medium(on))).unwrap_or_default();
            format!("It ends{end}.")
        }
        ActivationAction::Keep => format!("It stays active.{paid}"),
        ActivationAction::ChangeInterval if choice.takes_effect == TakesEffect::PeriodEnd => {
            "The interval changes with the next period that is charged.".to_owned()
        }
        ActivationAction::ChangeInterval => format!("Interval changed.{moved}{paid}{balance}"),
        ActivationAction::Retry => format!("The set-up was started again.{moved}{balance}"),
    }
}

/// What a quote said and what it says now.
pub fn difference(old: &Quote, new: &Quote, texts: Texts<'_>) -> String {
    let period = |quote: &Quote| {
        let start = quote.period.as_ref().map(|period| (texts.date)(period.start_on, DateForm::Medium));
        start.map(|on| format!(" from {on}")).unwrap_or_default()
    };
    let sum = |quote: &Quote| format!("{}{}", (texts.money)(quote.amount), period(quote));
    format!("It was {}, and is {} now.", sum(old), sum(new))
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
