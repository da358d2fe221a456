//! Requesting a top-up: what covers 30, 60 or 90 days, or another amount.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::forecast::{Forecast, RecommendedTopUp};
use shared::dto::top_up::{CreateTopUpRequest, TopUp};
use shared::paths;
use shared::vocab::{Money, TopUpMethod};

use super::model::{method_name, top_up_path};
use crate::api::transport;
use crate::components::decision::{Fact, facts, progress};
use crate::components::icon;
use crate::format::typed::{amount as typed_amount, wrong_amount};
use crate::format::words::DateForm;
use crate::format::{date, money};
use crate::state::app_state;
use crate::state::commit::{Commit, Stage, Write};

/// Stands for another amount among the presets, which are numbers of days.
const OTHER: i64 = 0;

/// The card with the form.
#[component]
pub fn TopUpForm(
    /// What is recommended, and the balance.
    forecast: RwSignal<Option<Forecast>>,
) -> impl IntoView {
    let state = app_state();
    let commit = Commit::new();
    let query = use_location().query;
    let asked = Memo::new(move |_| query.with(|query| query.get("amount")));
    let chosen = RwSignal::new(30_i64);
    let typed = RwSignal::new(String::new());
    let method = RwSignal::new(TopUpMethod::BankTransfer);
    watch(move || {
        // A link from a dialog or the banner names what is missing.
        if let Some(amount) = asked.get() {
            typed.set(amount);
            chosen.set(OTHER);
        }
    });
    let available = move || forecast.with(|forecast| forecast.as_ref().map(|forecast| forecast.runway.available));
    let recommended = move || {
        forecast
            .with(|forecast| forecast.as_ref().map(|forecast| forecast.recommended_top_ups.clone()).unwrap_or_default())
    };
    let preset = move || recommended().into_iter().find(|known| known.days == chosen.get());
    let amount = Memo::new(move |_| {
        let currency = available()?.currency;
        let amount = match chosen.get() {
            OTHER => typed_amount(&typed.get(), currency)?,
            _ => preset()?.amount,
        };
        (amount.minor > 0).then_some(amount)
    });
    let after = move || {
        let (available, amount) = (available()?, amount.get()?);
        let mut shown =
            vec![Fact::known("Balance after", money(Money::new(available.minor + amount.minor, amount.currency)))];
        if let Some(preset) = preset() {
            shown.push(Fact::known("Covers everything until", date(preset.until_on, DateForm::Medium)));
        }
        Some(facts(shown))
    };
    let label = move || match (commit.stage.get(), amount.get()) {
        (Stage::Sending, _) => "Requesting…".to_owned(),
        (Stage::Checking, _) => "Checking…".to_owned(),
        (Stage::Ready, Some(amount)) => format!("Top up {}", money(amount)),
        (Stage::Ready, None) => "Top up".to_owned(),
    };
    let navigate = use_navigate();
    let is_wrong = RwSignal::new(false);
    let send = move |_| {
        is_wrong.set(amount.get_untracked().is_none());
        let Some(amount) = amount.get_untracked() else { return };
        let next = query.with_untracked(|query| query.get("next"));
        let navigate = navigate.clone();
        let request = CreateTopUpRequest { amount, method: method.get_untracked(), reference: None };
        commit.send(Write::post(paths::TOP_UPS.to_owned(), &request), move |text| {
            let top_up: TopUp = transport::parse(text)?;
            state.changed(None);
            navigate(&top_up_path(top_up.id, next.as_deref()), NavigateOptions::default());
            Ok(())
        });
    };
    let is_other = move || chosen.get() == OTHER;
    let wrong = move || is_wrong.get() && amount.get().is_none();
    view! {
        <section class="card topup" aria-labelledby="top-up">
            <div class="card__head"><h2 id="top-up">"Top up"</h2></div>
            <div class="card__body">
                <fieldset class="presets">
                    <legend class="vh">"Amount"</legend>
                    {dynamic(move || recommended().into_iter().map(|known| preset_row(&known, chosen)).collect_view())}
                    <label class="preset">
                        <input class="radio" type="radio" name="top-up-amount" prop:checked=is_other on:change=move |_| chosen.set(OTHER)/>
                        <span class="strong">"Another amount"</span>
                    </label>
                </fieldset>
                <div class="topup__fields">
                    <div class="field" hidden=move || !is_other()>
                        <label class="field__label" for="top-up-other">{move || format!("Amount{}", available().map(|money| format!(" in {}", money.currency)).unwrap_or_default())}</label>
                        <input class="input" type="text" inputmode="decimal" id="top-up-other" autocomplete="off" prop:value=typed
                            aria-invalid=move || wrong().then_some("true") aria-describedby=move || wrong().then_some("top-up-error")
                            on:input:target=move |event| typed.set(event.target().value())/>
                    </div>
                    {dynamic(move || wrong().then(|| view! { <p class="field__error" id="top-up-error">{icon("warn", 14)}{available().map(|money| wrong_amount(money.currency))}</p> }))}
                    <div class="field">
                        <label class="field__label" for="top-up-method">"Pay by"</label>
                        <span class="select-wrap">
                            <select class="input select" id="top-up-method" on:change:target=move |event| if let Ok(word) = event.target().value().parse() { method.set(word) }>
                                {TopUpMethod::ALL.iter().map(|known| view! { <option value=known.as_str()>{method_name(*known)}</option> }).collect_view()}
                            </select>
                            {icon("down", 14)}
                        </span>
                    </div>
                </div>
                <div class="topup__facts">{dynamic(after)}</div>
                {progress(commit, Signal::stored(None))}
                <button class="btn btn--primary btn--block" type="button" aria-disabled=move || commit.is_busy().then_some("true") on:click=send>{dynamic(label)}</button>
            </div>
        </section>
    }
}

fn preset_row(known: &RecommendedTopUp, chosen: RwSignal<i64>) -> AnyView {
    let days = known.days;
    let amount = if known.amount.minor > 0 { money(known.amount) } else { "Covered".to_owned() };
    view! {
        <label class="preset">
            <input class="radio" type="radio" name="top-up-amount" prop:checked=move || chosen.get() == days on:change=move |_| chosen.set(days)/>
            <span><span class="strong">{format!("Cover {days} days")}</span><span class="cell-sub">"until "{date(known.until_on, DateForm::Medium)}</span></span>
            <span class="preset__amount">{amount}</span>
        </label>
    }
    .into_any()
}
