//! What stands in a panel instead of its data: nothing yet, nothing at all, an error; and the explanation of a figure.

use leptos::prelude::*;

use super::{CopyButton, icon};
use crate::api::ApiError;

/// A figure that is not there: a dash to the eye, "none" to the ear.
pub fn missing() -> AnyView {
    view! { <span class="none" aria-hidden="true">"—"</span><span class="vh">"none"</span> }.into_any()
}

/// An empty panel: icon, title, one sentence, what to do.
pub fn empty(symbol: &'static str, title: &str, sentence: &str, actions: Option<AnyView>) -> AnyView {
    let sentence = (!sentence.is_empty()).then(|| view! { <p>{sentence.to_owned()}</p> });
    view! {
        <div class="empty">
            <span class="empty__icon">{icon(symbol, 20)}</span>
            <h2 class="h2">{title.to_owned()}</h2>
            {sentence}
            {actions.map(|actions| view! { <div class="empty__actions">{actions}</div> })}
        </div>
    }
    .into_any()
}

/// A panel that could not be loaded; the others stand on their own.
pub fn error_panel(title: &str, error: &ApiError, retry: Callback<()>) -> AnyView {
    let details = error.request_id().map(|id| {
        let id = id.to_owned();
        view! {
            <details class="disclosure">
                <summary>"Details"</summary>
                <p class="disclosure__body"><span class="id">{id.clone()}<CopyButton text=id label="Copy request id"/></span></p>
            </details>
        }
    });
    view! {
        <div class="empty" role="alert">
            <span class="empty__icon empty__icon--bad">{icon("warn", 20)}</span>
            <h2 class="h2">{title.to_owned()}</h2>
            <p>{error.sentence()}</p>
            <div class="empty__actions">
                <button class="btn" type="button" on:click=move |_| retry.run(())>{icon("renew", 14)}"Retry"</button>
            </div>
            {details}
        </div>
    }
    .into_any()
}

/// A part of the app that did not come: no connection, or the server has a newer app.
pub fn did_not_arrive() -> AnyView {
    let reload = |_| {
        let _ = window().location().reload();
    };
    view! {
        <div class="empty" role="alert">
            <span class="empty__icon empty__icon--bad">{icon("warn", 20)}</span>
            <h1 class="h2">"This page did not arrive"</h1>
            <p>"The connection broke, or there is a newer version of the app. Loading it again helps in both cases."</p>
            <div class="empty__actions">
                <button class="btn" type="button" on:click=reload>{icon("renew", 14)}"Reload"</button>
            </div>
        </div>
    }
    .into_any()
}

/// Grey rows in the geometry of a table.
pub fn skeleton_rows(count: usize) -> AnyView {
    let row = || {
        view! {
            <div class="sk-row">
                <span class="sk sk--sq"></span>
                <span class="sk-row__two"><span class="sk sk--line sk--70"></span><span class="sk sk--line sk--40"></span></span>
                <span class="sk-row__two hide-narrow"><span class="sk sk--line sk--55"></span><span class="sk sk--line sk--70"></span></span>
                <span class="sk sk--pill"></span>
                <span class="sk sk--line sk-row__end hide-narrow"></span>
            </div>
        }
    };
    (0..count).map(|_| row()).collect_view().into_any()
}

/// ⓘ: a button that opens the definition of a figure. Esc or another click closes it.
#[component]
pub fn Help(
    /// Unique on the page.
    id: &'static str,
    /// "What counts as an active user"
    label: &'static str,
    /// The definition.
    children: Children,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let close_on_escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            is_open.set(false);
            event.stop_propagation();
        }
    };
    view! {
        <span class="help-anchor" on:keydown=close_on_escape>
            <button
                class="help"
                type="button"
                aria-label=label
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-controls=id
                on:click=move |_| is_open.update(|open| *open = !*open)
                on:blur=move |_| is_open.set(false)
            >
                {icon("info", 14)}
            </button>
            <span class="help-panel" id=id role="note" hidden=move || !is_open.get()>{children()}</span>
        </span>
    }
}
