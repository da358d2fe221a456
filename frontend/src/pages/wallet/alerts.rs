//! At which amounts it is told that the balance is low.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::wallet::{LowBalanceAlerts, Wallet};
use shared::paths;
use shared::vocab::{Money, Permission};

use super::alerts_dialog::dialog;
use crate::components::{error_panel, icon, pill, skeleton_rows};
use crate::format::money;
use crate::state::app_state;
use crate::state::query::Query;

/// The card with them.
#[component]
pub fn LowBalance(
    /// The balance, and its currency.
    wallet: RwSignal<Option<Wallet>>,
) -> impl IntoView {
    let state = app_state();
    let alerts = Query::<LowBalanceAlerts>::new();
    watch(move || alerts.load(paths::LOW_BALANCE_ALERTS.to_owned()));
    let balance = Memo::new(move |_| wallet.with(|wallet| wallet.as_ref().map(|wallet| wallet.balance)));
    let is_open = RwSignal::new(false);
    // The dialog may have seen others than the card shows.
    let close = Callback::new(move |()| {
        is_open.set(false);
        alerts.reload();
    });
    let done = Callback::new(move |()| {
        state.announcer.say("The alerts were saved.");
        close.run(());
    });
    let change = move || {
        state.session.may(Permission::WalletTopUp).then(|| {
            view! { <button class="btn btn--sm ms-auto" type="button" on:click=move |_| is_open.set(true)>{icon("bell", 14)}"Change alerts"</button> }
        })
    };
    let body = move || {
        if let Some(error) = alerts.error.get().filter(|_| alerts.data.with(Option::is_none)) {
            let retry = Callback::new(move |()| alerts.reload());
            return error_panel("The alerts could not be loaded", &error, retry).into_any();
        }
        match alerts.data.get() {
            Some(alerts) => list(&alerts, balance.get()),
            None => skeleton_rows(2).into_any(),
        }
    };
    let open = move || {
        let currency = balance.get_untracked()?.currency;
        is_open.get().then(|| dialog(currency, close, done))
    };
    view! {
        <section class="card" aria-labelledby="low-balance">
            <div class="card__head"><h2 id="low-balance">"Low-balance alerts"</h2>{dynamic(change)}</div>
            {dynamic(body)}
        </section>
        {dynamic(open)}
    }
}

fn list(alerts: &LowBalanceAlerts, balance: Option<Money>) -> AnyView {
    if alerts.thresholds.is_empty() {
        return view! {
            <p class="card__body note">"None. Renewals that are not covered are told of in any case, 30 days ahead."</p>
        }
        .into_any();
    }
    let row = |threshold: &Money| {
        let is_below = balance.is_some_and(|balance| balance.minor < threshold.minor);
        let below = is_below.then(|| pill("warn", "warn", "Below it now".to_owned()));
        view! { <li class="list__row"><span class="list__main">{format!("Below {}", money(*threshold))}</span>{below}</li> }
    };
    let rows = alerts.thresholds.iter().map(row).collect_view();
    view! {
        <ul class="list">{rows}</ul>
        <p class="card__foot note">"A notice is written each time the balance falls below one of these."</p>
    }
    .into_any()
}
