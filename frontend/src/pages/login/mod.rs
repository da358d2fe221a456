//! Signing in, and what to do when the password is forgotten.

pub mod model;

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_location, use_navigate};
use shared::problem::ProblemCode;

use crate::api::{Anonymous, ApiError};
use crate::components::{PasswordField, TextField, brand_mark, focus_field, use_page};
use crate::state::app_state;
use crate::state::session::SessionStatus;

/// The frame of the pages for people who are not logged in.
pub fn auth_frame(content: AnyView) -> AnyView {
    view! {
        <div class="auth">
            <header class="auth__top"><span class="brand">{brand_mark()}<span class="brand__name">"ResellPortal"</span></span></header>
            <main class="auth__main" id="main"><div class="card auth__card">{content}</div></main>
            <footer class="auth__foot"><a href="/docs/api" rel="external">"API guide"</a></footer>
        </div>
    }
    .into_any()
}

/// `/login`
#[component]
pub fn LogInPage() -> impl IntoView {
    use_page(|| "Sign in".to_owned());
    let state = app_state();
    let query = use_location().query;
    let navigate = use_navigate();
    watch(move || {
        if let SessionStatus::SignedIn(_) = state.session.status() {
            let next = query.with_untracked(|query| model::next_path(query.get("next").as_deref()));
            navigate(&next, leptos_router::NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let has_next = move || query.with(|query| query.get("next").is_some());
    let note = move || {
        has_next().then(|| view! { <p class="note" role="status">"Sign in to open the page you asked for."</p> })
    };
    auth_frame(
        view! {
            <h1 tabindex="-1">"Sign in"</h1>
            {dynamic(note)}
            <LogInForm email_id="email" password_id="password" email=String::new()/>
        }
        .into_any(),
    )
}

/// Email, password and the button; used by the page and by the session-ended dialog.
#[component]
pub fn LogInForm(
    /// Unique on the page.
    email_id: &'static str,
    /// Unique on the page.
    password_id: &'static str,
    /// What the email field holds at first.
    email: String,
) -> impl IntoView {
    let state = app_state();
    let email = RwSignal::new(email);
    let password = RwSignal::new(String::new());
    let is_sending = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_sending.get_untracked() {
            return;
        }
        is_sending.set(true);
        spawn_local(async move {
            let answer = Anonymous.log_in(email.get_untracked().trim().to_owned(), password.get_untracked()).await;
            is_sending.set(false);
            match answer {
                Ok(session) => {
                    password.set(String::new());
                    state.session.begin(session);
                }
                Err(refused) => {
                    state.announcer.say(&refusal(&refused));
                    error.set(Some(refused));
                    focus_field(password_id);
                }
            }
        });
    };
    let password_error = Signal::derive(move || error.with(|error| error.as_ref().map(refusal)));
    let aside = view! { <a href="/forgot">"Forgot password?"</a> }.into_any();
    view! {
        <form on:submit=submit novalidate>
            <TextField id=email_id label="Email" kind="email" autocomplete="username" value=email error=Signal::stored(None::<String>)/>
            <PasswordField id=password_id label="Password" autocomplete="current-password" value=password error=password_error aside=aside/>
            <button class="btn btn--primary btn--block" type="submit" aria-disabled=move || is_sending.get().then_some("true")>
                {dynamic(move || if is_sending.get() { "Signing in…" } else { "Sign in" })}
            </button>
        </form>
    }
}

fn refusal(error: &ApiError) -> String {
    match error.code() {
        Some(ProblemCode::InvalidCredentials | ProblemCode::ValidationFailed) => {
            "Email and password do not match.".to_owned()
        }
        Some(ProblemCode::RateLimited) => "Too many attempts. Wait a minute, then try again.".to_owned(),
        _ => error.sentence(),
    }
}

/// `/forgot`
#[component]
pub fn ForgotPage() -> impl IntoView {
    use_page(|| "Forgot password".to_owned());
    auth_frame(
        view! {
            <h1 tabindex="-1">"Forgot your password?"</h1>
            <p>"Ask the operator of this portal for a new link. It opens a page on which you set a new password; it works once and for 72 hours."</p>
            <p class="note">"A colleague who can still sign in cannot see or change your password."</p>
            <a class="btn btn--block" href="/login">"Back to sign in"</a>
        }
        .into_any(),
    )
}
