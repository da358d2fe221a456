//! What stands in a panel instead of its data: nothing yet, nothing at all, an error; and the explanation of a figure.

use leptos::html;
use leptos::prelude::*;
use shared::vocab::Figure;

use super::{CopyButton, dynamic, icon};
use crate::api::ApiError;
use crate::state::watch;

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
    help(id, label, RwSignal::new(false), children())
}

/// ⓘ whose text comes from the server when it is opened: definition, days, and the way to the rows behind the figure.
#[component]
pub fn Explain(
    /// Unique on the page.
    id: &'static str,
    /// "What counts as an active user"
    label: &'static str,
    /// Which figure.
    figure: Figure,
    /// What only the page knows of it.
    #[prop(optional)]
    more: Option<AnyView>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let text = dynamic(move || is_open.get().then(|| crate::parts::explanation(figure)));
    let more = more.map(|more| view! { <span class="help-panel__line">{more}</span> });
    help(id, label, is_open, view! { {text}{more} }.into_any())
}

fn help(id: &'static str, label: &'static str, is_open: RwSignal<bool>, text: AnyView) -> AnyView {
    let anchor = NodeRef::<html::Span>::new();
    let close_on_escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            is_open.set(false);
            event.stop_propagation();
        }
    };
    // It stays open while the focus is in it, on a link of the text.
    let stay = move |next: Option<web_sys::EventTarget>| {
        let next = next.map(wasm_bindgen::JsCast::unchecked_into::<web_sys::Node>);
        if anchor.get_untracked().is_none_or(|anchor| next.is_none() || !anchor.contains(next.as_ref())) {
            is_open.set(false);
        }
    };
    // Safari gives a button that is clicked no focus, which then cannot leave it either.
    watch(move || {
        if is_open.get() {
            let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| stay(event.target()));
            on_cleanup(move || elsewhere.remove());
        }
    });
    view! {
        <span class="help-anchor" node_ref=anchor on:keydown=close_on_escape on:focusout=move |event| stay(event.related_target())>
            <button
                class="help"
                type="button"
                aria-label=label
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-controls=id
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                {icon("info", 14)}
            </button>
            <span class="help-panel" id=id role="note" aria-live="polite" tabindex="-1" hidden=move || !is_open.get()>{text}</span>
        </span>
    }
    .into_any()
}
