//! The filter panel: beside the list on wide screens, a full-screen sheet on narrow ones. Every choice acts at once.

use crate::components::dynamic;
use chrono::NaiveDate;
use leptos::prelude::*;
use shared::dto::activation::ActivationCounts;
use shared::vocab::{ActivationStatus, BillingInterval, BillingState};

use super::Show;
use super::model::{ListView, billing_state_name, toggle};
use crate::components::icon;
use crate::format::words::{counted, interval_name, status_name};
use crate::format::{BROWSER, count};

const STATUSES: [ActivationStatus; 6] = [
    ActivationStatus::Active,
    ActivationStatus::Paused,
    ActivationStatus::Expired,
    ActivationStatus::Pending,
    ActivationStatus::Failed,
    ActivationStatus::Deactivated,
];

/// Status, product, billing interval, billing state and dates.
#[component]
pub fn Filters(
    /// What the list shows.
    view: Memo<ListView>,
    /// How many there are of each; counted over all activations.
    counts: RwSignal<Option<ActivationCounts>>,
    /// How many rows match now.
    total: Memo<Option<i64>>,
    /// Called with the changed view.
    show: Show,
    /// Called when the panel is to be closed.
    close: Callback<()>,
) -> impl IntoView {
    let change = move |change: &dyn Fn(&mut ListView)| {
        let mut changed = view.get_untracked();
        change(&mut changed);
        show.run((changed.from_start(), false));
    };
    let statuses = STATUSES.map(|status| {
        let number = Signal::derive(move || {
            number_of(counts, |counts| {
                counts.by_status.iter().find(|known| known.status == status).map(|known| known.count)
            })
        });
        let is_on = Signal::derive(move || view.with(|view| view.status.contains(&status)));
        check(
            status_name(status).to_owned(),
            number,
            is_on,
            Callback::new(move |()| change(&|view| toggle(&mut view.status, status))),
        )
    });
    let products = move || {
        counts.with(|counts| {
            let known = counts.as_ref().map(|counts| counts.by_product.clone()).unwrap_or_default();
            known
                .into_iter()
                .map(|known| {
                    let id = known.product.id;
                    let is_on = Signal::derive(move || view.with(|view| view.product.contains(&id)));
                    let number = Signal::derive(move || Some(count(known.count)));
                    check(
                        known.product.name,
                        number,
                        is_on,
                        Callback::new(move |()| change(&|view| toggle(&mut view.product, id))),
                    )
                })
                .collect_view()
        })
    };
    let intervals = BillingInterval::ALL.iter().map(|interval| {
        let interval = *interval;
        let number = Signal::derive(move || {
            number_of(counts, |counts| {
                counts
                    .by_billing_interval
                    .iter()
                    .find(|known| known.billing_interval == interval)
                    .map(|known| known.count)
            })
        });
        let is_on = Signal::derive(move || view.with(|view| view.billing_interval.contains(&interval)));
        check(
            interval_name(interval).to_owned(),
            number,
            is_on,
            Callback::new(move |()| change(&|view| toggle(&mut view.billing_interval, interval))),
        )
    });
    let states = BillingState::ALL.iter().map(|state| {
        let state = *state;
        let is_on = Signal::derive(move || view.with(|view| view.billing_state.contains(&state)));
        check(
            billing_state_name(state).to_owned(),
            Signal::stored(None),
            is_on,
            Callback::new(move |()| change(&|view| toggle(&mut view.billing_state, state))),
        )
    });
    let from = Callback::new(move |on| change(&move |view| view.activated_from = on));
    let to = Callback::new(move |on| change(&move |view| view.activated_to = on));
    let done = move || match total.get() {
        Some(total) => format!("Show {}", counted(total, "activation", "activations", BROWSER)),
        None => "Show".to_owned(),
    };
    let all = move || {
        counts.with(|counts| {
            counts.as_ref().map(|counts| {
                format!("Counts are for all {}.", counted(counts.total, "activation", "activations", BROWSER))
            })
        })
    };
    let close_on_escape = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            close.run(());
        }
    };
    view! {
        <div class="filter-panel" role="group" aria-label="Filters" on:keydown=close_on_escape>
            <div class="filter-panel__title">
                <h2>"Filter"</h2>
                <button class="icon-btn" type="button" aria-label="Close the filter" on:click=move |_| close.run(())>{icon("cross", 16)}</button>
            </div>
            <fieldset><legend class="filter-panel__legend">"Status"</legend>{statuses.into_iter().collect_view()}</fieldset>
            <fieldset>
                <legend class="filter-panel__legend">"Product"</legend>
                <div class="filter-panel__scroll">{dynamic(products)}</div>
            </fieldset>
            <fieldset><legend class="filter-panel__legend">"Billing interval"</legend>{intervals.collect_view()}</fieldset>
            <div class="filter-panel__stack">
                <fieldset><legend class="filter-panel__legend">"Billing"</legend>{states.collect_view()}</fieldset>
                {date_field("activated-from", "Activated from", Signal::derive(move || view.get().activated_from), from)}
                {date_field("activated-to", "Activated to", Signal::derive(move || view.get().activated_to), to)}
            </div>
            <div class="filter-panel__foot">
                <button class="btn" type="button" on:click=move |_| close.run(())>{dynamic(done)}</button>
                <button class="btn btn--link" type="button" on:click=move |_| show.run((view.get_untracked().without_filters(), false))>"Clear all"</button>
                <span class="note">{dynamic(all)}</span>
            </div>
        </div>
    }
}

/// A date that is typed; what is not a date is said and changes nothing.
fn date_field(
    id: &'static str,
    name: &'static str,
    on: Signal<Option<NaiveDate>>,
    change: Callback<Option<NaiveDate>>,
) -> AnyView {
    let is_wrong = RwSignal::new(false);
    let changed = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        let date = text.trim().parse().ok();
        is_wrong.set(date.is_none() && !text.trim().is_empty());
        if !is_wrong.get_untracked() {
            change.run(date);
        }
    };
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    view! {
        <div class="field">
            <label class="filter-panel__legend" for=id>{name}</label>
            <input
                class="input"
                type="text"
                inputmode="numeric"
                id=id
                placeholder="YYYY-MM-DD"
                autocomplete="off"
                prop:value=move || on.get().map(|on| on.to_string()).unwrap_or_default()
                aria-invalid=move || is_wrong.get().then_some("true")
                aria-describedby=move || is_wrong.get().then(|| described_by.clone())
                on:change=changed
            />
            {dynamic(move || is_wrong.get().then(|| view! {
                <p class="field__error" id=error_id.clone()>{icon("warn", 14)}"Write the date as 2026-07-14."</p>
            }))}
        </div>
    }
    .into_any()
}

fn number_of(
    counts: RwSignal<Option<ActivationCounts>>,
    of: impl Fn(&ActivationCounts) -> Option<i64>,
) -> Option<String> {
    counts.with(|counts| counts.as_ref().and_then(of)).map(count)
}

fn check(name: String, number: Signal<Option<String>>, is_on: Signal<bool>, change: Callback<()>) -> AnyView {
    view! {
        <label class="check-row">
            <input class="check" type="checkbox" prop:checked=move || is_on.get() on:change=move |_| change.run(())/>
            <span>{name}</span>
            <span class="check-row__n">{dynamic(move || number.get())}</span>
        </label>
    }
    .into_any()
}
