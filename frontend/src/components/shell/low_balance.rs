//! How far the wallet reaches, kept for every page, and the banner that says when that is not far.

use crate::state::watch;
use leptos::prelude::*;
use shared::dto::forecast::{Forecast, Runway};
use shared::paths;
use shared::vocab::{BalanceLevel, Permission};

use crate::api::now;
use crate::components::icon;
use crate::format::words::{DateForm, Texts, counted};
use crate::format::{BROWSER, money};
use crate::state::app_state;
use crate::state::query::Query;

const HIDDEN_UNTIL: &str = "resellportal-low-balance-hidden-until";
const DAY_MILLISECONDS: i64 = 86_400_000;

/// Reads how far the wallet reaches with each page, and after each change.
pub fn follow_runway() {
    let state = app_state();
    let forecast = Query::<Forecast>::new();
    watch(move || {
        state.writes.track();
        if state.session.may(Permission::WalletRead) {
            forecast.load(format!("{}?days=1", paths::FORECAST));
        }
    });
    watch(move || {
        if let Some(forecast) = forecast.data.get() {
            state.runway.set(Some(forecast.runway));
        }
    });
}

/// What is not covered, and the way to mend it. Low can be hidden for a day, blocked cannot.
pub fn low_balance(runway: &Runway) -> AnyView {
    let is_blocked = runway.level == BalanceLevel::Blocked;
    let is_hidden = RwSignal::new(!is_blocked && hidden_until() > now());
    let (strong, text) = warning(runway, BROWSER);
    let needed = runway.needed;
    let hide = move |_| {
        if let Some(storage) = storage() {
            let until = now() + DAY_MILLISECONDS;
            // Without storage it is back with the next page.
            let _ = storage.set_item(HIDDEN_UNTIL, &until.to_string());
        }
        is_hidden.set(true);
        crate::components::keep_focus();
    };
    let top_up = app_state().session.may(Permission::WalletTopUp).then(|| {
        let path = format!("/wallet?amount={}#top-up", needed.amount());
        view! { <a class="btn btn--sm btn--primary" href=path>{format!("Top up {}", money(needed))}</a> }
    });
    let class = if is_blocked { "banner banner--bad" } else { "banner" };
    view! {
        <div class=class role="region" aria-label="Low balance" hidden=move || is_hidden.get()>
            {icon("warn", 16)}
            <p class="banner__text"><strong>{strong}</strong>" "<span>{text}</span></p>
            <div class="banner__actions">
                <a class="btn btn--sm" href="/wallet#upcoming">"See renewals"</a>
                {top_up}
                {(!is_blocked).then(|| view! { <button class="icon-btn" type="button" aria-label="Hide for 24 hours" on:click=hide>{icon("cross", 16)}</button> })}
            </div>
        </div>
    }
    .into_any()
}

/// What the banner says: strong words, and the rest.
pub fn warning(runway: &Runway, texts: Texts<'_>) -> (String, String) {
    let top_up = (texts.money)(runway.needed);
    if runway.failed_count > 0 {
        let failed = counted(runway.failed_count, "renewal failed.", "renewals failed.", texts);
        let them = if runway.failed_count == 1 { "it" } else { "them" };
        return (failed, format!("Top up {top_up} to restore {them}."));
    }
    let Some(shortfall) = &runway.first_shortfall else {
        return ("Low balance.".to_owned(), format!("{top_up} more is needed."));
    };
    let on = (texts.date)(shortfall.on, DateForm::Short);
    let first = shortfall
        .failing
        .first()
        .map(|first| format!("{} for {} ({})", first.product.name, first.client.name, (texts.money)(first.amount)));
    let more = match shortfall.failing_count - 1 {
        ..=0 => String::new(),
        more => format!(", nor {} more", (texts.count)(more)),
    };
    let what = first.unwrap_or_else(|| "What is due".to_owned());
    ("Low balance.".to_owned(), format!("{what} will not renew on {on}{more}."))
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

fn hidden_until() -> i64 {
    let text = storage().and_then(|storage| storage.get_item(HIDDEN_UNTIL).ok()?);
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}
