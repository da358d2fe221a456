//! There is no such page.

use leptos::prelude::*;

use crate::components::{empty, use_page};

/// Any address the app does not know.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    use_page(|| "Page not found".to_owned());
    let actions = view! { <a class="btn btn--primary" href="/dashboard">"Go to the dashboard"</a> }.into_any();
    view! {
        <h1 class="page-title" tabindex="-1">"Page not found"</h1>
        <section class="card">
            {empty("search", "There is nothing at this address", "The link may be old, or mistyped.", Some(actions))}
        </section>
    }
}
