//! Top-ups that were requested and not settled yet. Read again every few seconds, so that settled money shows by itself.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use shared::dto::page::Page;
use shared::dto::top_up::TopUp;
use shared::paths;
use shared::vocab::Permission;
use std::time::Duration;

use super::model::{method_name, top_up_path};
use super::withdraw::withdraw_dialog;
use crate::components::CopyButton;
use crate::format::{date_time, money};
use crate::state::app_state;
use crate::state::query::Query;

const REFRESH: Duration = Duration::from_secs(10);

/// The card with them; none where there are none.
#[component]
pub fn PendingTopUps() -> impl IntoView {
    let state = app_state();
    let top_ups = Query::<Page<TopUp>>::new();
    watch(move || {
        state.writes.track();
        top_ups.load(format!("{}?status=pending", paths::TOP_UPS));
    });
    let count = Memo::new(move |_| top_ups.data.with(|page| page.as_ref().map_or(0, |page| page.items.len())));
    let interval = set_interval_with_handle(
        move || {
            if count.get_untracked() > 0 && !document().hidden() {
                top_ups.reload();
            }
        },
        REFRESH,
    );
    on_cleanup(move || {
        if let Ok(interval) = interval {
            interval.clear();
        }
    });
    Effect::new(move |before: Option<usize>| {
        let count = count.get();
        // One was settled or refused: the balance is another.
        if before.is_some_and(|before| before > count) {
            state.announcer.say("A top-up was settled or withdrawn.");
            state.changed(None);
        }
        count
    });
    let leaving = RwSignal::new(None::<TopUp>);
    let close = Callback::new(move |()| leaving.set(None));
    let rows = move || top_ups.data.with(|page| page.as_ref().map(|page| page.items.clone()).unwrap_or_default());
    let card = move || {
        (count.get() > 0).then(|| {
            view! {
                <section class="card" aria-labelledby="pending">
                    <div class="card__head"><h2 id="pending">"Money on the way"</h2><span class="note hide-narrow">"Yours as soon as the operator has seen it"</span></div>
                    <ul class="list">{dynamic(move || rows().into_iter().map(|row| top_up(row, leaving)).collect_view())}</ul>
                </section>
            }
        })
    };
    view! {
        {dynamic(card)}
        {dynamic(move || leaving.get().map(|top_up| withdraw_dialog(&top_up, close)))}
    }
}

fn top_up(row: TopUp, leaving: RwSignal<Option<TopUp>>) -> AnyView {
    let state = app_state();
    let zone = state.session.time_zone();
    let asked = row.clone();
    let withdraw = state.session.may(Permission::WalletTopUp).then(|| {
        view! { <button class="btn btn--sm" type="button" on:click=move |_| leaving.set(Some(asked.clone()))>"Withdraw"</button> }
    });
    view! {
        <li class="list__row list__row--top-up">
            <a class="list__main" href=top_up_path(row.id, None)>{money(row.amount)}" · "{method_name(row.method)}</a>
            {withdraw}
            <span class="list__sub">{row.instructions}</span>
            <span class="list__line">
                <span class="id">{row.payment_reference.clone()}<CopyButton text=row.payment_reference label="Copy payment reference"/></span>
                " · requested "{date_time(row.requested_at, &zone)}
            </span>
        </li>
    }
    .into_any()
}
