//! What an operator sees: the instance is run on the command line so far.

use leptos::prelude::*;

use crate::components::empty;

/// A notice in place of a reseller's pages.
pub fn notice() -> AnyView {
    view! {
        <h1 class="page-title" tabindex="-1">"Operator"</h1>
        <section class="card">
            {empty(
                "gear",
                "You are signed in as an operator",
                "Resellers, catalogue and credits are looked after on the command line: resellportal --help.",
                None,
            )}
        </section>
    }
    .into_any()
}
