//! A button that puts a text on the clipboard.

use leptos::prelude::*;

use super::icon;
use crate::state::app_state;

/// Copies `text`; `label` says what is copied.
#[component]
pub fn CopyButton(
    /// What goes on the clipboard.
    text: String,
    /// "Copy id"
    label: &'static str,
    /// Whether the word "Copy" is shown, not only the icon.
    #[prop(optional)]
    with_word: bool,
) -> impl IntoView {
    let announcer = app_state().announcer;
    let copy = move |_| {
        // The browser may refuse; the text is on screen either way.
        let _ = window().navigator().clipboard().write_text(&text);
        announcer.say("Copied");
    };
    if with_word {
        view! { <button class="btn btn--sm" type="button" aria-label=label on:click=copy>{icon("copy", 14)}"Copy"</button> }
            .into_any()
    } else {
        view! { <button class="icon-btn" type="button" aria-label=label on:click=copy>{icon("copy", 14)}</button> }
            .into_any()
    }
}
