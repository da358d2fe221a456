//! The frame around every page of a logged-in member: navigation, top bar, banners, the session-ended dialog.

mod account_menu;
mod bell;
mod low_balance;
mod session_ended;

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::overview::Overview;
use shared::dto::session::Session;
use shared::vocab::{BalanceLevel, Permission};

use super::{brand_mark, icon};
use crate::format::money;
use crate::places::{OPERATOR_HOME, is_for_operators};
use crate::state::app_state;
use crate::state::query::Query;
use crate::state::session::SessionStatus;
use account_menu::AccountMenu;
pub use low_balance::follow_runway;
#[cfg(test)]
pub use low_balance::warning;
use session_ended::SessionEnded;

/// One place of the navigation.
#[derive(Debug, Clone, Copy)]
struct Place {
    path: &'static str,
    /// What the addresses below it begin with.
    section: &'static str,
    name: &'static str,
    short_name: &'static str,
    symbol: &'static str,
    needs: Option<Permission>,
}

const DASHBOARD: &str = "/dashboard";

const SETTINGS: Place = Place {
    path: "/settings/security",
    section: "/settings",
    name: "Settings",
    short_name: "Settings",
    symbol: "gear",
    needs: None,
};

const PLACES: [Place; 6] = [
    Place { path: DASHBOARD, section: DASHBOARD, name: "Dashboard", short_name: "Home", symbol: "home", needs: None },
    Place {
        path: "/activations",
        section: "/activations",
        name: "Activations",
        short_name: "Products",
        symbol: "layers",
        needs: Some(Permission::ActivationsRead),
    },
    Place {
        path: "/clients",
        section: "/clients",
        name: "Clients",
        short_name: "Clients",
        symbol: "users",
        needs: Some(Permission::ClientsRead),
    },
    Place {
        path: "/wallet",
        section: "/wallet",
        name: "Wallet",
        short_name: "Wallet",
        symbol: "wallet",
        needs: Some(Permission::WalletRead),
    },
    Place {
        path: "/reports",
        section: "/reports",
        name: "Reports",
        short_name: "Reports",
        symbol: "eye",
        needs: Some(Permission::UsageRead),
    },
    SETTINGS,
];

const OPERATOR_PLACES: [Place; 5] = [
    Place {
        path: OPERATOR_HOME,
        section: OPERATOR_HOME,
        name: "Top-ups",
        short_name: "Top-ups",
        symbol: "wallet",
        needs: None,
    },
    Place {
        path: "/operator/set-ups",
        section: "/operator/set-ups",
        name: "Set-ups",
        short_name: "Set-ups",
        symbol: "layers",
        needs: None,
    },
    Place {
        path: "/operator/events",
        section: "/operator/events",
        name: "Events",
        short_name: "Events",
        symbol: "flag",
        needs: None,
    },
    Place {
        path: "/operator/jobs",
        section: "/operator/jobs",
        name: "Jobs",
        short_name: "Jobs",
        symbol: "clock",
        needs: None,
    },
    SETTINGS,
];

/// Names the page: the document's title, with the reseller once that is known.
pub fn use_page(title: impl Fn() -> String + 'static) {
    let session = app_state().session;
    watch(move || {
        let reseller = session.session().and_then(|session| session.reseller).map(|reseller| reseller.name);
        document().set_title(&format!("{} – {}", title(), reseller.as_deref().unwrap_or("ResellPortal")));
    });
}

/// The frame. Pages load by themselves; whoever turns out not to be logged in is sent to the log-in page and back.
#[component]
pub fn Shell(
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let state = app_state();
    let location = use_location();
    let navigate = use_navigate();
    let (pathname, search) = (location.pathname, location.search);
    // The dashboard brings the session along.
    if state.session.is_unknown() && pathname.get_untracked() != DASHBOARD {
        state.session.ask();
    }
    watch(move || {
        if state.session.status() == SessionStatus::SignedOut {
            let next = crate::pages::login::model::log_in_path(&pathname.get_untracked(), &search.get_untracked());
            navigate(&next, leptos_router::NavigateOptions { replace: true, ..Default::default() });
        }
    });
    // Only this one answer: the page must not be made anew whenever something about the session changes.
    let is_operator = Memo::new(move |_| match state.session.session() {
        Some(session) => session.reseller.is_none(),
        None => pathname.with(|path| path.starts_with("/operator")),
    });
    let is_elsewhere = Memo::new(move |_| is_operator.get() && pathname.with(|path| !is_for_operators(path)));
    let lead = use_navigate();
    watch(move || {
        if is_elsewhere.get() {
            lead(OPERATOR_HOME, leptos_router::NavigateOptions { replace: true, ..Default::default() });
        }
    });
    let content = move || if is_elsewhere.get() { ().into_any() } else { children().into_any() };
    let strip = move || {
        is_operator
            .get()
            .then(|| view! { <div class="operator-strip" role="region" aria-label="Operator area">"Operator"</div> })
    };
    view! {
        {dynamic(strip)}
        <div class="app">
            <a class="skip" href="#main">"Skip to content"</a>
            <nav class="side-nav" aria-label="Main">
                <a class="brand" href="/dashboard" aria-label=move || format!("{}, dashboard", reseller_name(state.session.session()))>{brand_mark()}<span class="brand__name">{dynamic(move || reseller_name(state.session.session()))}</span></a>
                <ul class="side-nav__list">{places(pathname, is_operator, |place| view! { <li>{side_item(place.0, place.1)}</li> }.into_any())}</ul>
                <div class="side-nav__foot">
                    <a class="side-nav__item" href="/docs/api" rel="external">{icon("info", 16)}<span>"API guide"</span></a>
                </div>
            </nav>
            <TopBar is_operator=is_operator/>
            <main class="main" id="main" tabindex="-1">
                {dynamic(content)}
                // Docked below the page: it comes after the data, and must not push away what is being read.
                <div class="dock">{dynamic(banner)}</div>
            </main>
            <nav class="bottom-bar" aria-label="Main, bottom">{places(pathname, is_operator, |place| bottom_item(place.0, place.1))}</nav>
        </div>
        <SessionEnded/>
    }
}

/// The places this person may go to, each with whether it is the present one.
fn places(
    pathname: Memo<String>,
    is_operator: Memo<bool>,
    item: fn((Place, Signal<bool>)) -> AnyView,
) -> impl IntoView {
    let session = app_state().session;
    let known = move || if is_operator.get() { &OPERATOR_PLACES[..] } else { &PLACES[..] };
    let allowed = Memo::new(move |_| {
        let permissions = session.session().map(|session| session.permissions);
        let is_allowed = |place: &Place| match (&permissions, place.needs) {
            (Some(permissions), Some(needed)) => permissions.contains(&needed),
            _ => true,
        };
        known().iter().enumerate().filter(|(_, place)| is_allowed(place)).map(|(index, _)| index).collect::<Vec<_>>()
    });
    move || {
        let entry = |index: usize| {
            let place = known()[index];
            let is_here = Signal::derive(move || pathname.with(|path| path.starts_with(place.section)));
            item((place, is_here))
        };
        allowed.get().into_iter().map(entry).collect_view()
    }
}

fn current(is_here: Signal<bool>) -> impl Fn() -> Option<&'static str> {
    move || is_here.get().then_some("page")
}

fn side_item(place: Place, is_here: Signal<bool>) -> AnyView {
    view! {
        <a class="side-nav__item" href=place.path aria-current=current(is_here)>{icon(place.symbol, 16)}<span>{place.name}</span></a>
    }
    .into_any()
}

fn bottom_item(place: Place, is_here: Signal<bool>) -> AnyView {
    view! {
        <a class="bottom-bar__item" href=place.path aria-current=current(is_here)>{icon(place.symbol, 20)}<span>{place.short_name}</span></a>
    }
    .into_any()
}

fn reseller_name(session: Option<Box<Session>>) -> String {
    session.and_then(|session| session.reseller).map_or_else(|| "ResellPortal".to_owned(), |reseller| reseller.name)
}

/// At most one: that there is no connection, or that renewals are not covered.
fn banner() -> AnyView {
    let state = app_state();
    if !state.is_online.get() {
        return offline_banner();
    }
    let runway = state.runway.get().filter(|runway| runway.level >= BalanceLevel::Low);
    runway.as_ref().map(low_balance::low_balance).into_any()
}

fn offline_banner() -> AnyView {
    view! {
        <div class="banner banner--info" role="region" aria-label="Offline">
            {icon("off", 16)}
            <p class="banner__text"><strong>"You are offline."</strong>" What you see may be out of date."</p>
        </div>
    }
    .into_any()
}

#[component]
fn TopBar(is_operator: Memo<bool>) -> impl IntoView {
    let navigate = use_navigate();
    let pathname = use_location().pathname;
    let is_mac = window().navigator().user_agent().is_ok_and(|agent| agent.contains("Mac"));
    let keys = if is_mac { "⌘ K" } else { "Ctrl K" };
    let search = move |_| {
        if pathname.get_untracked() != "/activations" {
            navigate("/activations", leptos_router::NavigateOptions::default());
        }
        focus_search();
    };
    let state = app_state();
    // The dashboard brings the balance along; elsewhere it is read once.
    let overview = Query::<Overview>::new();
    watch(move || {
        let is_elsewhere = pathname.get() != DASHBOARD;
        if is_elsewhere && state.balance.get().is_none() && state.session.may(Permission::WalletRead) {
            overview.load(shared::paths::OVERVIEW.to_owned());
        }
    });
    watch(move || {
        let figure = overview.data.with(|overview| overview.as_ref()?.balance.as_ref().map(|figure| figure.balance));
        if figure.is_some() {
            state.balance.set(figure);
        }
    });
    let balance = move || {
        state.balance.get().map(|balance| view! {
        <a class="top-bar__balance" href="/wallet">{icon("wallet", 16)}<span><span class="vh">"Balance "</span>{money(balance)}</span></a>
    })
    };
    // Only this one answer, so that a link that has the focus stays.
    let may_activate = Memo::new(move |_| state.session.may(Permission::ActivationsSpend));
    view! {
        <header class="top-bar">
            <button class="jump" type="button" hidden=move || is_operator.get() aria-keyshortcuts="Control+K Meta+K" on:click=search>
                {icon("search", 16)}
                <span class="jump__text">"Search activations"</span>
                <span class="kbd" data-keys=keys aria-hidden="true"></span>
            </button>
            <span class="top-bar__spacer"></span>
            {dynamic(balance)}
            {bell::bell()}
            {dynamic(move || may_activate.get().then(|| view! { <a class="btn top-bar__activate" href="/activate/product" aria-label="Activate">{icon("plus", 16)}<span class="hide-narrow">"Activate"</span></a> }))}
            <AccountMenu/>
        </header>
    }
}

/// Puts the focus into the search field of the list, once the list is there.
pub fn focus_search() {
    set_timeout(
        || {
            let field = document().get_element_by_id(crate::pages::activations::SEARCH_ID);
            if let Some(field) = field {
                use wasm_bindgen::JsCast as _;
                let _ = field.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        },
        std::time::Duration::from_millis(60),
    );
}
