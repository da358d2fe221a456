//! One movement of money: both sides of it, what it paid for, and what it refers to.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::ledger::{LedgerEntryDetail, LedgerSide};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::LedgerEntryId;

use super::ledger::signed;
use super::model::{account_name, kind_name};
use crate::api::ApiError;
use crate::components::{CopyButton, empty, error_panel, icon, skeleton_rows, use_page};
use crate::format::words::DateForm;
use crate::format::{date, date_time, money};
use crate::pages::activation::fact;
use crate::pages::activation::model::actor_name;
use crate::state::app_state;
use crate::state::query::Query;

/// `/wallet/ledger/:id`
#[component]
pub fn LedgerEntryPage(
    /// The id in the address; none where that cannot be one.
    id: Option<LedgerEntryId>,
) -> impl IntoView {
    let query = Query::<LedgerEntryDetail>::new();
    if let Some(id) = id {
        query.load(paths::ledger_entry(id));
    }
    let title = Memo::new(move |_| {
        let kind = query.data.with(|detail| detail.as_ref().map(|detail| kind_name(detail.entry.kind)));
        kind.unwrap_or("Ledger entry")
    });
    use_page(move || format!("{} – Ledger", title.get()));
    let retry = Callback::new(move |()| query.reload());
    let body = move || {
        if let Some(detail) = query.data.get() {
            return content(detail);
        }
        match query.error.get() {
            None if id.is_some() => {
                view! { <section class="card" aria-busy="true">{skeleton_rows(6)}</section> }.into_any()
            }
            Some(error) if error.code() != Some(ProblemCode::NotFound) => failed(&error, retry),
            _ => {
                let all = view! { <a class="btn" href="/wallet/ledger">"The ledger"</a> }.into_any();
                view! { <section class="card">{empty("search", "There is no such entry", "The link may be old, or mistyped.", Some(all))}</section> }
                    .into_any()
            }
        }
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/wallet">"Wallet"</a>{icon("right", 12)}<a href="/wallet/ledger">"Ledger"</a>{icon("right", 12)}
            <span aria-current="page">{dynamic(move || title.get())}</span>
        </nav>
        <div class="page-head"><div><h1 tabindex="-1">{dynamic(move || title.get())}</h1></div></div>
        {dynamic(body)}
    }
}

fn failed(error: &ApiError, retry: Callback<()>) -> AnyView {
    view! { <section class="card">{error_panel("The entry could not be loaded", error, retry)}</section> }.into_any()
}

fn content(detail: LedgerEntryDetail) -> AnyView {
    let zone = app_state().session.time_zone();
    let entry = detail.entry;
    let copied = |name: &'static str, label: &'static str, text: Option<String>| {
        text.map(|text| {
            fact(name, view! { <span class="id">{text.clone()}<CopyButton text=text label=label/></span> }.into_any())
        })
    };
    let linked = |name: &'static str, id: LedgerEntryId| {
        fact(name, view! { <a href=format!("/wallet/ledger/{id}")>{id.to_string()}</a> }.into_any())
    };
    let what = [detail.product_name, detail.client_name].into_iter().flatten().collect::<Vec<_>>().join(" for ");
    let activation = entry.activation_id.map(|id| {
        let name = if what.is_empty() { id.to_string() } else { what };
        fact("Activation", view! { <a href=format!("/activations/{id}")>{name}</a> }.into_any())
    });
    let period = detail.period.map(|period| {
        let text = format!("{} – {}", date(period.start_on, DateForm::Medium), date(period.end_on, DateForm::Medium));
        fact("Period", text.into_any())
    });
    let corrected = detail.corrected_by.into_iter().map(|id| linked("Corrected or given back by", id)).collect_view();
    let recorded = (detail.recorded_at != entry.occurred_at)
        .then(|| fact("Written down", date_time(detail.recorded_at, &zone).into_any()));
    view! {
        <div class="grid-2-1">
            <section class="card" aria-labelledby="entry">
                <div class="card__head"><h2 id="entry">"Details"</h2></div>
                <div class="card__body card__body--facts">
                    <dl class="facts">
                        {fact("Description", entry.reason.into_any())}
                        {fact("When", date_time(entry.occurred_at, &zone).into_any())}
                        {recorded}
                        {fact("By", actor_name(&entry.actor).into_any())}
                        {activation}
                        {period}
                        {entry.corrects_entry_id.map(|id| linked("Gives back a part of", id))}
                        {corrected}
                        {fact("Number", entry.sequence.to_string().into_any())}
                        {copied("Id", "Copy id", Some(entry.id.to_string()))}
                        {copied("Request", "Copy request id", detail.request_id)}
                        {copied("Key", "Copy key", detail.idempotency_key)}
                        {copied("Reference", "Copy reference", entry.external_reference)}
                    </dl>
                </div>
            </section>
            <section class="card" aria-labelledby="sides">
                <div class="card__head"><h2 id="sides">"Both sides"</h2></div>
                <div class="card__body card__body--facts">
                    <dl class="facts facts--money">
                        {detail.sides.iter().map(side).collect_view()}
                        {fact("Balance after", money(entry.balance_after).into_any())}
                    </dl>
                </div>
            </section>
        </div>
    }
    .into_any()
}

fn side(side: &LedgerSide) -> AnyView {
    fact(account_name(side.account), signed(side.amount))
}
