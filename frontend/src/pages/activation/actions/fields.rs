//! What an action leaves to choose: when, which interval, until when, why.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::activation::Activation;
use shared::dto::catalogue::Product;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{ActivationAction, BillingInterval, TakesEffect};

use super::words::{Choice, may_wait};
use crate::format::money;
use crate::format::words::interval_name;
use crate::state::query::Query;

/// What was chosen so far.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// What the quote depends on.
    pub choice: RwSignal<Choice>,
    /// The day on which a pause ends by itself, as typed.
    pub resume_on: RwSignal<String>,
    /// Why, as typed.
    pub reason: RwSignal<String>,
    /// Whether what was typed can be sent.
    pub is_valid: Signal<bool>,
}

impl Fields {
    /// What is proposed for `action`.
    pub fn new(action: ActivationAction, data: &Activation) -> Self {
        let has_choice = matches!(action, ActivationAction::Deactivate | ActivationAction::ChangeInterval);
        let takes_effect = if has_choice && !may_wait(&data.row) { TakesEffect::Now } else { TakesEffect::PeriodEnd };
        let resume_on = RwSignal::new(String::new());
        let is_valid = Signal::derive(move || {
            resume_on.with(|text| text.trim().is_empty() || text.trim().parse::<chrono::NaiveDate>().is_ok())
        });
        Self {
            choice: RwSignal::new(Choice { action, takes_effect, billing_interval: None }),
            resume_on,
            reason: RwSignal::new(String::new()),
            is_valid,
        }
    }
}

/// The fields of the action.
pub fn fields(chosen: Fields, data: StoredValue<Activation>) -> AnyView {
    match chosen.choice.with_untracked(|choice| choice.action) {
        ActivationAction::Pause => view! {
            <div class="dialog__fields">
                <div class="field">
                    <label class="field__label" for="resume-on">"Resume by itself on (optional)"</label>
                    <input class="input" type="date" id="resume-on" prop:value=chosen.resume_on
                        on:input:target=move |event| chosen.resume_on.set(event.target().value())/>
                </div>
                {reason(chosen)}
            </div>
        }
        .into_any(),
        ActivationAction::Deactivate => view! {
            <div class="dialog__fields">
                {when(chosen, data, "At the end of what is paid", "Now")}
                {reason(chosen)}
            </div>
        }
        .into_any(),
        ActivationAction::ChangeInterval => view! {
            <div class="dialog__fields">
                {intervals(chosen, data)}
                {when(chosen, data, "With the next period", "Now")}
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn reason(chosen: Fields) -> AnyView {
    view! {
        <div class="field">
            <label class="field__label" for="reason">"Reason, for the timeline (optional)"</label>
            <input class="input" type="text" id="reason" maxlength="500" autocomplete="off" prop:value=chosen.reason
                on:input:target=move |event| chosen.reason.set(event.target().value())/>
        </div>
    }
    .into_any()
}

/// At the end, or now; no choice where only now is possible.
fn when(chosen: Fields, data: StoredValue<Activation>, later: &'static str, now: &'static str) -> Option<AnyView> {
    if !data.with_value(|data| may_wait(&data.row)) {
        return None;
    }
    let option = move |takes_effect: TakesEffect, name: &'static str| {
        let is_chosen = move || chosen.choice.with(|choice| choice.takes_effect == takes_effect);
        let choose = move |_| chosen.choice.update(|choice| choice.takes_effect = takes_effect);
        view! {
            <label class="preset">
                <input class="radio" type="radio" name="takes-effect" prop:checked=is_chosen on:change=choose/>
                <span class="strong">{name}</span>
            </label>
        }
    };
    Some(
        view! {
            <fieldset class="presets">
                <legend class="field__label">"When"</legend>
                {option(TakesEffect::PeriodEnd, later)}
                {option(TakesEffect::Now, now)}
            </fieldset>
        }
        .into_any(),
    )
}

/// The product's intervals with their prices; the present one only where it undoes a change that waits.
fn intervals(chosen: Fields, data: StoredValue<Activation>) -> AnyView {
    let products = Query::<Page<Product>>::new();
    products.load(format!("{}?limit=200", paths::PRODUCTS));
    let (product, present, has_pending) =
        data.with_value(|data| (data.row.product.id, data.row.billing_interval, data.pending_change.is_some()));
    let option = move |interval: BillingInterval, price: shared::vocab::Money| {
        let is_chosen = move || chosen.choice.with(|choice| choice.billing_interval == Some(interval));
        let choose = move |_| chosen.choice.update(|choice| choice.billing_interval = Some(interval));
        view! {
            <label class="preset">
                <input class="radio" type="radio" name="interval" prop:checked=is_chosen on:change=choose/>
                <span class="strong">{interval_name(interval)}</span>
                <span class="preset__amount">{money(price)}</span>
            </label>
        }
    };
    let options = move || {
        products.data.with(|products| {
            let product = products.as_ref()?.items.iter().find(|known| known.id == product)?;
            let prices = product.prices.iter().filter(|price| has_pending || price.billing_interval != present);
            Some(prices.map(|price| option(price.billing_interval, price.amount)).collect_view())
        })
    };
    view! { <fieldset class="presets"><legend class="field__label">"Billing interval"</legend>{dynamic(options)}</fieldset> }
        .into_any()
}
