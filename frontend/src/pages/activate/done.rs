//! What was put in service, and how the client gets in.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::activation::Activation;
use shared::paths;
use shared::vocab::{ActivationId, ActivationStatus};

use crate::components::{error_panel, icon, skeleton_rows, use_page};
use crate::format::money;
use crate::pages::activation::access;
use crate::state::app_state;
use crate::state::query::Query;

/// `/activate/done/:id`
#[component]
pub fn ActivatedPage(
    /// The id in the address; none where that cannot be one.
    id: Option<ActivationId>,
) -> impl IntoView {
    use_page(|| "Activated".to_owned());
    let state = app_state();
    let query = Query::<Activation>::new();
    if let Some(id) = id {
        query.load(paths::activation(id));
    }
    let retry = Callback::new(move |()| query.reload());
    let title = move || {
        query.data.with(|data| {
            let row = &data.as_ref()?.row;
            let state = if row.status == ActivationStatus::Pending { "is being set up" } else { "is active" };
            Some(format!("{} {state} for {}", row.product.name, row.client.name))
        })
    };
    let body = move || match (query.data.get(), query.error.get()) {
        (Some(data), _) => {
            let balance = state.balance.get().map(|balance| format!(" The balance is {}.", money(balance)));
            view! {
                <p class="status-message status-message--page">{icon("check", 16)}<span>{format!("{} charged.", money(data.row.price))}{balance}</span></p>
                {access(&data)}
                <p class="wizard__links">
                    <a class="btn btn--primary" href=format!("/activations/{}", data.row.id)>"See the activation"</a>
                    <a class="btn" href="/activate/client">{format!("Activate {} for another client", data.row.product.name)}</a>
                    <a class="btn btn--link" href="/activate/product">"Activate another product"</a>
                </p>
            }
            .into_any()
        }
        (None, Some(error)) => {
            view! { <section class="card">{error_panel("The activation could not be loaded", &error, retry)}</section> }
                .into_any()
        }
        (None, None) => view! { <section class="card" aria-busy="true">{skeleton_rows(4)}</section> }.into_any(),
    };
    view! {
        <div class="page-head"><div><h1 tabindex="-1">{dynamic(move || title().unwrap_or_else(|| "Activated".to_owned()))}</h1></div></div>
        <div class="stack wizard__review">{dynamic(body)}</div>
    }
}
