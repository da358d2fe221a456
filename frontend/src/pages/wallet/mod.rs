//! The wallet: what it holds and how far that reaches, top-ups, renewals ahead, and every movement of money.

mod alerts;
mod alerts_dialog;
mod alerts_model;
mod entry;
mod ledger;
mod model;
mod notices;
mod pending;
mod runway;
mod top_up;
mod top_up_page;
mod upcoming;
mod withdraw;

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::dto::forecast::Forecast;
use shared::dto::wallet::Wallet;
use shared::paths;
use shared::vocab::{Figure, Permission, RunwayState};
use std::time::Duration;

use crate::components::{Explain, error_panel, icon, skeleton_rows, time_of, use_page};
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, money};
use crate::state::app_state;
use crate::state::query::Query;
pub use entry::LedgerEntryPage;
pub use ledger::LedgerPage;
pub(crate) use model::method_name;
pub use notices::NoticesPage;
pub use top_up_page::{TopUpPage, top_up_pill};

/// `/wallet`
#[component]
pub fn WalletPage() -> impl IntoView {
    use_page(|| "Wallet".to_owned());
    let state = app_state();
    let wallet = Query::<Wallet>::new();
    let forecast = Query::<Forecast>::new();
    watch(move || {
        state.writes.track();
        wallet.load(paths::WALLET.to_owned());
        forecast.load(format!("{}?days=90", paths::FORECAST));
    });
    watch(move || {
        if let Some(wallet) = wallet.data.get() {
            state.balance.set(Some(wallet.balance));
        }
    });
    let retry = Callback::new(move |()| {
        wallet.reload();
        forecast.reload();
    });
    let failure = Memo::new(move |_| {
        let is_empty = wallet.data.with(Option::is_none) || forecast.data.with(Option::is_none);
        is_empty.then(|| wallet.error.get().or_else(|| forecast.error.get())).flatten()
    });
    let is_ready = Memo::new(move |_| wallet.data.with(Option::is_some) && forecast.data.with(Option::is_some));
    lead_to_part(is_ready);
    let body = move || {
        if let Some(error) = failure.get() {
            return view! { <section class="card">{error_panel("The wallet could not be loaded", &error, retry)}</section> }
                .into_any();
        }
        if !is_ready.get() {
            return view! { <section class="card" aria-busy="true">{skeleton_rows(12)}</section> }.into_any();
        }
        view! {
            <div class="stack">
                {dynamic(move || tiles(wallet, forecast))}
                <div class="grid-2-1 grid-2-1--fill">
                    <runway::RunwayChart forecast=forecast.data/>
                    {dynamic(move || state.session.may(Permission::WalletTopUp).then(|| view! { <top_up::TopUpForm forecast=forecast.data/> }))}
                </div>
                <pending::PendingTopUps/>
                <upcoming::Upcoming forecast=forecast.data/>
                <ledger::LatestEntries/>
                <alerts::LowBalance wallet=wallet.data/>
            </div>
        }
        .into_any()
    };
    let unread = move || {
        let new = state.unread_notices.get().filter(|new| *new > 0);
        new.map(|new| view! { <span class="btn__count">{format!("{new} new")}</span> })
    };
    let today = Memo::new(move |_| forecast.data.with(|forecast| forecast.as_ref().map(|forecast| forecast.today_on)));
    view! {
        <div class="page-head">
            <div>
                <h1 tabindex="-1">"Wallet"</h1>
                <p class="page-head__date">{dynamic(move || today.get().map(|on| time_of(on, DateForm::WeekdayLong)))}</p>
            </div>
            <div class="page-head__meta"><a class="btn btn--sm" href="/wallet/notices">{icon("bell", 14)}"Notices"{dynamic(unread)}</a></div>
        </div>
        {dynamic(body)}
    }
}

/// Once the page stands, scrolls to the part that the address names after its `#`, which was not there yet when it was opened.
fn lead_to_part(is_ready: Memo<bool>) {
    let hash = use_location().hash;
    watch(move || {
        let part = hash.with(|hash| hash.trim_start_matches('#').to_owned());
        if is_ready.get() && !part.is_empty() {
            let lead = move || {
                if let Some(part) = document().get_element_by_id(&part) {
                    part.scroll_into_view();
                }
            };
            set_timeout(lead, Duration::from_millis(60));
        }
    });
}

fn tiles(wallet: Query<Wallet>, forecast: Query<Forecast>) -> Option<AnyView> {
    let (wallet, forecast) = (wallet.data.get()?, forecast.data.get()?);
    let runway = &forecast.runway;
    let (label, value) = match runway.state {
        RunwayState::Short => ("Covers renewals until", model::reach(runway, BROWSER)),
        RunwayState::BeyondHorizon => ("Covers renewals for", model::reach(runway, BROWSER)),
        _ => ("Covers renewals", model::reach(runway, BROWSER)),
    };
    let needed = model::needed(runway, BROWSER);
    let needed = match needed {
        Some(text) => view! { <span class="text-warn">{icon("warn", 14)}{text}</span> }.into_any(),
        None => view! { <span>"The next 30 days are covered"</span> }.into_any(),
    };
    let pending = match wallet.pending_top_ups.count {
        0 => format!("{} in the ledger", counted(wallet.entry_count, "entry", "entries", BROWSER)),
        _ => format!("{} on the way", money(wallet.pending_top_ups.amount)),
    };
    let blocked = wallet.blocked_at.map(|_| {
        view! {
            <div class="banner banner--bad" role="alert">
                {icon("warn", 16)}
                <p class="banner__text"><strong>"This wallet is blocked."</strong>" Its books do not agree, so nothing is charged until the operator has looked at it."</p>
            </div>
        }
    });
    let renewals = counted(wallet.due_in_30_days.count, "renewal", "renewals", BROWSER);
    Some(
        view! {
            {blocked}
            <div class="grid-3">
                <section class="card kpi span-narrow" aria-labelledby="wallet-balance">
                    <h2 class="kpi__label" id="wallet-balance">"Balance"</h2>
                    <p class="kpi__value">{money(wallet.balance)}</p>
                    <p class="kpi__row"><span>{pending}</span></p>
                </section>
                <section class="card kpi span-narrow" aria-labelledby="wallet-reach">
                    <div class="kpi__label">
                        <h2 id="wallet-reach">{label}</h2>
                        <Explain id="wallet-reach-help" label="How this date is found" figure=Figure::CoveredUntil/>
                    </div>
                    <p class="kpi__value">{value}</p>
                    <p class="kpi__row">{needed}</p>
                </section>
                <section class="card kpi span-narrow" aria-labelledby="wallet-due">
                    <div class="kpi__label">
                        <h2 id="wallet-due">"Due in 30 days"</h2>
                        <Explain id="wallet-due-help" label="What is due in 30 days" figure=Figure::DueIn30Days/>
                    </div>
                    <p class="kpi__value">{money(wallet.due_in_30_days.amount)}</p>
                    <p class="kpi__row"><span>{renewals}</span></p>
                </section>
            </div>
        }
        .into_any(),
    )
}
