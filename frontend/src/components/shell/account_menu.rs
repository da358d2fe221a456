//! Who is logged in, the theme, and the ways out.

use crate::components::dynamic;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::session::{Session, SessionPerson};
use shared::vocab::Role;

use super::super::{Segmented, icon};
use crate::api::{ApiError, Authenticated};
use crate::format::words::initials;
use crate::state::app_state;
use crate::state::theme::ThemeChoice;

/// The avatar in the top bar and what opens below it.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let state = app_state();
    let is_open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let opener = NodeRef::<html::Button>::new();
    let person = Memo::new(move |_| state.session.session().map(|session| described(&session)));
    let listener = window_event_listener(leptos::ev::pointerdown, move |event| {
        let is_inside = root.get_untracked().is_some_and(|root| root.contains(Some(&event_target(&event))));
        if !is_inside && is_open.get_untracked() {
            is_open.set(false);
        }
    });
    on_cleanup(move || listener.remove());
    let close_on_escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            is_open.set(false);
            if let Some(opener) = opener.get_untracked() {
                let _ = opener.focus();
            }
        }
    };
    let letters = move || person.get().map(|(name, _)| initials(&name)).unwrap_or_default();
    let opener_name =
        move || person.get().map_or_else(|| "Account menu".to_owned(), |(name, _)| format!("{name}, account menu"));
    let leave = move |everywhere: bool| {
        is_open.set(false);
        spawn_local(async move {
            let left =
                if everywhere { Authenticated.log_out_everywhere().await } else { Authenticated.log_out().await };
            match left {
                Ok(()) | Err(ApiError::SessionEnded) => state.session.end(),
                Err(error) => state.announcer.say(&format!("You are still signed in. {}", error.sentence())),
            }
        });
    };
    view! {
        <div class="account-menu" node_ref=root on:keydown=close_on_escape>
            <button
                class="account"
                type="button"
                node_ref=opener
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-controls="account-menu"
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                <span class="avatar" aria-hidden="true">{dynamic(letters)}</span>
                <span class="vh">{opener_name}</span>
            </button>
            <div class="menu account-menu__panel" id="account-menu" hidden=move || !is_open.get()>
                <p class="account-menu__who">
                    {dynamic(move || person.get().map(|(name, detail)| view! { <strong>{name}</strong><span>{detail}</span> }))}
                </p>
                <div class="account-menu__theme"><span>"Theme"</span><ThemeSwitch/></div>
                <a class="menu__item" href="/settings/security" on:click=move |_| is_open.set(false)>{icon("lock", 16)}"Change password"</a>
                <button class="menu__item" type="button" on:click=move |_| leave(false)>{icon("arrow", 16)}"Sign out"</button>
                <button class="menu__item" type="button" on:click=move |_| leave(true)>{icon("off", 16)}"Sign out everywhere"</button>
            </div>
        </div>
    }
}

fn event_target(event: &web_sys::PointerEvent) -> web_sys::Node {
    event.target().map_or_else(|| document().into(), wasm_bindgen::JsCast::unchecked_into)
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let theme = app_state().theme;
    let options = ThemeChoice::ALL.map(|choice| (choice.as_str(), choice.name())).to_vec();
    let choose = Callback::new(move |word| theme.choose(ThemeChoice::from_word(word)));
    view! {
        <Segmented legend="Theme" name="theme" options=options value=Signal::derive(move || theme.choice().as_str()) on_choose=choose/>
    }
}

/// Name, and what stands below it.
fn described(session: &Session) -> (String, String) {
    match &session.person {
        SessionPerson::Member { name, email, role, .. } => (name.clone(), format!("{email} · {}", role_name(*role))),
        SessionPerson::Operator { email, .. } => (email.clone(), "Operator".to_owned()),
        SessionPerson::ApiKey { name, key_start } => (name.clone(), format!("{key_start}…")),
    }
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Billing => "Billing",
        Role::Support => "Support",
        Role::Viewer => "Viewer",
    }
}
