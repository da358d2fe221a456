//! What is held and may be released, and what the renewal runs did: due, charged, short, failed, held, and how long it took.

use crate::state::watch;
use leptos::prelude::*;
use shared::dto::page::Page;
use shared::dto::renewal_run::OperatorRenewalRun;
use shared::paths;

use super::model::{duration, in_short, trigger_name};
use super::release::held_card;
use super::{asked, head, pager};
use crate::components::{NoRows, TableHead, icon, listing, missing, rows, use_page};
use crate::format::{BROWSER, count, date_time, money};
use crate::state::query::Query;

const UTC: &str = "UTC";
const HEAD: TableHead = TableHead {
    label: "Renewal runs table, scrolls sideways",
    caption: "Renewal runs, newest first",
    columns: &[
        ("Started", ""),
        ("Reseller", ""),
        ("Set going by", ""),
        ("Due", "num"),
        ("Charged", "num"),
        ("Sum", "num"),
        ("Short", "num"),
        ("Failed", "num"),
        ("Held", "num"),
        ("Ended", "num"),
        ("Resumed", "num"),
        ("Duration", "num"),
    ],
};
const NO_ROWS: NoRows = NoRows {
    failed: "The runs could not be loaded",
    symbol: "clock",
    nothing: "No run has had anything to do yet",
    sentence: "A run that finds nothing due leaves no line here.",
};

/// `/operator/jobs`
#[component]
pub fn JobsPage() -> impl IntoView {
    use_page(|| "Renewal runs – Operator".to_owned());
    let cursor = asked("cursor");
    let runs = Query::<Page<OperatorRenewalRun>>::new();
    watch(move || {
        let cursor = cursor.get();
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        runs.load(format!("{}?limit=25{cursor}", paths::OPERATOR_RENEWAL_RUNS));
    });
    let list = listing(runs, NO_ROWS, |page| {
        let foot = pager(page.page, |cursor| format!("/operator/jobs?cursor={cursor}"));
        view! { {rows(HEAD, page.items, table_row, list_row)}{foot} }.into_any()
    });
    let refresh = view! {
        <button class="icon-btn" type="button" aria-label="Refresh" on:click=move |_| runs.reload()>{icon("renew", 14)}</button>
    };
    view! {
        {head("Renewal runs", Some(refresh.into_any()))}
        <div class="stack">
            {held_card(Callback::new(move |()| runs.reload()))}
            <section class="card" aria-label="Renewal runs">
                <p class="toolbar toolbar--top note">
                    "Short: the balance did not pay it, it is in grace. Failed: a fault on our side, tried again by the next run. Held: too many periods due at once; it waits to be released."
                </p>
                {list}
            </section>
        </div>
    }
}

/// A count that ought to be nothing, with a sign where it is not.
fn trouble(number: i64, class: &'static str) -> AnyView {
    if number == 0 {
        return view! { <td class="num muted">"0"</td> }.into_any();
    }
    view! { <td class="num"><span class=class>{icon("warn", 14)}{count(number)}</span></td> }.into_any()
}

fn table_row(row: OperatorRenewalRun) -> AnyView {
    let run = row.run;
    view! {
        <tr>
            <td><time datetime=run.started_at.to_string()>{date_time(run.started_at, UTC)}</time></td>
            <td><span class="cell-main">{row.reseller_name}</span></td>
            <td class="muted">{trigger_name(run.trigger)}</td>
            <td class="num">{count(run.due_count)}</td>
            <td class="num">{count(run.charged_count)}</td>
            <td class="num">{run.charged.map_or_else(missing, |charged| money(charged).into_any())}</td>
            {trouble(run.short_count, "text-warn")}
            {trouble(run.failed_count, "text-bad")}
            {trouble(run.held_count, "text-bad")}
            <td class="num">{count(run.ended_count)}</td>
            <td class="num">{count(run.resumed_count)}</td>
            <td class="num">{duration(run.duration_ms)}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: OperatorRenewalRun) -> AnyView {
    let run = row.run;
    let is_trouble = run.short_count + run.failed_count + run.held_count > 0;
    let sign = is_trouble
        .then(|| view! { <span class="text-warn">{icon("warn", 14)}<span class="vh">"Needs a look: "</span></span> });
    view! {
        <li class="list__row list__row--money">
            <span class="list__main">{row.reseller_name}</span>
            <span class="list__amount">{run.charged.map(money)}</span>
            <span class="list__sub">{sign}{in_short(&run, BROWSER)}</span>
            <span class="list__line">{date_time(run.started_at, UTC)}" · "{duration(run.duration_ms)}" · "{trigger_name(run.trigger)}</span>
        </li>
    }
    .into_any()
}
