//! The top-ups of all resellers: those that wait, to be settled or rejected, and what became of the others.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::dto::operator::OperatorTopUp;
use shared::dto::page::Page;
use shared::vocab::TopUpStatus;

use super::decide::{Decision, decision_dialog};
use super::model::TopUpsView;
use super::{asked, head, pager};
use crate::components::{CopyButton, NoRows, TableHead, icon, keep_focus, listing, rows, use_page};
use crate::format::{date_time, money};
use crate::pages::activation::model::actor_name;
use crate::pages::wallet::{method_name, top_up_pill};
use crate::state::app_state;
use crate::state::query::Query;

const UTC: &str = "UTC";
const HEAD: TableHead = TableHead {
    label: "Top-ups table, scrolls sideways",
    caption: "Top-ups of all resellers, newest first",
    columns: &[
        ("Requested", ""),
        ("Reseller", ""),
        ("Amount", "num"),
        ("Paid by", "col-price"),
        ("Reference", "col-price"),
        ("Status", ""),
        ("Actions", "col-actions"),
    ],
};
const NO_ROWS: NoRows = NoRows {
    failed: "The top-ups could not be loaded",
    symbol: "check",
    nothing: "No top-ups here",
    sentence: "What resellers request and nobody has settled yet appears here.",
};
const STATUSES: [(&str, &str); 5] = [
    (TopUpStatus::Pending.as_str(), "Waiting for money"),
    (TopUpStatus::Settled.as_str(), "Settled"),
    (TopUpStatus::Rejected.as_str(), "Rejected"),
    (TopUpStatus::Cancelled.as_str(), "Withdrawn"),
    ("all", "All"),
];

type Opened = RwSignal<Option<(Decision, OperatorTopUp)>>;

/// `/operator/top-ups`
#[component]
pub fn TopUpsPage() -> impl IntoView {
    use_page(|| "Top-ups – Operator".to_owned());
    let state = app_state();
    let (status, cursor) = (asked("status"), asked("cursor"));
    let view = Memo::new(move |_| TopUpsView::read(&status.get(), cursor.get()));
    let top_ups = Query::<Page<OperatorTopUp>>::new();
    watch(move || top_ups.load(view.get().data_path()));
    let navigate = use_navigate();
    let choose = move |event: web_sys::Event| {
        let path = TopUpsView::read(&event_target_value(&event), String::new()).page_path();
        navigate(&path, NavigateOptions { scroll: false, ..Default::default() });
    };
    let option = move |(word, name): (&'static str, &'static str)| {
        view! { <option value=word selected=move || view.with(|view| view.word() == word)>{name}</option> }
    };
    let opened: Opened = RwSignal::new(None);
    let said = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| {
        opened.set(None);
        top_ups.reload();
    });
    let done = Callback::new(move |text: String| {
        state.announcer.say(&text);
        said.set(Some(text));
        opened.set(None);
        top_ups.reload();
        set_timeout(keep_focus, std::time::Duration::from_millis(600));
    });
    let list = listing(top_ups, NO_ROWS, move |page| {
        let foot = pager(page.page, |cursor| TopUpsView { cursor, ..view.get() }.page_path());
        let rows = rows(HEAD, page.items, |row| table_row(row, opened), |row| list_row(row, opened));
        view! { {rows}{foot} }.into_any()
    });
    view! {
        {head("Top-ups", None)}
        {dynamic(move || said.get().map(|text| view! { <p class="status-message status-message--page">{icon("check", 16)}<span>{text}</span></p> }))}
        <section class="card" aria-label="Top-up list">
            <div class="toolbar toolbar--top">
                <label class="field__label" for="top-up-status">"Status"</label>
                <span class="select-wrap">
                    <select class="input select" id="top-up-status" on:change=choose>{STATUSES.map(option).into_iter().collect_view()}</select>
                    {icon("down", 14)}
                </span>
            </div>
            {list}
        </section>
        {dynamic(move || opened.get().map(|(decision, row)| decision_dialog(decision, &row, close, done)))}
    }
}

/// Settle and Reject, for what waits.
fn actions(row: &OperatorTopUp, opened: Opened) -> Option<AnyView> {
    if row.top_up.status != TopUpStatus::Pending {
        return None;
    }
    let button = |decision: Decision| {
        let asked = row.clone();
        let label = format!("{} {} of {}", decision.verb(), money(row.top_up.amount), row.reseller_name);
        view! {
            <button class="btn btn--sm" type="button" aria-label=label on:click=move |_| opened.set(Some((decision, asked.clone())))>{decision.verb()}</button>
        }
    };
    Some(view! { <span class="row-actions">{button(Decision::Settle)}{button(Decision::Reject)}</span> }.into_any())
}

/// Who decided, when, and what was said about it.
fn outcome(row: &OperatorTopUp) -> String {
    let top_up = &row.top_up;
    let by = top_up.decided_by.as_ref().map(actor_name);
    let at = top_up.decided_at.map(|at| date_time(at, UTC));
    [at, by, top_up.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn table_row(row: OperatorTopUp, opened: Opened) -> AnyView {
    let (actions, outcome) = (actions(&row, opened), outcome(&row));
    let top_up = row.top_up;
    let by = actor_name(&top_up.requested_by);
    view! {
        <tr>
            <td><time datetime=top_up.requested_at.to_string()>{date_time(top_up.requested_at, UTC)}</time><span class="cell-sub">{by}</span></td>
            <td>
                <span class="cell-main">{row.reseller_name}</span>
                <span class="cell-sub"><span class="only-medium">{top_up.payment_reference.clone()}</span></span>
            </td>
            <td class="num">{money(top_up.amount)}</td>
            <td class="muted col-price">{method_name(top_up.method)}</td>
            <td class="col-price">
                <span class="id">{top_up.payment_reference.clone()}<CopyButton text=top_up.payment_reference label="Copy payment reference"/></span>
                <span class="cell-sub">{top_up.reference}</span>
            </td>
            <td>{top_up_pill(top_up.status)}<span class="cell-sub cell-clip">{outcome}</span></td>
            <td class="col-actions">{actions}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: OperatorTopUp, opened: Opened) -> AnyView {
    let (actions, outcome) = (actions(&row, opened), outcome(&row));
    let top_up = row.top_up;
    view! {
        <li class="list__row list__row--money">
            <span class="list__main">{row.reseller_name}</span>
            <span class="list__amount">{money(top_up.amount)}</span>
            <span class="list__sub">{top_up.payment_reference}" · "{method_name(top_up.method)}</span>
            <span class="list__sub list__sub--pill">{top_up_pill(top_up.status)}</span>
            <span class="list__line">{date_time(top_up.requested_at, UTC)}{(!outcome.is_empty()).then(|| format!(" · {outcome}"))}</span>
            {actions}
        </li>
    }
    .into_any()
}
