//! Putting a product in service: product, client, price, review. Each step has its own address; the answers stay in the tab.

mod client;
mod done;
mod draft;
mod price;
mod product;
mod review;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::components::{icon, use_page};
use crate::places::Step;
use shared::vocab::ClientId;

pub use done::ActivatedPage;
use draft::{Chosen, Draft, path_of};

const STEPS: [(Step, &str); 4] =
    [(Step::Product, "Product"), (Step::Client, "Client"), (Step::Price, "Price"), (Step::Review, "Review")];

/// Starts over for a client that is known already, and is not asked for again. Where to go on.
pub fn begin_for(id: ClientId, name: &str) -> &'static str {
    Draft { client: Some(Chosen { id, name: name.to_owned() }), ..Draft::default() }.save();
    "/activate/product?client=known"
}

/// `/activate/…`
#[component]
pub fn ActivatePage(step: Step) -> impl IntoView {
    use_page(|| "Activate a product".to_owned());
    let draft = Draft::load();
    let navigate = use_navigate();
    if let Some(missing) = draft.missing_before(step) {
        navigate(path_of(missing), NavigateOptions { replace: true, ..Default::default() });
        return ().into_any();
    }
    // An answer that is changed from the review leads back to it.
    let query = use_location().query;
    let next = Callback::new(move |draft: Draft| {
        draft.save();
        let is_review = query.with_untracked(|query| query.get("change").is_some());
        let knows_client = query.with_untracked(|query| query.get("client").is_some()) && draft.client.is_some();
        let after = match step {
            _ if is_review && draft.missing_before(Step::Review).is_none() => Step::Review,
            Step::Product if !knows_client => Step::Client,
            Step::Product | Step::Client => Step::Price,
            Step::Price | Step::Review => Step::Review,
        };
        navigate(path_of(after), NavigateOptions::default());
    });
    let body = match step {
        Step::Product => view! { <product::ProductStep draft=draft next=next/> }.into_any(),
        Step::Client => view! { <client::ClientStep draft=draft next=next/> }.into_any(),
        Step::Price => view! { <price::PriceStep draft=draft next=next/> }.into_any(),
        Step::Review => view! { <review::ReviewStep draft=StoredValue::new(draft)/> }.into_any(),
    };
    view! { {progress(step)}{body} }.into_any()
}

fn progress(present: Step) -> AnyView {
    let at = STEPS.iter().position(|(step, _)| *step == present).unwrap_or_default();
    let item = |(index, (step, name)): (usize, (Step, &'static str))| {
        let mark = if index < at {
            icon("check", 12)
        } else {
            view! { <span aria-hidden="true">{index + 1}</span> }.into_any()
        };
        let name = if index < at {
            view! { <a href=path_of(step)>{name}</a> }.into_any()
        } else {
            view! { <span>{name}</span> }.into_any()
        };
        view! { <li class="steps__item" aria-current=(index == at).then_some("step")><span class="steps__mark">{mark}</span>{name}</li> }
    };
    view! { <ol class="steps" aria-label="Steps">{STEPS.into_iter().enumerate().map(item).collect_view()}</ol> }
        .into_any()
}
