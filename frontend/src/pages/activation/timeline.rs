//! Everything that happened to an activation, newest first.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::dto::activation::HistoryEntry;
use shared::dto::page::Page;
use shared::paths;
use shared::vocab::{ActivationId, Permission};

use super::model::{actor_name, appended, happening};
use crate::api::Authenticated;
use crate::components::{error_panel, icon, skeleton_rows};
use crate::format::words::DateForm;
use crate::format::{date, date_time, money};
use crate::state::app_state;
use crate::state::query::Query;

const ROWS: u32 = 10;

/// The newest rows, and older ones on request.
#[component]
pub fn Timeline(id: ActivationId) -> impl IntoView {
    let state = app_state();
    let path = format!("{}?limit={ROWS}", paths::activation_history(id));
    let first = Query::<Page<HistoryEntry>>::new();
    let asked = path.clone();
    // Again after each change this tab makes.
    watch(move || {
        state.writes.track();
        first.load(asked.clone());
    });
    let rows = RwSignal::new(Vec::<HistoryEntry>::new());
    let cursor = RwSignal::new(None::<String>);
    let is_loading = RwSignal::new(false);
    watch(move || {
        if let Some(page) = first.data.get() {
            rows.set(page.items);
            cursor.set(page.page.next_cursor);
        }
    });
    let older = move |_| {
        let Some(next) = cursor.get_untracked().filter(|_| !is_loading.get_untracked()) else { return };
        let path = format!("{path}&cursor={next}");
        is_loading.set(true);
        spawn_local(async move {
            match Authenticated.get::<Page<HistoryEntry>>(&path).await {
                Ok(page) => {
                    rows.update(|rows| *rows = appended(std::mem::take(rows), page.items));
                    cursor.set(page.page.next_cursor);
                }
                Err(error) => {
                    state.session.note(&error);
                    state.announcer.say(&error.sentence());
                }
            }
            is_loading.set(false);
        });
    };
    let retry = Callback::new(move |()| first.reload());
    let body = move || {
        if let Some(error) = first.error.get().filter(|_| first.data.with(Option::is_none)) {
            return error_panel("The timeline could not be loaded", &error, retry);
        }
        if first.data.with(Option::is_none) {
            return skeleton_rows(4);
        }
        let zone = state.session.time_zone();
        let may_read_ledger = state.session.may(Permission::WalletRead);
        let item = move |row: HistoryEntry| entry(row, &zone, may_read_ledger);
        view! {
            <div class="card__body"><ol class="timeline"><For each=move || rows.get() key=|row| row.id children=item/></ol></div>
        }
        .into_any()
    };
    let more = move || {
        cursor.with(Option::is_some).then(|| {
        view! { <p class="card__foot"><button class="link-button" type="button" on:click=older.clone()>"Show older"</button></p> }
    })
    };
    view! {
        <section class="card" aria-labelledby="timeline">
            <div class="card__head"><h2 id="timeline">"Timeline"</h2></div>
            {dynamic(body)}
            {dynamic(more)}
        </section>
    }
}

fn entry(row: HistoryEntry, zone: &str, may_read_ledger: bool) -> AnyView {
    let (symbol, what) = happening(row.kind);
    let details = [
        Some(actor_name(&row.actor)),
        row.reason.clone(),
        row.paid_until_on.map(|on| format!("Paid until {}", date(on, DateForm::Medium))),
    ];
    let details = details.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let entry = row.ledger_entry_id.filter(|_| may_read_ledger);
    let entry = entry.map(|id| view! { " · "<a href=format!("/wallet/ledger/{id}")>"Ledger entry"</a> });
    let request = row.request_id.map(|id| view! { " · "<span class="nowrap">"Request "<code>{id}</code></span> });
    view! {
        <li class="timeline__item">
            <span class="timeline__dot">{icon(symbol, 12)}</span>
            <span class="timeline__what">{what}</span>
            <span class="timeline__amount">{row.amount.map(money)}</span>
            <span class="timeline__meta">
                <time datetime=row.occurred_at.to_string()>{date_time(row.occurred_at, zone)}</time>" · "{details}{entry}{request}
            </span>
        </li>
    }
    .into_any()
}
