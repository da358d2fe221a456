//! Previous and Next of a list whose address holds nothing but a cursor.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::page::PageInfo;

/// Leads to the pages before and after; `base` is the page's address without a cursor.
#[component]
pub fn CursorPager(
    /// The page's address, with `?` or `&` at its end.
    #[prop(into)]
    base: Signal<String>,
    /// Where the present page stands.
    #[prop(into)]
    info: Signal<PageInfo>,
    /// "1,284 people"
    #[prop(into)]
    total: Signal<Option<String>>,
) -> impl IntoView {
    let step = move |name: &'static str, cursor: Option<String>| match cursor {
        Some(cursor) => {
            view! { <a class="btn btn--sm" href=format!("{}cursor={cursor}", base.get())>{name}</a> }.into_any()
        }
        None => view! { <span class="btn btn--sm" role="link" aria-disabled="true">{name}</span> }.into_any(),
    };
    let steps = move || {
        let info = info.get();
        view! { {step("Previous", info.prev_cursor)}{step("Next", info.next_cursor)} }
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{dynamic(move || total.get())}</span>
            <span class="pager__nav ms-auto">{dynamic(steps)}</span>
        </nav>
    }
}
