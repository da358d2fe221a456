//! How it is paid, with what that leaves on the balance.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::catalogue::Product;
use shared::dto::lifecycle::{Quote, QuoteNewActivationRequest};
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::BillingInterval;

use super::draft::Draft;
use super::review::{facts_of, quote_request};
use crate::components::decision::{alert, facts, short};
use crate::components::{error_panel, skeleton_rows};
use crate::format::money;
use crate::format::words::interval_name;
use crate::state::query::Query;

/// The product's prices and the summary beside them.
#[component]
pub fn PriceStep(draft: Draft, next: Callback<Draft>) -> impl IntoView {
    let products = Query::<Page<Product>>::new();
    products.load(format!("{}?limit=200", paths::PRODUCTS));
    let title = draft.product.as_ref().map(|product| product.name.clone()).unwrap_or_default();
    let product = draft.product.as_ref().map(|product| product.id);
    let draft = RwSignal::new(draft);
    let prices = Memo::new(move |_| {
        products.data.with(|page| {
            let found = page.as_ref()?.items.iter().find(|known| Some(known.id) == product)?;
            Some(found.prices.clone())
        })
    });
    watch(move || {
        // The shortest interval is proposed.
        let first =
            prices.with(|prices| prices.as_ref().and_then(|prices| prices.first()).map(|price| price.billing_interval));
        if first.is_some() && draft.with_untracked(|draft| draft.billing_interval.is_none()) {
            draft.update(|draft| draft.billing_interval = first);
        }
    });
    let quote = Query::<Quote>::new();
    watch(move || {
        if let Some(body) = draft.with(quote_request) {
            quote.ask(paths::ACTIVATIONS_QUOTE.to_owned(), body);
        }
    });
    let option = move |interval: BillingInterval, amount: shared::vocab::Money| {
        let is_chosen = move || draft.with(|draft| draft.billing_interval == Some(interval));
        let choose = move |_| draft.update(|draft| draft.billing_interval = Some(interval));
        view! {
            <label class="preset">
                <input class="radio" type="radio" name="interval" prop:checked=is_chosen on:change=choose/>
                <span class="strong">{interval_name(interval)}</span>
                <span class="preset__amount">{money(amount)}</span>
            </label>
        }
    };
    let retry = Callback::new(move |()| products.reload());
    let options = move || match (prices.get(), products.error.get()) {
        (Some(prices), _) => {
            prices.into_iter().map(|price| option(price.billing_interval, price.amount)).collect_view().into_any()
        }
        (None, Some(error)) => error_panel("The prices could not be loaded", &error, retry),
        (None, None) => skeleton_rows(3),
    };
    let summary = move || match (quote.error.get(), quote.data.get()) {
        (Some(error), _) => alert("banner--bad", "This is not possible now.", error.sentence()),
        (None, Some(quote)) => view! { {facts(facts_of(&quote, true))}{quote.shortfall.map(short)} }.into_any(),
        (None, None) => skeleton_rows(2),
    };
    let is_ready = move || draft.with(|draft| draft.billing_interval.is_some());
    let go_on = move |_| {
        if is_ready() {
            next.run(draft.get_untracked());
        }
    };
    view! {
        <div class="page-head"><div><h1 tabindex="-1">{format!("How is {title} paid?")}</h1></div></div>
        <div class="grid-2-1">
            <section class="card" aria-label="Price">
                <div class="card__body wizard__body">
                    <fieldset class="presets"><legend class="field__label">"Billing interval"</legend>{dynamic(options)}</fieldset>
                    <label class="check-row">
                        <input class="check" type="checkbox" prop:checked=move || draft.with(|draft| draft.auto_renew)
                            on:change:target=move |event| draft.update(|draft| draft.auto_renew = event.target().checked())/>
                        <span>"Renew by itself at the end of each period"</span>
                    </label>
                    <div><button class="btn btn--primary" type="button" aria-disabled=move || (!is_ready()).then_some("true") on:click=go_on>"Continue"</button></div>
                </div>
            </section>
            <section class="card wizard__summary" aria-labelledby="summary" aria-busy=move || quote.is_loading.get().then_some("true")>
                <div class="card__head"><h2 id="summary">"Summary"</h2></div>
                <div class="card__body card__body--facts">{dynamic(summary)}</div>
            </section>
        </div>
    }
}

/// The body of a quote's question.
pub fn body_of(request: &QuoteNewActivationRequest) -> Option<String> {
    crate::api::transport::write(request).ok()
}
