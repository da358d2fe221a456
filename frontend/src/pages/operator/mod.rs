//! What operators see: top-ups of all resellers to settle or reject, what waits to be set up, what they announce, and what the
//! renewal runs did.

mod decide;
mod event_dialog;
pub mod event_model;
mod events;
mod jobs;
pub mod model;
mod reason;
mod release;
mod resellers;
mod set_ups;
mod top_ups;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::dto::page::PageInfo;

use crate::components::{dynamic, empty, skeleton_rows};
use crate::places::Place;
use crate::state::app_state;

/// A page for operators.
pub fn page(place: &Place) -> AnyView {
    match place {
        Place::OperatorTopUps => guarded(|| view! { <top_ups::TopUpsPage/> }.into_any()),
        Place::OperatorSetUps => guarded(|| view! { <set_ups::SetUpsPage/> }.into_any()),
        Place::OperatorEvents => guarded(|| view! { <events::EventsPage/> }.into_any()),
        _ => guarded(|| view! { <jobs::JobsPage/> }.into_any()),
    }
}

/// The page, for those it is for. The server would refuse everybody else all the same.
fn guarded(page: fn() -> AnyView) -> AnyView {
    let session = app_state().session;
    let is_operator = Memo::new(move |_| session.session().map(|session| session.reseller.is_none()));
    dynamic(move || match is_operator.get() {
        Some(true) => page(),
        None => view! { <section class="card" aria-busy="true">{skeleton_rows(10)}</section> }.into_any(),
        Some(false) => {
            let home = view! { <a class="btn" href="/dashboard">"To the dashboard"</a> }.into_any();
            view! {
                <div class="page-head"><div><h1 tabindex="-1">"For operators only"</h1></div></div>
                <section class="card">
                    {empty("lock", "You may not see this", "These pages are for those who run the portal.", Some(home))}
                </section>
            }
            .into_any()
        }
    })
}

/// The page's heading, with the zone of every time on it: operators belong to no reseller and so to no zone.
fn head(title: &'static str, meta: Option<AnyView>) -> AnyView {
    view! {
        <div class="page-head">
            <div>
                <h1 tabindex="-1">{title}</h1>
                <p class="page-head__date">"Operator · times are UTC"</p>
            </div>
            <div class="page-head__meta">{meta}</div>
        </div>
    }
    .into_any()
}

/// One value of the present address.
fn asked(key: &'static str) -> Memo<String> {
    let query = use_location().query;
    Memo::new(move |_| query.with(|query| query.get(key)).unwrap_or_default())
}

/// Previous and Next; `path` makes the address of a page from its cursor.
fn pager(info: PageInfo, path: impl Fn(String) -> String) -> AnyView {
    let step = |name: &'static str, cursor: Option<String>| match cursor {
        Some(cursor) => view! { <a class="btn btn--sm" href=path(cursor)>{name}</a> }.into_any(),
        None => view! { <span class="btn btn--sm" role="link" aria-disabled="true">{name}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="pager__nav ms-auto">{step("Previous", info.prev_cursor)}{step("Next", info.next_cursor)}</span>
        </nav>
    }
    .into_any()
}
