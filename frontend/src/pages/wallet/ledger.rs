//! The movements of money: the latest on the wallet's page, all of them on a page of their own.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::ledger::{LedgerEntry, LedgerTotals};
use shared::dto::page::Page;
use shared::paths;

use super::model::{KINDS, LedgerView, kind_name};
use crate::components::{NoRows, Stage, TableHead, error_line, icon, listing, rows, use_page};
use crate::format::words::counted;
use crate::format::{BROWSER, date_time, money};
use crate::pages::activation::model::actor_name;
use crate::state::app_state;
use crate::state::query::Query;

const LATEST: u32 = 10;

/// The card with the latest entries.
#[component]
pub fn LatestEntries() -> impl IntoView {
    let state = app_state();
    let entries = Query::<Page<LedgerEntry>>::new();
    watch(move || {
        state.writes.track();
        entries.load(format!("{}?limit={LATEST}", paths::LEDGER_ENTRIES));
    });
    view! {
        <section class="card" aria-labelledby="ledger">
            <div class="card__head"><h2 id="ledger">"Ledger"</h2><a class="ms-auto note-link" href="/wallet/ledger">"Open the ledger"</a></div>
            {list(entries)}
        </section>
    }
}

/// `/wallet/ledger`
#[component]
pub fn LedgerPage() -> impl IntoView {
    use_page(|| "Ledger – Wallet".to_owned());
    let query = use_location().query;
    let view = Memo::new(move |_| {
        query.with(|query| LedgerView {
            kind: query.get("kind").and_then(|word| word.parse().ok()),
            activation: query.get("activation").and_then(|id| id.parse().ok()),
            cursor: query.get("cursor").unwrap_or_default(),
        })
    });
    let entries = Query::<Page<LedgerEntry>>::new();
    let totals = Query::<LedgerTotals>::new();
    watch(move || entries.load(view.get().data_path()));
    let totals_path = Memo::new(move |_| view.get().totals_path());
    watch(move || totals.load(totals_path.get()));
    let navigate = use_navigate();
    let choose = move |event: web_sys::Event| {
        let kind = event_target_value(&event).parse().ok();
        let view = LedgerView { kind, cursor: String::new(), ..view.get_untracked() };
        navigate(&view.page_path(), NavigateOptions { scroll: false, ..Default::default() });
    };
    let option = move |kind: shared::vocab::LedgerEntryKind| {
        view! { <option value=kind.as_str() selected=move || view.with(|view| view.kind == Some(kind))>{kind_name(kind)}</option> }
    };
    let stage = Stage::follow(totals);
    let sum = move || {
        if let Stage::Failed(_) = stage.get() {
            return Some(error_line("The sums could not be loaded.", Callback::new(move |()| totals.reload())));
        }
        let totals = totals.data.get()?;
        let sum = view! {
            <p class="sum">
                <span>{counted(totals.count, "entry", "entries", BROWSER)}</span>
                <span>"in "<strong>{money(totals.money_in)}</strong></span>
                <span>"out "<strong>{money(totals.money_out)}</strong></span>
                <span>"together "<strong>{money(totals.net)}</strong></span>
            </p>
        };
        Some(sum.into_any())
    };
    let only_one = move || {
        view.with(|view| view.activation).map(|id| {
            let without = LedgerView { activation: None, cursor: String::new(), ..view.get() }.page_path();
            view! {
                <span class="chip chip--active"><span><span class="chip__key">"Activation: "</span><code>{id.to_string()}</code></span>
                    <a class="chip__x" href=without aria-label="Remove filter Activation">{icon("cross", 12)}</a></span>
            }
        })
    };
    let steps = move || {
        let info = entries.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default());
        let step = |name: &'static str, cursor: Option<String>| match cursor {
            Some(cursor) => {
                let path = LedgerView { cursor, ..view.get() }.page_path();
                view! { <a class="btn btn--sm" href=path>{name}</a> }.into_any()
            }
            None => view! { <span class="btn btn--sm" role="link" aria-disabled="true">{name}</span> }.into_any(),
        };
        view! { {step("Previous", info.prev_cursor.clone())}{step("Next", info.next_cursor.clone())} }
    };
    let total = move || {
        let total = entries.data.with(|page| page.as_ref().and_then(|page| page.page.total));
        total.map(|total| counted(total, "entry", "entries", BROWSER))
    };
    let pager = view! {
        <nav class="pager" aria-label="Pages"><span>{dynamic(total)}</span><span class="pager__nav ms-auto">{dynamic(steps)}</span></nav>
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb"><a href="/wallet">"Wallet"</a>{icon("right", 12)}<span aria-current="page">"Ledger"</span></nav>
        <div class="page-head"><div><h1 tabindex="-1">"Ledger"</h1></div></div>
        <section class="card" aria-label="Ledger entries">
            <div class="toolbar toolbar--top">
                <label class="field__label" for="kind">"Kind"</label>
                <span class="select-wrap">
                    <select class="input select" id="kind" on:change=choose>
                        <option value="" selected=move || view.with(|view| view.kind.is_none())>"All"</option>
                        {KINDS.map(option).into_iter().collect_view()}
                    </select>
                    {icon("down", 14)}
                </span>
                {dynamic(only_one)}
                <a class="btn ms-auto" href=move || view.get().csv_path() download rel="external">{icon("download", 14)}"CSV"</a>
            </div>
            <div class="toolbar">{dynamic(sum)}</div>
            {list(entries)}
            {pager}
        </section>
    }
}

const HEAD: TableHead = TableHead {
    label: "Ledger table, scrolls sideways",
    caption: "Ledger entries, newest first",
    columns: &[
        ("When", ""),
        ("Description", ""),
        ("Kind", ""),
        ("Amount", "num"),
        ("Balance after", "num"),
        ("By", ""),
    ],
};
const NO_ROWS: NoRows = NoRows {
    failed: "The ledger could not be loaded",
    symbol: "wallet",
    nothing: "No entries",
    sentence: "Every movement of money appears here.",
};

fn list(entries: Query<Page<LedgerEntry>>) -> AnyView {
    let session = app_state().session;
    listing(entries, NO_ROWS, move |page| {
        let zone = session.time_zone();
        rows(HEAD, page.items, |entry| table_row(entry, &zone), |entry| list_row(entry, &zone))
    })
}

/// "+€378.00" in green, "−€29.00"; the words for those who see neither.
pub fn signed(amount: shared::vocab::Money) -> AnyView {
    if amount.minor > 0 {
        view! { <span class="money-in"><span class="vh">"in "</span>"+"{money(amount)}</span> }.into_any()
    } else {
        view! { <span><span class="vh">"out "</span>{money(amount)}</span> }.into_any()
    }
}

fn table_row(entry: LedgerEntry, zone: &str) -> AnyView {
    view! {
        <tr>
            <td><time datetime=entry.occurred_at.to_string()>{date_time(entry.occurred_at, zone)}</time></td>
            <td><a class="cell-main" href=format!("/wallet/ledger/{}", entry.id)>{entry.reason}</a></td>
            <td class="muted">{kind_name(entry.kind)}</td>
            <td class="num">{signed(entry.amount)}</td>
            <td class="num">{money(entry.balance_after)}</td>
            <td class="muted">{actor_name(&entry.actor)}</td>
        </tr>
    }
    .into_any()
}

fn list_row(entry: LedgerEntry, zone: &str) -> AnyView {
    view! {
        <li class="list__row list__row--money">
            <a class="list__main" href=format!("/wallet/ledger/{}", entry.id)>{entry.reason}</a>
            <span class="list__amount">{signed(entry.amount)}</span>
            <span class="list__sub">{kind_name(entry.kind)}" · "{actor_name(&entry.actor)}</span>
            <span class="list__line">{date_time(entry.occurred_at, zone)}" · balance "{money(entry.balance_after)}</span>
        </li>
    }
    .into_any()
}
