//! One top-up: what to do so that the money comes, until it has come; then back to what it was for.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::dto::top_up::TopUp;
use shared::dto::wallet::Wallet;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{Permission, TopUpId, TopUpStatus};
use std::time::Duration;

use super::model::method_name;
use super::withdraw::withdraw_dialog;
use crate::api::ApiError;
use crate::components::{CopyButton, empty, error_panel, icon, pill, skeleton_rows, use_page};
use crate::format::{date_time, money};
use crate::pages::activation::fact;
use crate::pages::activation::model::actor_name;
use crate::pages::login::model::next_path;
use crate::state::app_state;
use crate::state::query::Query;

const REFRESH: Duration = Duration::from_secs(4);

/// The status of a top-up.
pub fn top_up_pill(status: TopUpStatus) -> AnyView {
    let (tone, symbol, text) = match status {
        TopUpStatus::Pending => ("info", "s-pending", "Waiting for money"),
        TopUpStatus::Settled => ("ok", "check", "Settled"),
        TopUpStatus::Rejected => ("bad", "cross", "Rejected"),
        TopUpStatus::Cancelled => ("neutral", "s-ring", "Withdrawn"),
    };
    pill(tone, symbol, text.to_owned())
}

/// `/wallet/top-ups/:id`
#[component]
pub fn TopUpPage(
    /// The id in the address; none where that cannot be one.
    id: Option<TopUpId>,
) -> impl IntoView {
    let top_up = Query::<TopUp>::new();
    if let Some(id) = id {
        top_up.load(paths::top_up(id));
    }
    let title = Memo::new(move |_| {
        let amount = top_up.data.with(|top_up| top_up.as_ref().map(|top_up| top_up.amount));
        amount.map_or_else(|| "Top-up".to_owned(), |amount| format!("Top-up of {}", money(amount)))
    });
    use_page(move || format!("{} – Wallet", title.get()));
    let status = Memo::new(move |_| top_up.data.with(|top_up| top_up.as_ref().map(|top_up| top_up.status)));
    keep_asking(top_up, status);
    follow(status);
    let leaving = RwSignal::new(false);
    let close = Callback::new(move |()| {
        leaving.set(false);
        top_up.reload();
    });
    let retry = Callback::new(move |()| top_up.reload());
    let body = move || match (top_up.data.get(), top_up.error.get()) {
        (Some(top_up), _) => content(top_up, leaving),
        (None, Some(error)) if error.code() != Some(ProblemCode::NotFound) => failed(&error, retry),
        (None, None) if id.is_some() => {
            view! { <section class="card" aria-busy="true">{skeleton_rows(6)}</section> }.into_any()
        }
        _ => {
            let wallet = view! { <a class="btn" href="/wallet">"The wallet"</a> }.into_any();
            view! { <section class="card">{empty("search", "There is no such top-up", "The link may be old, or mistyped.", Some(wallet))}</section> }
                .into_any()
        }
    };
    let dialog = move || {
        let asked = leaving.get().then(|| top_up.data.get_untracked()).flatten();
        asked.map(|top_up| withdraw_dialog(&top_up, close))
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/wallet">"Wallet"</a>{icon("right", 12)}<span aria-current="page">{dynamic(move || title.get())}</span>
        </nav>
        <div class="page-head"><div><h1 tabindex="-1">{dynamic(move || title.get())}</h1></div>{dynamic(move || status.get().map(top_up_pill))}</div>
        {dynamic(body)}
        {dynamic(dialog)}
    }
}

fn failed(error: &ApiError, retry: Callback<()>) -> AnyView {
    view! { <section class="card">{error_panel("The top-up could not be loaded", error, retry)}</section> }.into_any()
}

/// Reads again every few seconds while it waits and somebody looks.
fn keep_asking(top_up: Query<TopUp>, status: Memo<Option<TopUpStatus>>) {
    let interval = set_interval_with_handle(
        move || {
            if status.get_untracked() == Some(TopUpStatus::Pending) && !document().hidden() {
                top_up.reload();
            }
        },
        REFRESH,
    );
    on_cleanup(move || {
        if let Ok(interval) = interval {
            interval.clear();
        }
    });
}

/// What the money was for: a path of this app, given in the address.
fn interrupted() -> Option<String> {
    let next = use_location().query.with_untracked(|query| query.get("next"))?;
    Some(next_path(Some(&next)))
}

/// Money that comes while one waits for it: the new balance is read, and what was interrupted goes on.
fn follow(status: Memo<Option<TopUpStatus>>) {
    let state = app_state();
    let wallet = Query::<Wallet>::new();
    watch(move || {
        if let Some(wallet) = wallet.data.get() {
            state.balance.set(Some(wallet.balance));
        }
    });
    let (next, navigate) = (interrupted(), use_navigate());
    Effect::new(move |before: Option<Option<TopUpStatus>>| {
        let status = status.get();
        if before.flatten() == Some(TopUpStatus::Pending) && status != before.flatten() {
            state.changed(None);
            wallet.load(paths::WALLET.to_owned());
            match &next {
                Some(next) if status == Some(TopUpStatus::Settled) => {
                    state.announcer.say("The money has come.");
                    navigate(next, NavigateOptions { replace: true, ..Default::default() });
                }
                _ => state.announcer.say("The top-up is not waiting any more."),
            }
        }
        status
    });
}

fn content(top_up: TopUp, leaving: RwSignal<bool>) -> AnyView {
    let state = app_state();
    let zone = state.session.time_zone();
    let next = interrupted();
    let what = match top_up.status {
        TopUpStatus::Pending => {
            let back =
                next.as_ref().map(|_| " Once the money is there, it goes back to what you were about to confirm.");
            view! {
                <p class="pre-line">{top_up.instructions.clone()}</p>
                <p class="note">"This page looks every few seconds."{back}</p>
            }
            .into_any()
        }
        TopUpStatus::Settled => {
            view! { <p>{format!("{} came in and is on the balance.", money(top_up.amount))}</p> }.into_any()
        }
        TopUpStatus::Rejected => view! { <p>"The operator did not accept it, and nothing moved."</p> }.into_any(),
        TopUpStatus::Cancelled => view! { <p>"It was withdrawn, and nothing moved."</p> }.into_any(),
    };
    let go_on = next.map(|path| {
        let class = if top_up.status == TopUpStatus::Settled { "btn btn--primary" } else { "btn" };
        view! { <a class=class href=path>"Back to the confirmation"</a> }
    });
    let may_withdraw = top_up.status == TopUpStatus::Pending && state.session.may(Permission::WalletTopUp);
    let withdraw = may_withdraw.then(|| {
        view! { <button class="btn" type="button" on:click=move |_| leaving.set(true)>"Withdraw"</button> }
    });
    let decided = top_up.decided_at.map(|at| {
        let by = top_up.decided_by.as_ref().map(|actor| format!(", {}", actor_name(actor))).unwrap_or_default();
        fact("Decided", format!("{}{by}", date_time(at, &zone)).into_any())
    });
    let entry = top_up.ledger_entry_id.map(|id| {
        fact("Ledger entry", view! { <a href=format!("/wallet/ledger/{id}")>{id.to_string()}</a> }.into_any())
    });
    let reference = top_up.payment_reference.clone();
    view! {
        <section class="card wizard__review" aria-labelledby="what-next">
            <div class="card__head"><h2 id="what-next">{if top_up.status == TopUpStatus::Pending { "What to do" } else { "What became of it" }}</h2></div>
            <div class="card__body stack">
                {what}
                <dl class="facts">
                    {fact("Amount", money(top_up.amount).into_any())}
                    {fact("Payment reference", view! { <span class="id">{reference.clone()}<CopyButton text=reference label="Copy payment reference"/></span> }.into_any())}
                    {fact("Paid by", method_name(top_up.method).into_any())}
                    {fact("Requested", format!("{}, {}", date_time(top_up.requested_at, &zone), actor_name(&top_up.requested_by)).into_any())}
                    {top_up.reference.map(|text| fact("Your reference", text.into_any()))}
                    {decided}
                    {top_up.reason.map(|text| fact("Note", text.into_any()))}
                    {entry}
                </dl>
                <p class="wizard__links">{go_on}<a class="btn" href="/wallet">"To the wallet"</a>{withdraw}</p>
            </div>
        </section>
    }
    .into_any()
}
