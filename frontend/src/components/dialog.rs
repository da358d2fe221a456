//! A question on top of the page: a native modal dialog with a title, a body and its buttons.
//!
//! The title has the focus first, so Enter does nothing until a button has it; where the answer takes something away, Cancel
//! has it. Esc closes, a click beside it does not. The
//! focus goes back to what opened it, or to the page's heading where that is gone.

use crate::components::dynamic;
use crate::state::watch;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast as _;

const ID: &str = "dialog";

/// An open dialog; there is at most one. It is closed by taking it away.
#[component]
pub fn Dialog(
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it must stay open for now.
    #[prop(into)]
    is_locked: Signal<bool>,
    /// Whether the button that does nothing has the focus first: for what takes something away.
    #[prop(optional)]
    is_careful: bool,
    /// Called when it is to be closed.
    on_close: Callback<()>,
    /// Facts, fields, what follows.
    body: AnyView,
    /// The buttons, the one that does nothing first.
    foot: AnyView,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    watch(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
            if is_careful && let Ok(Some(leave)) = dialog.query_selector(".dialog__foot .btn") {
                let _ = leave.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        }
    });
    // Closing gives the focus back; taking away an open dialog would not.
    on_cleanup(|| {
        if let Some(open) = document().get_element_by_id(ID) {
            open.unchecked_into::<web_sys::HtmlDialogElement>().close();
        }
        set_timeout(keep_focus, Duration::from_millis(50));
    });
    let close = move || {
        if !is_locked.get_untracked() {
            on_close.run(());
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            // Without this the browser closes it by itself when Esc is pressed twice.
            event.prevent_default();
            event.stop_propagation();
            close();
        }
    };
    view! {
        <dialog
            class="dialog dialog--modal"
            id=ID
            node_ref=dialog
            aria-labelledby="dialog-title"
            on:keydown=key
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close();
            }
        >
            <div class="dialog__head"><h2 id="dialog-title" tabindex="-1" autofocus>{dynamic(move || title.get())}</h2></div>
            <div class="dialog__body">{body}</div>
            <div class="dialog__foot">{foot}</div>
        </dialog>
    }
}

/// Puts the focus on the page's heading where it would be nowhere.
pub fn keep_focus() {
    let is_nowhere = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if let Ok(Some(heading)) = document().query_selector("h1[tabindex]")
        && is_nowhere
    {
        let _ = heading.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}
