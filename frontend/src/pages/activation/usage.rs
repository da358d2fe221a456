//! The use of one activation: the chart with its pauses, and what it says in figures.

use chrono::NaiveDate;
use leptos::prelude::*;
use shared::dto::activation::{Activation, HistoryEntry};
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::ActivationId;

use super::model::pauses;
use super::{fact, unknown};
use crate::chart::model::people_in;
use crate::chart::usage::Usage;
use crate::chart::view::Scope;
use crate::components::{dynamic, error_line, icon, missing, status_pill, time_of, use_page};
use crate::format::words::DateForm;
use crate::format::{count, date_in, today};
use crate::state::query::Query;
use crate::state::{app_state, watch};

/// Rows of history that are looked through for pauses.
const ROWS: u32 = 200;

/// `/activations/:id/usage`
#[component]
pub fn ActivationUsagePage(
    /// The id in the address; none where that cannot be one.
    id: Option<ActivationId>,
) -> impl IntoView {
    let query = Query::<Activation>::new();
    if let Some(id) = id {
        query.load(paths::activation(id));
    }
    let name = Memo::new(move |_| query.data.with(|data| data.as_ref().map(|data| data.row.product.name.clone())));
    use_page(move || name.get().map_or_else(|| "Usage".to_owned(), |name| format!("Usage of {name} – Activations")));
    let Some(id) = id else { return unknown() };
    let scope = Scope::Activation(id);
    let usage = Usage::new(scope, format!("/activations/{id}/usage"));
    let product = move || name.get().unwrap_or_else(|| "Activation".to_owned());
    let sub = move || {
        query.data.with(|data| {
            let data = data.as_ref()?;
            let client = &data.row.client;
            let pill = status_pill(&data.row, today(&app_state().session.time_zone()));
            Some(view! { <p class="detail-head__sub"><a href=format!("/clients/{}", client.id)>{client.name.clone()}</a>{pill}</p> })
        })
    };
    let is_unknown = move || {
        use shared::problem::ProblemCode;
        query.error.with(|error| error.as_ref().and_then(crate::api::ApiError::code) == Some(ProblemCode::NotFound))
    };
    let body = Memo::new(move |_| is_unknown());
    let failed = move || {
        let is_failed = query.error.with(Option::is_some) && query.data.with(Option::is_none);
        is_failed.then(|| error_line("The activation could not be loaded.", Callback::new(move |()| query.reload())))
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/activations">"Activations"</a>{icon("right", 12)}
            <a href=format!("/activations/{id}")>{dynamic(product)}</a>{icon("right", 12)}
            <span aria-current="page">"Usage"</span>
        </nav>
        <div class="detail-head">
            <div>
                <h1 tabindex="-1">"Usage of "{dynamic(product)}</h1>
                {dynamic(sub)}
            </div>
        </div>
        {usage.note()}
        {dynamic(move || if body.get() { unknown() } else { view! {
            <div class="grid-2-1">
                <div class="stack">{chart(usage, id)}</div>
                <section class="card" aria-labelledby="use-facts">
                    <div class="card__head"><h2 id="use-facts">"In figures"</h2></div>
                    <div class="card__body card__body--facts">{dynamic(failed)}<dl class="facts facts--money">
                        {dynamic(move || query.data.with(|data| data.as_ref().map(figures)))}
                        {dynamic(move || usage.series.data.with(|series| series.as_ref().map(|series| of_series(series, scope))))}
                    </dl></div>
                </section>
            </div>
        }.into_any() })}
    }
    .into_any()
}

fn figures(data: &Activation) -> AnyView {
    view! {
        {fact("Active users, 30 days", count(data.active_users_30_days).into_any())}
        {fact("Activated", time_of(data.row.activated_on, DateForm::Medium))}
    }
    .into_any()
}

/// What the days on the chart say, and the people behind them.
pub fn of_series(series: &ActiveUsersSeries, scope: Scope) -> AnyView {
    let summary = &series.summary;
    let number = |value: Option<i64>| value.map_or_else(missing, |value| count(value).into_any());
    let on = |on: Option<NaiveDate>| on.map_or_else(missing, |on| time_of(on, DateForm::Medium));
    let peak = summary.peak.as_ref().map(|peak| {
        view! { {count(peak.value)}<span class="facts__note">{time_of(peak.from_on, DateForm::Medium)}</span> }
            .into_any()
    });
    let average = crate::chart::model::average_name(series.bucket);
    view! {
        {fact(average, number(summary.average))}
        {fact("Peak", peak.unwrap_or_else(missing))}
        {fact("Counted since", on(series.first_event_on))}
        {fact("People", view! { <a href=people_in(series.from_on, series.to_on, scope)>"Show them"</a> }.into_any())}
    }
    .into_any()
}

/// The chart of an activation with its pauses, or that these could not be read above it.
pub fn chart(usage: Usage, id: ActivationId) -> AnyView {
    let history = history_of(id);
    let failed = move || {
        let is_failed = history.error.with(Option::is_some) && history.data.with(Option::is_none);
        is_failed.then(|| error_line("Pauses could not be loaded.", Callback::new(move |()| history.reload())))
    };
    view! { {dynamic(failed)}{usage.chart("usage", "Active users of this activation", 244, paused(history))} }
        .into_any()
}

fn history_of(id: ActivationId) -> Query<Page<HistoryEntry>> {
    let state = app_state();
    let history = Query::<Page<HistoryEntry>>::new();
    watch(move || {
        state.writes.track();
        history.load(format!("{}?limit={ROWS}", paths::activation_history(id)));
    });
    history
}

/// First and last days of the activation's pauses, once they are known.
fn paused(history: Query<Page<HistoryEntry>>) -> Signal<Vec<(NaiveDate, NaiveDate)>> {
    let state = app_state();
    Memo::new(move |_| {
        let zone = state.session.time_zone();
        history.data.with(|page| {
            page.as_ref().map(|page| pauses(&page.items, &|at| date_in(at, &zone), today(&zone))).unwrap_or_default()
        })
    })
    .into()
}
