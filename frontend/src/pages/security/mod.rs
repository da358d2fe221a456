//! Settings › Security: one's own password.

pub mod model;

use crate::components::dynamic;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::problem::ProblemCode;

use crate::api::{ApiError, Authenticated};
use crate::components::{PasswordField, focus_field, icon, use_page};
use crate::state::app_state;
use model::too_short;

/// `/settings/security`
#[component]
pub fn SecurityPage() -> impl IntoView {
    use_page(|| "Security – Settings".to_owned());
    view! {
        <h1 class="page-title" tabindex="-1">"Security"</h1>
        <section class="card form-card" aria-labelledby="change-password">
            <div class="card__head"><h2 id="change-password">"Change password"</h2></div>
            <div class="card__body"><ChangePassword/></div>
        </section>
    }
}

#[component]
fn ChangePassword() -> impl IntoView {
    let state = app_state();
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let is_sending = RwSignal::new(false);
    let is_done = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let length_error = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_done.set(false);
        error.set(None);
        length_error.set(too_short(&new.get_untracked()));
        if length_error.with_untracked(Option::is_some) {
            focus_field("new-password");
            return;
        }
        if is_sending.get_untracked() {
            return;
        }
        is_sending.set(true);
        spawn_local(async move {
            let answer = Authenticated.change_password(current.get_untracked(), new.get_untracked()).await;
            is_sending.set(false);
            match answer {
                Ok(()) => {
                    current.set(String::new());
                    new.set(String::new());
                    is_done.set(true);
                }
                Err(refused) => {
                    state.session.note(&refused);
                    let is_new = refused.field("/new_password").is_some();
                    error.set(Some(refused));
                    focus_field(if is_new { "new-password" } else { "current-password" });
                }
            }
        });
    };
    let current_error = Signal::derive(move || {
        error.with(|error| {
            let error = error.as_ref()?;
            let is_wrong = error.code() == Some(ProblemCode::InvalidCredentials);
            error
                .field("/current_password")
                .or_else(|| is_wrong.then(|| "This is not your present password.".to_owned()))
        })
    });
    let new_error = Signal::derive(move || {
        length_error.get().or_else(|| error.with(|error| error.as_ref()?.field("/new_password")))
    });
    let other_error = move || {
        let text = error.with(|error| error.as_ref().map(ApiError::sentence))?;
        let is_told = current_error.get().is_some() || new_error.get().is_some();
        (!is_told)
            .then(|| view! { <p class="status-message status-message--bad" role="alert">{icon("warn", 16)}{text}</p> })
    };
    view! {
        <div role="status">
            {dynamic(move || is_done.get().then(|| view! {
                <p class="status-message">{icon("check", 16)}"Your password is changed. Other devices have to sign in again."</p>
            }))}
        </div>
        {dynamic(other_error)}
        <form on:submit=submit novalidate>
            <PasswordField id="current-password" label="Present password" autocomplete="current-password" value=current error=current_error/>
            <PasswordField id="new-password" label="New password" autocomplete="new-password" value=new error=new_error hint="At least 12 characters. A few random words are good."/>
            <div>
                <button class="btn btn--primary" type="submit" aria-disabled=move || is_sending.get().then_some("true")>
                    {dynamic(move || if is_sending.get() { "Saving…" } else { "Change password" })}
                </button>
            </div>
        </form>
    }
}
