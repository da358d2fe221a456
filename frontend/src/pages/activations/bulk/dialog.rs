//! Asks whether to do one action on several activations, does it, and says what became of each.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::activation::ActivationRow;
use shared::dto::lifecycle::{
    BulkActivationsRequest, BulkChange, BulkChangeItem, BulkItem, BulkQuote, BulkQuoteItem, Expected,
};
use shared::paths;
use shared::problem::Problem;
use shared::vocab::{ActivationAction, ActivationId, Money, Permission, TakesEffect};

use super::words::{confirm, consequence, due_first, missing, needs_number};
use crate::api::transport;
use crate::components::decision::{Confirm, Fact, Well, alert, buttons, facts, progress, well};
use crate::components::{Dialog, icon, skeleton_rows};
use crate::format::words::counted;
use crate::format::{BROWSER, money};
use crate::pages::activation::{action_name, busy_word};
use crate::state::app_state;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

/// What was done, and what had been left out before.
#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    change: BulkChange,
    left_out: Vec<BulkQuoteItem>,
}

/// The dialog.
#[component]
pub fn BulkDialog(action: ActivationAction, rows: Vec<ActivationRow>, close: Callback<()>) -> impl IntoView {
    let commit = Commit::new();
    let number = i64::try_from(rows.len()).unwrap_or_default();
    let title = format!("{} {}?", action_name(action), counted(number, "activation", "activations", BROWSER));
    let asked = RwSignal::new(rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let rows = StoredValue::new(rows);
    let takes_effect = RwSignal::new(TakesEffect::PeriodEnd);
    let quote = Query::<BulkQuote>::new();
    watch(move || {
        let items = asked.get().into_iter().map(|id| BulkItem { activation_id: id, expected: None }).collect();
        if let Ok(body) = transport::write(&request(action, takes_effect.get(), items)) {
            quote.ask(paths::ACTIVATIONS_BULK_QUOTE.to_owned(), body);
        }
    });
    let outcome = RwSignal::new(None::<Outcome>);
    let typed = RwSignal::new(String::new());
    let possible = Memo::new(move |_| quote.data.with(|quote| quote.as_ref().map_or(0, |quote| quote.possible)));
    let asks_number = Memo::new(move |_| needs_number(action, takes_effect.get(), possible.get()));
    let is_ready = move || {
        let is_meant = !asks_number.get() || typed.with(|typed| typed.trim() == possible.get().to_string());
        possible.get() > 0 && is_meant && !quote.is_loading.get() && quote.error.with(Option::is_none)
    };
    let label = move || {
        let quoted =
            quote.data.with(|quote| quote.as_ref().map(|quote| confirm(action, takes_effect.get(), quote, BROWSER)));
        quoted.unwrap_or_else(|| action_name(action).to_owned())
    };
    let run = Callback::new(move |()| {
        let Some(quote) = quote.data.get_untracked() else { return };
        let possible = quote.items.iter().filter_map(|item| {
            let quote = item.quote.as_ref()?;
            let period_start_on = quote.period.as_ref().map(|period| period.start_on);
            let expected = Some(Expected { amount: quote.amount, period_start_on });
            Some(BulkItem { activation_id: item.activation_id, expected })
        });
        let body = request(action, takes_effect.get_untracked(), possible.collect());
        let left_out: Vec<_> = quote.items.into_iter().filter(|item| item.quote.is_none()).collect();
        commit.send(Write::post(paths::ACTIVATIONS_BULK.to_owned(), &body), move |text| {
            let change: BulkChange = transport::parse(text)?;
            let state = commit.state();
            state.changed(change.balance);
            state.announcer.say(&format!("{} of {} done.", change.succeeded, change.items.len()));
            commit.start_over();
            outcome.set(Some(Outcome { change, left_out }));
            Ok(())
        });
    });
    let name = move |id: ActivationId| {
        rows.with_value(|rows| {
            let row = rows.iter().find(|row| row.id == id);
            row.map(|row| format!("{} for {}", row.product.name, row.client.name)).unwrap_or_default()
        })
    };
    let content = move || {
        if let Some(outcome) = outcome.get() {
            return done(&outcome, name);
        }
        match (quote.error.get(), quote.data.get()) {
            (Some(error), _) => alert("banner--bad", "This is not possible now.", error.sentence()),
            (None, Some(quote)) => quoted(action, takes_effect.get(), &quote, name),
            (None, None) => skeleton_rows(4),
        }
    };
    let is_asking = Memo::new(move |_| outcome.with(Option::is_none));
    let when = move || (is_asking.get() && action == ActivationAction::Deactivate).then(|| when(takes_effect));
    let body = view! {
        {dynamic(when)}
        <div aria-busy=move || quote.is_loading.get().then_some("true")>{dynamic(content)}</div>
        {dynamic(move || (is_asking.get() && asks_number.get()).then(|| number_field(possible, typed)))}
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::derive(label),
        busy: busy_word(action),
        is_danger: Signal::derive(move || {
            action == ActivationAction::Deactivate && takes_effect.get() == TakesEffect::Now
        }),
        is_ready: Signal::derive(is_ready),
        shortfall: Signal::stored(None),
        again: None,
        run,
    };
    let again = Callback::new(move |failed: Vec<ActivationId>| {
        typed.set(String::new());
        quote.data.set(None);
        asked.set(failed);
        outcome.set(None);
    });
    let foot = dynamic(move || match outcome.get() {
        Some(outcome) => closing(&outcome, close, again),
        None => buttons(commit, close, confirm),
    });
    view! { <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=foot/> }
}

fn request(action: ActivationAction, takes_effect: TakesEffect, items: Vec<BulkItem>) -> BulkActivationsRequest {
    let takes_effect = (action == ActivationAction::Deactivate).then_some(takes_effect);
    BulkActivationsRequest { action, takes_effect, billing_interval: None, resume_on: None, reason: None, items }
}

/// At the end of what is paid, or now.
fn when(takes_effect: RwSignal<TakesEffect>) -> AnyView {
    let option = move |choice: TakesEffect, name: &'static str| {
        view! {
            <label class="preset">
                <input class="radio" type="radio" name="takes-effect" prop:checked=move || takes_effect.get() == choice on:change=move |_| takes_effect.set(choice)/>
                <span class="strong">{name}</span>
            </label>
        }
    };
    view! {
        <div class="dialog__fields">
            <fieldset class="presets">
                <legend class="field__label">"When"</legend>
                {option(TakesEffect::PeriodEnd, "At the end of what is paid")}
                {option(TakesEffect::Now, "Now")}
            </fieldset>
        </div>
    }
    .into_any()
}

fn number_field(possible: Memo<i64>, typed: RwSignal<String>) -> AnyView {
    view! {
        <div class="field dialog__fields--below">
            <label class="field__label" for="how-many">{move || format!("Write {} to confirm", possible.get())}</label>
            <input class="input" type="text" inputmode="numeric" id="how-many" autocomplete="off" prop:value=typed on:input:target=move |event| typed.set(event.target().value())/>
        </div>
    }
    .into_any()
}

/// The word of a refusal, with the sign that it is one.
fn refused(word: &'static str, problem: Option<&Problem>) -> AnyView {
    let why = problem.map(|problem| problem.title.clone()).unwrap_or_default();
    view! { <span class="bulk-item__end text-warn">{icon("warn", 14)}{format!("{word}: {why}")}</span> }.into_any()
}

fn items(label: &'static str, items: Vec<(String, AnyView)>) -> AnyView {
    let item = |(name, end)| view! { <li class="bulk-item"><span>{name}</span>{end}</li> };
    view! { <ul class="bulk-items" tabindex="0" role="list" aria-label=label>{items.into_iter().map(item).collect_view()}</ul> }
        .into_any()
}

fn quoted(
    action: ActivationAction,
    takes_effect: TakesEffect,
    quote: &BulkQuote,
    name: impl Fn(ActivationId) -> String,
) -> AnyView {
    let activations = counted(quote.possible, "activation", "activations", BROWSER);
    let sum = match quote.amount.minor {
        0 => None,
        1.. => Some(Well { label: "You pay now", value: money(quote.amount), sub: activations }),
        back => {
            let value = money(Money::new(-back, quote.amount.currency));
            Some(Well {
                label: "You get back",
                value,
                sub: "To the balance, for days that are paid and not used".to_owned(),
            })
        }
    };
    let skipped = quote.items.len() - usize::try_from(quote.possible).unwrap_or_default();
    let mut shown = Vec::new();
    if let Some(due_first) = due_first(quote) {
        shown.push(Fact::known("Due already, charged first", money(due_first)));
    }
    if let (Some(before), Some(after)) = (quote.balance_before, quote.balance_after) {
        shown.push(Fact::change("Balance", money(before), money(after)));
    }
    if skipped > 0 {
        shown.push(Fact::known("Left out", format!("{skipped}, see below")));
    }
    let row = |item: &BulkQuoteItem| {
        let end = match &item.quote {
            Some(quote) if quote.amount.minor < 0 => {
                let back = money(Money::new(-quote.amount.minor, quote.amount.currency));
                view! { <span class="bulk-item__end">{back}" back"</span> }.into_any()
            }
            Some(quote) if quote.amount.minor > 0 => {
                view! { <span class="bulk-item__end">{money(quote.amount)}</span> }.into_any()
            }
            Some(_) => ().into_any(),
            None => refused("Left out", item.problem.as_ref()),
        };
        (name(item.activation_id), end)
    };
    view! {
        {sum.map(well)}
        {facts(shown)}
        <p class="dialog__note">{consequence(action, takes_effect)}</p>
        {missing(quote).map(short)}
        {items("The activations", quote.items.iter().map(row).collect())}
    }
    .into_any()
}

/// The balance does not suffice for all: how much would.
fn short((count, missing): (usize, Money)) -> AnyView {
    let count = counted(i64::try_from(count).unwrap_or_default(), "is left out", "are left out", BROWSER);
    let top_up = app_state().session.may(Permission::WalletTopUp).then(|| {
        let path = format!("/wallet?amount={}&next=/activations#top-up", missing.amount());
        view! { <a href=path>{format!("Top up {}", money(missing))}</a>" to do all of them." }
    });
    view! {
        <div class="banner banner--in" role="alert">
            {icon("warn", 16)}
            <p class="banner__text"><strong>"The balance is not enough for all."</strong>{format!(" {count} for it. ")}{top_up}</p>
        </div>
    }
    .into_any()
}

fn done(outcome: &Outcome, name: impl Fn(ActivationId) -> String) -> AnyView {
    let change = &outcome.change;
    let row = |item: &BulkChangeItem| {
        let end = match &item.problem {
            None => view! { <span class="bulk-item__end">{icon("check", 14)}"Done"</span> }.into_any(),
            problem => refused("Failed", problem.as_ref()),
        };
        (name(item.activation_id), end)
    };
    let left_out = |item: &BulkQuoteItem| (name(item.activation_id), refused("Left out", item.problem.as_ref()));
    let all = change.items.iter().map(row).chain(outcome.left_out.iter().map(left_out)).collect();
    let moved = match change.amount.minor {
        0 => None,
        1.. => Some(format!(" {} charged.", money(change.amount))),
        back => Some(format!(" {} came back.", money(Money::new(-back, change.amount.currency)))),
    };
    let balance = change.balance.map(|balance| format!(" Balance {}.", money(balance)));
    let count = change.items.len() + outcome.left_out.len();
    view! {
        <p class="status-message" role="status">{icon("check", 16)}<span>{format!("{} of {count} done.", change.succeeded)}{moved}{balance}</span></p>
        {items("What became of each", all)}
    }
    .into_any()
}

/// Once it is done: what failed can be asked about again, by a quote of its own.
fn closing(outcome: &Outcome, close: Callback<()>, again: Callback<Vec<ActivationId>>) -> AnyView {
    let failed: Vec<_> =
        outcome.change.items.iter().filter(|item| item.problem.is_some()).map(|item| item.activation_id).collect();
    let retry = (!failed.is_empty()).then(|| {
        let label = format!("Retry the {} that failed", failed.len());
        view! { <button class="btn" type="button" on:click=move |_| again.run(failed.clone())>{label}</button> }
    });
    view! {
        {retry}
        <button class="btn btn--primary" type="button" on:click=move |_| close.run(())>"Close"</button>
    }
    .into_any()
}
