//! A list that is read page by page: what stands there until it comes, when it fails, when it is empty; and its rows, as a
//! table or, on narrow screens, as a list.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::dto::page::Page;

use super::{dynamic, empty, error_panel, skeleton_rows};
use crate::state::app_state;
use crate::state::query::Query;

/// What a list says where it has no rows.
#[derive(Debug, Clone, Copy)]
pub struct NoRows {
    /// When it could not be read.
    pub failed: &'static str,
    /// The icon of nothing.
    pub symbol: &'static str,
    /// That there is nothing.
    pub nothing: &'static str,
    /// What would be there.
    pub sentence: &'static str,
}

/// A page of a list, drawn by `show`, or what stands in its place.
pub fn listing<T>(query: Query<Page<T>>, no_rows: NoRows, show: impl Fn(Page<T>) -> AnyView + Send + 'static) -> AnyView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    dynamic(move || match query.data.get() {
        Some(page) if page.items.is_empty() => empty(no_rows.symbol, no_rows.nothing, no_rows.sentence, None),
        Some(page) => show(page),
        None => match query.error.get() {
            Some(error) => error_panel(no_rows.failed, &error, Callback::new(move |()| query.reload())),
            None => view! { <div aria-busy="true">{skeleton_rows(10)}</div> }.into_any(),
        },
    })
}

/// The head of a table.
#[derive(Debug, Clone, Copy)]
pub struct TableHead {
    /// The name of the scrolling region.
    pub label: &'static str,
    /// What the table holds.
    pub caption: &'static str,
    /// Name and class of each column.
    pub columns: &'static [(&'static str, &'static str)],
}

/// Rows as a table, or as a list on narrow screens. Only one of the two is made.
pub fn rows<T>(
    head: TableHead,
    items: Vec<T>,
    table_row: impl Fn(T) -> AnyView,
    list_row: impl Fn(T) -> AnyView,
) -> AnyView {
    if app_state().viewport.is_narrow.get() {
        let items: Vec<AnyView> = items.into_iter().map(list_row).collect();
        return view! { <ul class="list">{items}</ul> }.into_any();
    }
    table(head, items.into_iter().map(table_row).collect())
}

/// Rows as a table at every width, scrolling sideways where there is too little room.
pub fn table(head: TableHead, rows: Vec<AnyView>) -> AnyView {
    let column = |(name, class): &(&'static str, &'static str)| view! { <th scope="col" class=*class>{*name}</th> };
    view! {
        <div class="table-scroll has-list" role="region" tabindex="0" aria-label=head.label>
            <table class="table table--compact">
                <caption class="vh">{head.caption}</caption>
                <thead><tr>{head.columns.iter().map(column).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
