//! The way to the notices, with a dot while some are new. They are counted once the page stands, so that nothing waits for it.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use serde::Deserialize;
use shared::dto::page::PageInfo;
use shared::paths;
use shared::vocab::Permission;
use std::time::Duration;

use super::super::icon;
use crate::state::app_state;
use crate::state::query::Query;

const PATIENCE: Duration = Duration::from_secs(2);

/// A list of which only the length is read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Counted {
    page: PageInfo,
}

/// The link in the top bar; none for people who may not read the wallet.
pub fn bell() -> AnyView {
    let state = app_state();
    let unread = Query::<Counted>::new();
    let is_allowed = Memo::new(move |_| state.session.may(Permission::WalletRead));
    watch(move || {
        state.writes.track();
        if is_allowed.get() {
            let ask = move || unread.load(format!("{}?unread=true&limit=1&include_total=true", paths::NOTICES));
            set_timeout(ask, PATIENCE);
        }
    });
    watch(move || {
        if let Some(total) = unread.data.with(|counted| counted.as_ref().and_then(|counted| counted.page.total)) {
            state.unread_notices.set(Some(total));
        }
    });
    let label = move || match state.unread_notices.get() {
        Some(new) if new > 0 => format!("Notices, {new} new"),
        _ => "Notices".to_owned(),
    };
    let dot = move || {
        let is_any = state.unread_notices.get().is_some_and(|new| new > 0);
        is_any.then(|| view! { <span class="icon-btn__dot"></span> })
    };
    dynamic(move || {
        is_allowed.get().then(|| {
            view! { <a class="icon-btn" href="/wallet/notices" aria-label=label>{icon("bell", 16)}{dynamic(dot)}</a> }
        })
    })
}
