//! What operators announce: promotions and launches, each a marker under the charts of those who are to see it.

use leptos::prelude::*;
use shared::dto::page::Page;
use shared::dto::promotion::Promotion;
use shared::paths;
use shared::vocab::{PromotionKind, PromotionScope};

use super::event_dialog::{Opened, dialog};
use super::event_model::{audience, days, kind_name};
use super::resellers::Resellers;
use super::{asked, head, pager};
use crate::components::{TableHead, dynamic, empty, icon, keep_focus, panel, rows, use_page};
use crate::format::BROWSER;
use crate::state::app_state;
use crate::state::query::Query;
use crate::state::watch;

const PATH: &str = "/operator/events";
const HEAD: TableHead = TableHead {
    label: "Events table, scrolls sideways",
    caption: "Promotions and launches, latest first",
    columns: &[("Days", ""), ("Event", ""), ("Kind", ""), ("Seen by", ""), ("Actions", "col-actions")],
};

type Asking = RwSignal<Option<Opened>>;

/// `/operator/events`
#[component]
pub fn EventsPage() -> impl IntoView {
    use_page(|| "Events – Operator".to_owned());
    let state = app_state();
    let cursor = asked("cursor");
    let events = Query::<Page<Promotion>>::new();
    watch(move || {
        let cursor = cursor.get();
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        events.load(format!("{}?limit=25{cursor}", paths::OPERATOR_PROMOTIONS));
    });
    let resellers = Resellers::new();
    // Names are only read where some are to be told.
    watch(move || {
        let is_some_chosen =
            |page: &Page<Promotion>| page.items.iter().any(|event| event.scope == PromotionScope::Chosen);
        if events.data.with(|page| page.as_ref().is_some_and(is_some_chosen)) {
            resellers.want();
        }
    });
    let opened: Asking = RwSignal::new(None);
    let said = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| {
        opened.set(None);
        events.reload();
    });
    let done = Callback::new(move |text: String| {
        state.announcer.say(&text);
        said.set(Some(text));
        opened.set(None);
        events.reload();
        set_timeout(keep_focus, std::time::Duration::from_millis(600));
    });
    let add = move || {
        view! {
            <button class="btn btn--primary" type="button" on:click=move |_| opened.set(Some(Opened::Add))>{icon("plus", 16)}"Add event"</button>
        }
        .into_any()
    };
    let list = panel(events, "The events could not be loaded", 10, std::convert::identity, move |page| {
        // The last of a later page may have been deleted.
        if page.items.is_empty() && !cursor.get().is_empty() {
            let first = view! { <a class="btn" href=PATH>"To the latest"</a> }.into_any();
            return empty("flag", "No events on this page", "", Some(first));
        }
        if page.items.is_empty() {
            let sentence = "Promotions and launches appear as markers under the charts of resellers.";
            return empty("flag", "No events yet", sentence, None);
        }
        let foot = pager(page.page, |cursor| format!("{PATH}?cursor={cursor}"));
        let table_row = |event| table_row(event, opened, resellers);
        view! { {rows(HEAD, page.items, table_row, |event| list_row(event, opened, resellers))}{foot} }.into_any()
    });
    view! {
        // The signs are those of the charts.
        <div class="sprite" inner_html=include_str!("../../chart/late/signs.svg")></div>
        {head("Events", Some(add()))}
        {dynamic(move || said.get().map(|text| view! { <p class="status-message status-message--page">{icon("check", 16)}<span>{text}</span></p> }))}
        <section class="card" aria-label="Event list">
            <p class="toolbar toolbar--top note">
                "Each is a marker under the charts of those who see it, on its first day in their own calendar."
            </p>
            {list}
        </section>
        {dynamic(move || opened.get().map(|opened| dialog(opened, resellers, close, done)))}
    }
}

fn actions(event: &Promotion, opened: Asking) -> AnyView {
    let button = |verb: &'static str, open: fn(Promotion) -> Opened| {
        let (asked, label) = (event.clone(), format!("{verb} {}", event.title));
        view! {
            <button class="btn btn--sm" type="button" aria-label=label on:click=move |_| opened.set(Some(open(asked.clone())))>{verb}</button>
        }
    };
    view! { <span class="row-actions">{button("Edit", Opened::Edit)}{button("Delete", Opened::Delete)}</span> }
        .into_any()
}

fn kind(kind: PromotionKind) -> AnyView {
    let sign = if kind == PromotionKind::Promotion { "promo" } else { "launch" };
    view! { <span class="key__item"><span class=format!("marker--{sign}")>{icon(&format!("m-{sign}"), 14)}</span>{kind_name(kind)}</span> }
        .into_any()
}

fn seen_by(event: &Promotion, resellers: Resellers) -> AnyView {
    let event = event.clone();
    dynamic(move || resellers.names.with(|names| audience(&event, names, BROWSER)))
}

fn table_row(event: Promotion, opened: Asking, resellers: Resellers) -> AnyView {
    let (actions, seen_by) = (actions(&event, opened), seen_by(&event, resellers));
    view! {
        <tr>
            <td><time datetime=event.starts_on.to_string()>{days(&event, BROWSER)}</time></td>
            <td><span class="cell-main cell-wrap">{event.title}</span><span class="cell-sub cell-wrap">{event.text}</span></td>
            <td>{kind(event.kind)}</td>
            <td><span class="cell-block cell-wrap">{seen_by}</span></td>
            <td class="col-actions">{actions}</td>
        </tr>
    }
    .into_any()
}

fn list_row(event: Promotion, opened: Asking, resellers: Resellers) -> AnyView {
    let (actions, seen_by) = (actions(&event, opened), seen_by(&event, resellers));
    let days = days(&event, BROWSER);
    view! {
        <li class="list__row list__row--decide">
            <span class="list__main">{event.title}</span>
            <span class="list__sub">{kind(event.kind)}</span>
            <span class="list__line">{days}" · "{seen_by}</span>
            {event.text.map(|text| view! { <span class="list__line">{text}</span> })}
            {actions}
        </li>
    }
    .into_any()
}
