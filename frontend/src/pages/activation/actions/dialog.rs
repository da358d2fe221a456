//! The dialog of one action: quote, confirm, commit.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::activation::Activation;
use shared::dto::lifecycle::{
    ActivationChange, ChangeActivationIntervalRequest, DeactivateActivationRequest, Expected, KeepActivationRequest,
    PauseActivationRequest, Quote, QuoteActionRequest, RenewActivationRequest, ResumeActivationRequest,
    RetryActivationRequest,
};
use shared::paths;
use shared::vocab::{ActivationAction, TakesEffect};

use super::fields::{Fields, fields};
use super::words::{self, Choice};
use super::{Said, again};
use crate::api::{ApiError, transport};
use crate::components::decision::{Confirm, alert, buttons, facts, progress, reach_of, short, shortfall_of, well};
use crate::components::{Dialog, skeleton_rows};
use crate::format::BROWSER;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

/// Asks whether to do `action`, and does it.
#[component]
pub fn ActionDialog(
    action: ActivationAction,
    /// What was chosen before, where this was left for a top-up.
    chosen: Option<Choice>,
    data: Activation,
    close: Callback<()>,
    done: Callback<Said>,
) -> impl IntoView {
    let title = words::question(action, &data.row);
    let id = data.row.id;
    let commit = Commit::new();
    let before = chosen;
    let chosen = Fields::new(action, &data);
    let choice = chosen.choice;
    if let Some(before) = before {
        choice.set(before);
    }
    // What takes something away at once is left first, not done.
    let is_careful = choice
        .with_untracked(|choice| action == ActivationAction::Deactivate && choice.takes_effect == TakesEffect::Now);
    let data = StoredValue::new(data);
    let quote = Query::<Quote>::new();
    watch(move || {
        let Choice { action, takes_effect, billing_interval } = choice.get();
        if action == ActivationAction::ChangeInterval && billing_interval.is_none() {
            return;
        }
        let has_choice = matches!(action, ActivationAction::Deactivate | ActivationAction::ChangeInterval);
        let takes_effect = has_choice.then_some(takes_effect);
        let body = transport::write(&QuoteActionRequest { action, takes_effect, billing_interval }).unwrap_or_default();
        commit.error.set(None);
        quote.ask(paths::activation_quote(id), body);
    });
    // What a refused commit says is true now takes the place of what was shown.
    let changed = RwSignal::new(None::<String>);
    watch(move || {
        let Some(ApiError::Problem(problem)) = commit.error.get() else { return };
        if let (Some(new), Some(old)) = (problem.quote, quote.data.get_untracked()) {
            changed.set(Some(words::difference(&old, &new, BROWSER)));
            quote.data.set(Some(*new));
        }
    });
    let is_ready = move || {
        !quote.is_loading.get()
            && quote.error.with(Option::is_none)
            && quote.data.with(Option::is_some)
            && chosen.is_valid.get()
    };
    let shortfall = move || shortfall_of(commit, quote.data.with(|quote| quote.as_ref()?.shortfall));
    let label = move || {
        let quoted = quote.data.with(|quote| {
            let quote = quote.as_ref()?;
            Some(data.with_value(|data| words::confirm(choice.get(), &data.row, quote, BROWSER)))
        });
        quoted.unwrap_or_else(|| words::action_name(action).to_owned())
    };
    let run = Callback::new(move |()| {
        let Some(quote) = quote.data.get_untracked() else { return };
        let (choice, write) = (choice.get_untracked(), request(id, &chosen, &quote));
        commit.send(write, move |text| {
            let change: ActivationChange = transport::parse(text)?;
            commit.state().changed(change.balance);
            let undo = (action == ActivationAction::Pause).then_some(ActivationAction::Resume);
            done.run(Said {
                text: words::done(choice, &change, BROWSER),
                entry: change.ledger_entry_ids.last().copied(),
                undo,
            });
            Ok(())
        });
    });
    let content = move || {
        if let Some(error) = quote.error.get() {
            return alert("banner--bad", "This is not possible now.", error.sentence());
        }
        let shown = quote
            .data
            .with(|quote| quote.as_ref().map(|quote| data.with_value(|data| quoted(choice.get(), data, quote))));
        shown.unwrap_or_else(|| {
            if choice.with(|choice| choice.billing_interval.is_none()) && action == ActivationAction::ChangeInterval {
                ().into_any()
            } else {
                skeleton_rows(2)
            }
        })
    };
    let body = view! {
        {fields(chosen, data)}
        <div aria-busy=move || quote.is_loading.get().then_some("true")>{dynamic(content)}</div>
        {dynamic(move || shortfall().map(short))}
        {progress(commit, changed.into())}
    };
    let path = move || data.with_value(|data| again::path(id, choice.get(), data.row.paid_until_on));
    let confirm = Confirm {
        label: Signal::derive(label),
        busy: words::busy_word(action),
        is_danger: Signal::derive(move || {
            let choice = choice.get();
            choice.action == ActivationAction::Deactivate && choice.takes_effect == TakesEffect::Now
        }),
        is_ready: Signal::derive(is_ready),
        shortfall: Signal::derive(shortfall),
        again: Some((words::action_verb(action), Signal::derive(path))),
        run,
    };
    view! {
        <Dialog title=title is_locked=commit.is_locked is_careful=is_careful on_close=close body=body.into_any() foot=buttons(commit, close, confirm)/>
    }
}

/// Sum, facts and what follows.
fn quoted(choice: Choice, data: &Activation, quote: &Quote) -> AnyView {
    let mut shown = words::facts(choice, data, quote, BROWSER);
    shown.extend(reach_of(quote));
    view! {
        {words::sum(choice, data, quote, BROWSER).map(well)}
        {facts(shown)}
        <p class="dialog__note">{words::consequence(choice, data, quote, BROWSER)}</p>
    }
    .into_any()
}

/// The request of an action, with what its quote said.
fn request(id: shared::vocab::ActivationId, chosen: &Fields, quote: &Quote) -> Result<Write, ApiError> {
    let Choice { action, takes_effect, billing_interval } = chosen.choice.get_untracked();
    let path = paths::activation_action(id, action);
    let period_start_on = quote.period.as_ref().map(|period| period.start_on);
    let expected = Some(Expected { amount: quote.amount, period_start_on });
    let reason = Some(chosen.reason.get_untracked().trim().to_owned()).filter(|reason| !reason.is_empty());
    match action {
        ActivationAction::Renew => Write::post(path, &RenewActivationRequest { expected }),
        ActivationAction::Pause => {
            let resume_on = chosen.resume_on.get_untracked().trim().parse().ok();
            Write::post(path, &PauseActivationRequest { resume_at: None, resume_on, reason, expected })
        }
        ActivationAction::Resume => Write::post(path, &ResumeActivationRequest { reason, expected }),
        ActivationAction::Deactivate => {
            Write::post(path, &DeactivateActivationRequest { takes_effect, reason, expected })
        }
        ActivationAction::Keep => Write::post(path, &KeepActivationRequest { reason, expected }),
        ActivationAction::ChangeInterval => {
            let billing_interval = billing_interval.ok_or(ApiError::Unreadable)?;
            Write::post(path, &ChangeActivationIntervalRequest { billing_interval, takes_effect, expected })
        }
        ActivationAction::Retry => Write::post(path, &RetryActivationRequest { expected }),
    }
}
