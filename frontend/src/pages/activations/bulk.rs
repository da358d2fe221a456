//! One action on several activations: what each would cost, what each became.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::activation::ActivationRow;
use shared::dto::lifecycle::{BulkActivationsRequest, BulkChange, BulkItem, BulkQuote, Expected, MAX_BULK_ITEMS};
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{ActivationAction, ActivationId, TakesEffect};

use crate::api::transport;
use crate::components::decision::{Confirm, Fact, Well, alert, buttons, facts, progress, well};
use crate::components::{Dialog, icon, skeleton_rows};
use crate::format::BROWSER;
use crate::format::money;
use crate::format::words::counted;
use crate::pages::activation::{action_icon, action_name, busy_word, permission_for};
use crate::state::app_state;
use crate::state::commit::{Commit, Write};
use crate::state::query::Query;

const ACTIONS: [ActivationAction; 4] =
    [ActivationAction::Renew, ActivationAction::Pause, ActivationAction::Resume, ActivationAction::Deactivate];
/// From so many on, ending them asks for their number.
const MANY: i64 = 10;

/// What is selected, and what can be done with it.
#[component]
pub fn BulkBar(
    /// The selected rows' ids.
    selected: RwSignal<Vec<ActivationId>>,
    /// The rows on screen, for their names.
    page: Query<Page<ActivationRow>>,
) -> impl IntoView {
    let session = app_state().session;
    let opened = RwSignal::new(None::<ActivationAction>);
    let close = Callback::new(move |()| {
        opened.set(None);
        page.reload();
    });
    let button = move |action: ActivationAction| {
        let is_allowed = move || session.may(permission_for(action));
        view! {
            <button class="btn btn--sm" type="button" hidden=move || !is_allowed() on:click=move |_| opened.set(Some(action))>
                {icon(action_icon(action), 14)}{action_name(action)}
            </button>
        }
    };
    let count = Memo::new(move |_| selected.with(Vec::len));
    let text = move || {
        counted(i64::try_from(count.get()).unwrap_or_default(), "activation selected", "activations selected", BROWSER)
    };
    let is_any = Memo::new(move |_| count.get() > 0);
    let bar = move || {
        is_any.get().then(|| {
            view! {
                <div class="bulk-bar" role="region" aria-label="Selection">
                    <span class="bulk-bar__text"><strong role="status">{dynamic(text)}</strong></span>
                    <span class="bulk-bar__actions">
                        {ACTIONS.map(button).into_iter().collect_view()}
                        <button class="btn btn--sm btn--link" type="button" on:click=move |_| selected.set(Vec::new())>"Clear"</button>
                    </span>
                </div>
            }
        })
    };
    let dialog = move || {
        let action = opened.get()?;
        let chosen = selected.get_untracked();
        let rows = page.data.get_untracked().map(|page| page.items).unwrap_or_default();
        let rows = rows.into_iter().filter(|row| chosen.contains(&row.id)).take(MAX_BULK_ITEMS).collect();
        Some(view! { <BulkDialog action=action rows=rows close=close/> })
    };
    view! { {dynamic(bar)}{dynamic(dialog)} }
}

fn request(action: ActivationAction, items: Vec<BulkItem>) -> BulkActivationsRequest {
    let takes_effect = (action == ActivationAction::Deactivate).then_some(TakesEffect::PeriodEnd);
    BulkActivationsRequest { action, takes_effect, billing_interval: None, resume_on: None, reason: None, items }
}

#[component]
fn BulkDialog(action: ActivationAction, rows: Vec<ActivationRow>, close: Callback<()>) -> impl IntoView {
    let commit = Commit::new();
    let number = i64::try_from(rows.len()).unwrap_or_default();
    let title = format!("{} {}?", action_name(action), counted(number, "activation", "activations", BROWSER));
    let quote = Query::<BulkQuote>::new();
    let items = rows.iter().map(|row| BulkItem { activation_id: row.id, expected: None }).collect();
    if let Ok(body) = transport::write(&request(action, items)) {
        quote.ask(paths::ACTIVATIONS_BULK_QUOTE.to_owned(), body);
    }
    let rows = StoredValue::new(rows);
    let result = RwSignal::new(None::<BulkChange>);
    let typed = RwSignal::new(String::new());
    let possible = move || quote.data.with(|quote| quote.as_ref().map_or(0, |quote| quote.possible));
    let needs_number = move || action == ActivationAction::Deactivate && possible() > MANY;
    let is_ready = move || {
        let is_meant = !needs_number() || typed.get().trim() == possible().to_string();
        possible() > 0 && is_meant && !quote.is_loading.get() && quote.error.with(Option::is_none)
    };
    let label = move || {
        let sum = quote.data.with(|quote| quote.as_ref().map(|quote| quote.amount)).filter(|sum| sum.minor > 0);
        let sum = sum.map(|sum| format!(" for {}", money(sum))).unwrap_or_default();
        format!("{} {}{sum}", action_name(action), possible())
    };
    let run = Callback::new(move |()| {
        let Some(quote) = quote.data.get_untracked() else { return };
        let possible = quote.items.iter().filter_map(|item| {
            let quote = item.quote.as_ref()?;
            let period_start_on = quote.period.as_ref().map(|period| period.start_on);
            let expected = Some(Expected { amount: quote.amount, period_start_on });
            Some(BulkItem { activation_id: item.activation_id, expected })
        });
        let write = Write::post(paths::ACTIVATIONS_BULK.to_owned(), &request(action, possible.collect()));
        commit.send(write, move |text| {
            let change: BulkChange = transport::parse(text)?;
            let state = commit.state();
            state.changed(change.balance);
            state.announcer.say(&format!("{} of {} done.", change.succeeded, change.items.len()));
            commit.start_over();
            result.set(Some(change));
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
        if let Some(change) = result.get() {
            return outcome(&change, name);
        }
        match (quote.error.get(), quote.data.get()) {
            (Some(error), _) => alert("banner--bad", "This is not possible now.", error.sentence()),
            (None, Some(quote)) => quoted(action, &quote, name),
            (None, None) => skeleton_rows(4),
        }
    };
    let number_field = move || {
        (needs_number() && result.with(Option::is_none)).then(|| {
            view! {
                <div class="field dialog__fields">
                    <label class="field__label" for="how-many">{move || format!("Write {} to confirm", possible())}</label>
                    <input class="input" type="text" inputmode="numeric" id="how-many" autocomplete="off" prop:value=typed on:input:target=move |event| typed.set(event.target().value())/>
                </div>
            }
        })
    };
    let body = view! {
        <div aria-busy=move || quote.is_loading.get().then_some("true")>{dynamic(content)}</div>
        {dynamic(number_field)}
        {progress(commit, Signal::stored(None))}
    };
    let confirm = Confirm {
        label: Signal::derive(label),
        busy: busy_word(action),
        is_danger: Signal::stored(false),
        is_ready: Signal::derive(is_ready),
        shortfall: Signal::stored(None),
        run,
    };
    let foot = dynamic(move || {
        if result.with(Option::is_some) {
            view! { <button class="btn btn--primary" type="button" on:click=move |_| close.run(())>"Close"</button> }
                .into_any()
        } else {
            buttons(commit, close, confirm)
        }
    });
    view! { <Dialog title=title is_locked=commit.is_locked on_close=close body=body.into_any() foot=foot/> }
}

fn quoted(action: ActivationAction, quote: &BulkQuote, name: impl Fn(ActivationId) -> String) -> AnyView {
    let skipped = quote.items.len() - usize::try_from(quote.possible).unwrap_or_default();
    let sum = (quote.amount.minor > 0).then(|| {
        let sub = counted(quote.possible, "activation", "activations", BROWSER);
        well(Well { label: "You pay now", value: money(quote.amount), sub })
    });
    let mut shown = Vec::new();
    if let (Some(before), Some(after)) = (quote.balance_before, quote.balance_after) {
        shown.push(Fact::change("Balance", money(before), money(after)));
    }
    if skipped > 0 {
        shown.push(Fact::known("Left out", format!("{skipped}, see below")));
    }
    let item = |item: &shared::dto::lifecycle::BulkQuoteItem| {
        let note = match (&item.quote, &item.problem) {
            (Some(quote), _) if quote.amount.minor != 0 => {
                view! { <span class="bulk-item__end">{money(quote.amount)}</span> }.into_any()
            }
            (Some(_), _) => ().into_any(),
            (None, problem) => {
                let why = problem.as_ref().map(|problem| problem.title.clone()).unwrap_or_default();
                view! { <span class="bulk-item__end text-warn">{icon("warn", 14)}{why}</span> }.into_any()
            }
        };
        view! { <li class="bulk-item"><span>{name(item.activation_id)}</span>{note}</li> }
    };
    let note = match action {
        ActivationAction::Pause => {
            "Access stops now for each. Nothing is refunded; resuming is free as long as it is paid."
        }
        ActivationAction::Deactivate => "Each stays on until what is paid has run out; until then it can be kept.",
        _ => "Each is done for itself: what one refuses does not hold up the others.",
    };
    view! {
        {sum}
        {facts(shown)}
        <p class="dialog__note">{note}</p>
        <ul class="bulk-items" tabindex="0" role="list" aria-label="The activations">{quote.items.iter().map(item).collect_view()}</ul>
    }
    .into_any()
}

fn outcome(change: &BulkChange, name: impl Fn(ActivationId) -> String) -> AnyView {
    let item = |item: &shared::dto::lifecycle::BulkChangeItem| {
        let note = match &item.problem {
            None => view! { <span class="bulk-item__end">{icon("check", 14)}"Done"</span> }.into_any(),
            Some(problem) => {
                view! { <span class="bulk-item__end text-warn">{icon("warn", 14)}{problem.title.clone()}</span> }
                    .into_any()
            }
        };
        view! { <li class="bulk-item"><span>{name(item.activation_id)}</span>{note}</li> }
    };
    let charged = (change.amount.minor > 0).then(|| format!(" {} charged.", money(change.amount)));
    let balance = change.balance.map(|balance| format!(" Balance {}.", money(balance)));
    view! {
        <p class="status-message" role="status">{icon("check", 16)}<span>{format!("{} of {} done.", change.succeeded, change.items.len())}{charged}{balance}</span></p>
        <ul class="bulk-items" tabindex="0" role="list" aria-label="What became of each">{change.items.iter().map(item).collect_view()}</ul>
    }
    .into_any()
}
