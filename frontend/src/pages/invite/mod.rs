//! A one-time link: sets the first password, or a new one.

use crate::components::dynamic;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::dto::session::OneTimeLink;
use shared::problem::ProblemCode;

use crate::api::{Anonymous, ApiError};
use crate::components::{PasswordField, error_panel, focus_field, use_page};
use crate::pages::login::auth_frame;
use crate::pages::security::model::too_short;
use crate::state::app_state;

/// `/invite/:token`
#[component]
pub fn InvitePage(
    /// The last part of the link.
    token: String,
) -> impl IntoView {
    use_page(|| "Set your password".to_owned());
    let link = RwSignal::new(None::<Result<OneTimeLink, ApiError>>);
    let ask = {
        let token = token.clone();
        move || {
            let token = token.clone();
            link.set(None);
            spawn_local(async move { link.set(Some(Anonymous.inspect_link(token).await)) });
        }
    };
    ask();
    let retry = Callback::new(move |()| ask());
    let content = move || {
        match link.get() {
        None => view! { <h1 tabindex="-1">"Set your password"</h1><p class="note" aria-busy="true">"Looking up the link…"</p> }.into_any(),
        Some(Ok(link)) => view! { <SetPassword token=token.clone() link=link/> }.into_any(),
        Some(Err(error)) if error.code() == Some(ProblemCode::LinkInvalid) => spent(),
        Some(Err(error)) => view! { <h1 tabindex="-1">"Set your password"</h1>{error_panel("The link could not be looked up", &error, retry)} }.into_any(),
    }
    };
    auth_frame(content.into_any())
}

fn spent() -> AnyView {
    view! {
        <h1 tabindex="-1">"This link cannot be used any more"</h1>
        <p>"A link works once and for 72 hours. If you have set your password already, sign in. Otherwise ask the operator of this portal for a new link."</p>
        <a class="btn btn--primary btn--block" href="/login">"Go to sign in"</a>
    }
    .into_any()
}

#[component]
fn SetPassword(token: String, link: OneTimeLink) -> impl IntoView {
    let state = app_state();
    let navigate = use_navigate();
    let password = RwSignal::new(String::new());
    let is_sending = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let email = link.email.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        error.set(too_short(&password.get_untracked()));
        if error.with_untracked(Option::is_some) || is_sending.get_untracked() {
            focus_field("password");
            return;
        }
        is_sending.set(true);
        let (token, email, navigate) = (token.clone(), email.clone(), navigate.clone());
        spawn_local(async move {
            let chosen = password.get_untracked();
            let answer = match Anonymous.redeem_link(token, chosen.clone()).await {
                Ok(()) => Anonymous.log_in(email, chosen).await,
                Err(refused) => Err(refused),
            };
            is_sending.set(false);
            match answer {
                Ok(session) => {
                    state.session.begin(session);
                    navigate("/dashboard", NavigateOptions { replace: true, ..Default::default() });
                }
                Err(refused) => {
                    error.set(Some(refused.field("/password").unwrap_or_else(|| refused.sentence())));
                    focus_field("password");
                }
            }
        });
    };
    let whose = match &link.reseller_name {
        Some(name) => view! { <strong class="strong">{link.email.clone()}</strong>" at "<strong class="strong">{name.clone()}</strong> }.into_any(),
        None => view! { <strong class="strong">{link.email.clone()}</strong>", operator" }.into_any(),
    };
    view! {
        <h1 tabindex="-1">"Set your password"</h1>
        <p class="note">"For "{whose}". Afterwards every other device has to sign in again."</p>
        <form on:submit=submit novalidate>
            // Tells password managers whose password this is.
            <input class="vh" type="text" autocomplete="username" value=link.email.clone() readonly tabindex="-1" aria-hidden="true"/>
            <PasswordField id="password" label="New password" autocomplete="new-password" value=password error=error hint="At least 12 characters. A few random words are good."/>
            <button class="btn btn--primary btn--block" type="submit" aria-disabled=move || is_sending.get().then_some("true")>
                {dynamic(move || if is_sending.get() { "Saving…" } else { "Save and sign in" })}
            </button>
        </form>
    }
}
