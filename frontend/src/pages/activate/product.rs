//! Which product: every price is shown before anything is chosen.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::catalogue::Product;
use shared::dto::page::Page;
use shared::paths;

use super::draft::{Chosen, Draft};
use crate::components::{empty, error_panel, icon, skeleton_rows};
use crate::format::money;
use crate::format::words::interval_unit;
use crate::state::query::Query;

/// The catalogue, searchable.
#[component]
pub fn ProductStep(draft: Draft, next: Callback<Draft>) -> impl IntoView {
    let products = Query::<Page<Product>>::new();
    products.load(format!("{}?limit=200", paths::PRODUCTS));
    let search = RwSignal::new(String::new());
    let draft = StoredValue::new(draft);
    let choose = Callback::new(move |product: Product| {
        let mut draft = draft.get_value();
        // Another product has other prices.
        if draft.product.as_ref().is_none_or(|known| known.id != product.id) {
            draft.billing_interval = None;
        }
        draft.product = Some(Chosen { id: product.id, name: product.name });
        next.run(draft);
    });
    let retry = Callback::new(move |()| products.reload());
    let body = move || {
        let Some(page) = products.data.get() else {
            return match products.error.get() {
                Some(error) => error_panel("The products could not be loaded", &error, retry),
                None => view! { <div aria-busy="true">{skeleton_rows(6)}</div> }.into_any(),
            };
        };
        let words = search.get().to_lowercase();
        let is_match = |product: &Product| {
            let text = format!("{} {}", product.name, product.description).to_lowercase();
            !product.is_retired
                && !product.prices.is_empty()
                && words.split_whitespace().all(|word| text.contains(word))
        };
        let found: Vec<Product> = page.items.into_iter().filter(is_match).collect();
        if found.is_empty() {
            return empty("search", "No product matches", "Search for another word.", None);
        }
        view! { <ul class="picks">{found.into_iter().map(|product| card(product, choose)).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <div class="page-head"><div><h1 tabindex="-1">"Which product?"</h1></div></div>
        <div class="input-wrap picks__search" role="search">
            {icon("search", 16)}
            <input class="input" type="search" aria-label="Search products" placeholder="Name or what it does" autocomplete="off"
                prop:value=search on:input:target=move |event| search.set(event.target().value())/>
        </div>
        {dynamic(body)}
    }
}

fn card(product: Product, choose: Callback<Product>) -> AnyView {
    let price = |(index, price): (usize, &shared::dto::catalogue::Price)| {
        let separator = if index > 0 { " · " } else { "" };
        format!("{separator}{} {}", money(price.amount), interval_unit(price.billing_interval))
    };
    let prices: String = product.prices.iter().enumerate().map(price).collect();
    let by_hand = product
        .is_set_up_by_hand
        .then(|| view! { <span class="pick__note">"Set up by hand: charged at once, on when that is done."</span> });
    let (name, description) = (product.name.clone(), product.description.clone());
    view! {
        <li>
            <button class="pick card" type="button" on:click=move |_| choose.run(product.clone())>
                <span class="pick__name">{name}</span>
                <span class="pick__text">{description}</span>
                <span class="pick__price">{prices}</span>
                {by_hand}
            </button>
        </li>
    }
    .into_any()
}
