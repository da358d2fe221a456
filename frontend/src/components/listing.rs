//! What a panel shows of a query: a skeleton until its data comes, an error where what is asked now failed, the data; and the
//! rows of a list that is read page by page, as a table or, on narrow screens, as a list.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::dto::page::Page;

use super::{dynamic, empty, error_panel, icon, skeleton_rows};
use crate::api::ApiError;
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

/// What there is to show of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing yet.
    Waiting,
    /// What is asked now could not be read.
    Failed(ApiError),
    /// Data, be it of the question before while that of now is on its way.
    Ready,
}

impl Stage {
    /// Old data under a question that failed would be a wrong answer; under its own it stays.
    pub fn of(has_data: bool, is_answered: bool, error: Option<ApiError>) -> Self {
        match error {
            Some(error) if !(has_data && is_answered) => Self::Failed(error),
            None if !has_data => Self::Waiting,
            _ => Self::Ready,
        }
    }

    /// The stage of a query.
    pub fn follow<T: Send + Sync + 'static>(query: Query<T>) -> Memo<Self> {
        Memo::new(move |_| Self::of(query.data.with(Option::is_some), query.is_answered.get(), query.error.get()))
    }
}

/// Whether what is asked now is on its way.
pub fn is_awaited<T: Send + Sync + 'static>(query: Query<T>) -> Signal<bool> {
    Memo::new(move |_| query.is_loading.get() && !query.is_answered.get()).into()
}

/// A part with a thin line above it while it waits for the answer to another question.
pub fn awaiting(stage: Memo<Stage>, is_awaited: Signal<bool>, part: AnyView) -> AnyView {
    let line = move || {
        (is_awaited.get() && stage.with(|stage| *stage != Stage::Waiting))
            .then(|| view! { <div class="progress-line"></div> })
    };
    view! { <div aria-busy=move || is_awaited.get().then_some("true")>{dynamic(line)}{part}</div> }.into_any()
}

/// What `show` makes of the data of a query, or what stands in its place, inside of `frame`; as many rows as `skeleton` says
/// until it comes.
pub fn panel<T>(
    query: Query<T>,
    failed: &'static str,
    skeleton: usize,
    frame: fn(AnyView) -> AnyView,
    show: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let stage = Stage::follow(query);
    let part = dynamic(move || match (stage.get(), query.data.get()) {
        (Stage::Ready, Some(data)) => show(data),
        (Stage::Failed(error), _) => frame(error_panel(failed, &error, Callback::new(move |()| query.reload()))),
        _ => frame(skeleton_rows(skeleton)),
    });
    awaiting(stage, is_awaited(query), part)
}

/// A page of a list, drawn by `show`, or what stands in its place.
pub fn listing<T>(query: Query<Page<T>>, no_rows: NoRows, show: impl Fn(Page<T>) -> AnyView + Send + 'static) -> AnyView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    panel(query, no_rows.failed, 10, std::convert::identity, move |page| {
        if page.items.is_empty() { empty(no_rows.symbol, no_rows.nothing, no_rows.sentence, None) } else { show(page) }
    })
}

/// A small part that could not be read, in a line, where there is no room for a panel of its own.
pub fn error_line(text: &'static str, retry: Callback<()>) -> AnyView {
    view! {
        <p class="status-message status-message--bad" role="alert">
            {icon("warn", 16)}
            <span>{text}</span>
            <button class="btn btn--sm ms-auto" type="button" on:click=move |_| retry.run(())>"Retry"</button>
        </p>
    }
    .into_any()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_data_is_shown_under_its_own_question_alone_once_the_other_failed() {
        let error = Some(ApiError::Unreachable);
        let failed = Stage::Failed(ApiError::Unreachable);
        assert_eq!(Stage::of(false, false, None), Stage::Waiting);
        assert_eq!(Stage::of(false, false, error.clone()), failed);
        assert_eq!(Stage::of(true, false, None), Stage::Ready, "the answer is on its way");
        assert_eq!(Stage::of(true, false, error.clone()), failed);
        assert_eq!(Stage::of(true, true, error), Stage::Ready, "the same could not be read anew");
        assert_eq!(Stage::of(true, true, None), Stage::Ready);
    }
}
