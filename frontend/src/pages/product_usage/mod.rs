//! How much one product is used, by everybody it is in service for.

use leptos::prelude::*;
use shared::dto::activation::ActivationCounts;
use shared::dto::catalogue::Product;
use shared::dto::page::Page;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::ProductId;

use crate::api::ApiError;
use crate::chart::usage::Usage;
use crate::chart::view::Scope;
use crate::components::{dynamic, empty, icon, missing, use_page};
use crate::format::words::interval_name;
use crate::format::{count, money};
use crate::pages::activation::{fact, usage::of_series};
use crate::state::query::Query;

/// `/reports/products/:id`
#[component]
pub fn ProductUsagePage(
    /// The id in the address; none where that cannot be one.
    id: Option<ProductId>,
) -> impl IntoView {
    let counts = Query::<ActivationCounts>::new();
    counts.load(paths::ACTIVATION_COUNTS.to_owned());
    let catalogue = Query::<Page<Product>>::new();
    catalogue.load(format!("{}?limit=200", paths::PRODUCTS));
    let product = Memo::new(move |_| {
        catalogue.data.with(|page| page.as_ref()?.items.iter().find(|product| Some(product.id) == id).cloned())
    });
    // What is in the catalogue no more may still be in service.
    let in_service = Memo::new(move |_| {
        counts
            .data
            .with(|counts| counts.as_ref()?.by_product.iter().find(|known| Some(known.product.id) == id).cloned())
    });
    let name = move || {
        let known = product.with(|product| product.as_ref().map(|product| product.name.clone()));
        let known = known.or_else(|| in_service.with(|known| known.as_ref().map(|known| known.product.name.clone())));
        known.unwrap_or_else(|| "Product".to_owned())
    };
    use_page(move || format!("Usage of {} – Reports", name()));
    let Some(id) = id else { return unknown() };
    let scope = Scope::Product(id);
    let usage = Usage::new(scope, format!("/reports/products/{id}"));
    let is_unknown = Memo::new(move |_| {
        usage.series.error.with(|error| error.as_ref().and_then(ApiError::code) == Some(ProblemCode::NotFound))
    });
    let description = move || product.with(|product| product.as_ref().map(|product| product.description.clone()));
    let facts = move || {
        // What the counts do not name has none; without the counts nobody knows.
        let running = counts
            .data
            .with(Option::is_some)
            .then(|| in_service.with(|known| known.as_ref().map_or(0, |known| known.count)));
        let activations = running.map_or_else(missing, |running| {
            view! { <a href=format!("/activations?product={id}")>{count(running)}</a> }.into_any()
        });
        let prices = product.get().map(|product| product.prices).unwrap_or_default();
        let price = |price: &shared::dto::catalogue::Price| {
            fact(interval_name(price.billing_interval), money(price.amount).into_any())
        };
        view! {
            {fact("Activations", activations)}
            {prices.iter().map(price).collect_view()}
        }
    };
    let content = move || {
        view! {
            <div class="grid-2-1">
                {usage.chart("usage", "Active users of this product", 300, Signal::stored(Vec::new()))}
                <section class="card" aria-labelledby="use-facts">
                    <div class="card__head"><h2 id="use-facts">"In figures"</h2></div>
                    <div class="card__body card__body--facts"><dl class="facts facts--money">
                        {dynamic(move || usage.series.data.with(|series| series.as_ref().map(|series| of_series(series, scope))))}
                        {dynamic(facts)}
                    </dl></div>
                </section>
            </div>
        }
        .into_any()
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/reports">"Reports"</a>{icon("right", 12)}<span aria-current="page">{dynamic(name)}</span>
        </nav>
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Usage of "{dynamic(name)}</h1>
                <p class="page-head__date">{dynamic(description)}</p>
            </div>
        </div>
        {usage.note()}
        {dynamic(move || if is_unknown.get() { unknown() } else { content() })}
    }
    .into_any()
}

fn unknown() -> AnyView {
    let actions = view! { <a class="btn" href="/reports">"All reports"</a> }.into_any();
    view! {
        <section class="card">
            {empty("search", "There is no such product", "The link may be old, or mistyped.", Some(actions))}
        </section>
    }
    .into_any()
}
