//! The routes, and what holds for all of them: focus after a change of page, what is announced, keys.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::{ParamSegment, StaticSegment, WildcardSegment};
use std::time::Duration;

use crate::components::{Shell, focus_search, sprite};
use crate::pages;
use crate::state::AppState;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    let state = AppState::provide();
    view! {
        {sprite()}
        <Router>
            <Attendant/>
            <Routes fallback=|| "Page not found">
                <Route path=StaticSegment("login") view=pages::login::LogInPage/>
                <Route path=StaticSegment("forgot") view=pages::login::ForgotPage/>
                <Route path=(StaticSegment("invite"), ParamSegment("token")) view=pages::invite::InvitePage/>
                <ParentRoute path=StaticSegment("") view=Shell>
                    <Route path=StaticSegment("") view=|| view! { <Redirect path="/dashboard"/> }/>
                    <Route path=StaticSegment("dashboard") view=pages::dashboard::DashboardPage/>
                    <Route path=StaticSegment("activations") view=pages::activations::ActivationsPage/>
                    <Route path=(StaticSegment("activations"), ParamSegment("id")) view=pages::activation::ActivationPage/>
                    <Route path=StaticSegment("clients") view=pages::clients::ClientsPage/>
                    <Route path=(StaticSegment("reports"), StaticSegment("active-users")) view=pages::active_users_report::ActiveUsersReportPage/>
                    <Route path=StaticSegment("settings") view=|| view! { <Redirect path="/settings/security"/> }/>
                    <Route path=(StaticSegment("settings"), StaticSegment("security")) view=pages::security::SecurityPage/>
                    <Route path=WildcardSegment("address") view=pages::not_found::NotFoundPage/>
                </ParentRoute>
            </Routes>
        </Router>
        <p class="vh" role="status" aria-live="polite">{state.announcer.message()}</p>
    }
}

/// Follows the page: after a change of path the heading gets the focus; Ctrl K leads to the search.
#[component]
fn Attendant() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = pathname.get();
        // The first page keeps the focus where the browser puts it.
        if before.is_some_and(|before| before != path) {
            set_timeout(focus_heading, Duration::from_millis(30));
        }
        path
    });
    let navigate = use_navigate();
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        let is_search =
            (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k");
        // Where there is no frame there is no search, and a dialog keeps its keys.
        if !is_search || has_no_search() || event.default_prevented() {
            return;
        }
        event.prevent_default();
        if pathname.get_untracked() != "/activations" {
            navigate("/activations", leptos_router::NavigateOptions::default());
        }
        focus_search();
    });
    on_cleanup(move || listener.remove());
}

fn focus_heading() {
    use wasm_bindgen::JsCast as _;
    if let Ok(Some(heading)) = document().query_selector("h1[tabindex]") {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = heading.unchecked_into::<web_sys::HtmlElement>().focus_with_options(&options);
    }
}

fn has_no_search() -> bool {
    let is_there = |selector| matches!(document().query_selector(selector), Ok(Some(_)));
    !is_there(".top-bar") || is_there("dialog[open]")
}
