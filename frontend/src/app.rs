//! The routes, and what holds for all of them: focus after a change of page, what is announced, keys.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::{NavigateOptions, WildcardSegment};
use std::time::Duration;

use crate::components::{Shell, focus_search, sprite};
use crate::pages::dashboard::DashboardPage;
use crate::parts;
use crate::places::Place;
use crate::state::AppState;

/// The app.
#[component]
pub fn App(
    /// Whether the frame stands, so that the page may follow.
    is_framed: RwSignal<bool>,
) -> impl IntoView {
    let page = move || view! { <Page is_framed=is_framed/> };
    let state = AppState::provide();
    view! {
        {sprite()}
        <Router>
            <Attendant/>
            // One route for every address: `Place` decides, which is a fraction of the code of a route each. So queries are read
            // from the location: what the router keeps for a route is not renewed while the route stays the same.
            <FlatRoutes fallback=page>
                <Route path=WildcardSegment("address") view=page/>
            </FlatRoutes>
        </Router>
        <p class="vh" role="status" aria-live="polite">{state.announcer.message()}</p>
    }
}

/// The page at the present address.
#[component]
fn Page(is_framed: RwSignal<bool>) -> impl IntoView {
    let pathname = use_location().pathname;
    let place = Memo::new(move |_| pathname.with(|path| Place::at(path)));
    let navigate = use_navigate();
    watch(move || {
        if let Place::Elsewhere(path) = place.get() {
            navigate(path, NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let is_public = Memo::new(move |_| place.with(Place::is_public));
    move || {
        if is_public.get() {
            public(place)
        } else {
            view! { <Shell>{dynamic(move || is_framed.get().then(|| page(place.get())))}</Shell> }.into_any()
        }
    }
}

fn public(place: Memo<Place>) -> AnyView {
    view! { {dynamic(move || parts::public_page(place.get()))} }.into_any()
}

fn page(place: Place) -> AnyView {
    match place {
        Place::Dashboard => view! { <DashboardPage/> }.into_any(),
        Place::Elsewhere(_) => ().into_any(),
        place => parts::page(place),
    }
}

/// Follows the page: after a change of path the heading gets the focus; Ctrl K leads to the search; a key held down presses once.
#[component]
fn Attendant() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = pathname.get();
        // The first page keeps the focus where the browser puts it, also behind `/`, which only leads on.
        if before.is_some_and(|before| before != path && before != "/") {
            focus_heading_soon(pathname, path.clone(), FOCUS_TRIES);
        }
        path
    });
    let navigate = use_navigate();
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        // Held past the answer of a dialog it would press what has the focus then, and that opens the next one.
        if event.repeat() && event.key() == "Enter" && !is_writing() {
            event.prevent_default();
            return;
        }
        let is_search =
            (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k");
        // Where there is no frame there is no search, and a dialog keeps its keys.
        if !is_search || has_no_search() || event.default_prevented() {
            return;
        }
        event.prevent_default();
        if pathname.get_untracked() != "/activations" {
            navigate("/activations", NavigateOptions::default());
        }
        focus_search();
    });
    on_cleanup(move || listener.remove());
}

/// Some seconds: the first page of a part waits until the part is loaded.
const FOCUS_TRIES: u32 = 200;

/// Gives the heading the focus once it is there, while the page is the present one and nobody has gone on to something in it.
fn focus_heading_soon(pathname: Memo<String>, path: String, tries: u32) {
    let later = move || {
        let is_here = pathname.try_with_untracked(|present| *present == path) == Some(true);
        if is_here && !focus_heading() && tries > 0 && has_no_focus() {
            focus_heading_soon(pathname, path, tries - 1);
        }
    };
    set_timeout(later, Duration::from_millis(30));
}

fn has_no_focus() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// Tells whether there was one.
fn focus_heading() -> bool {
    use wasm_bindgen::JsCast as _;
    let Ok(Some(heading)) = document().query_selector("h1[tabindex]") else { return false };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    heading.unchecked_into::<web_sys::HtmlElement>().focus_with_options(&options).is_ok()
}

/// Whether Enter makes a new line.
fn is_writing() -> bool {
    document().active_element().is_some_and(|element| element.tag_name() == "TEXTAREA")
}

fn has_no_search() -> bool {
    let is_there = |selector| matches!(document().query_selector(selector), Ok(Some(_)));
    !is_there(".jump:not([hidden])") || is_there("dialog[open]")
}
