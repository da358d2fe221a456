//! Signing in again on top of the page, so that nothing on it is lost.

use crate::components::dynamic;
use crate::state::watch;
use leptos::html;
use leptos::prelude::*;
use shared::dto::session::SessionPerson;

use crate::parts;
use crate::state::app_state;
use crate::state::session::SessionStatus;

/// A dialog that opens when the session ends and closes with the next log-in.
#[component]
pub fn SessionEnded() -> impl IntoView {
    let session = app_state().session;
    let dialog = NodeRef::<html::Dialog>::new();
    let has_ended = Memo::new(move |_| matches!(session.status(), SessionStatus::Ended(_)));
    watch(move || {
        let Some(dialog) = dialog.get() else { return };
        if has_ended.get() {
            if !dialog.open() {
                let _ = dialog.show_modal();
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    let email = move || match session.session().map(|session| session.person) {
        Some(SessionPerson::Member { email, .. } | SessionPerson::Operator { email, .. }) => email,
        _ => String::new(),
    };
    let leave = move |_| session.end();
    view! {
        <dialog
            class="dialog dialog--modal"
            node_ref=dialog
            aria-labelledby="session-ended"
            // What is below cannot be read anew without a session, so Esc does not close it.
            on:cancel=move |event: web_sys::Event| event.prevent_default()
        >
            <div class="dialog__head"><h2 id="session-ended" tabindex="-1" autofocus>"Your session has ended"</h2></div>
            <div class="dialog__body">
                <p class="dialog__lead">"Sign in again. The page below stays as it is."</p>
                {dynamic(move || has_ended.get().then(|| parts::log_in_again(email())))}
            </div>
            <div class="dialog__foot"><button class="btn" type="button" on:click=leave>"Leave this page"</button></div>
        </dialog>
    }
}
