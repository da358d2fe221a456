//! The renewals of the next 30 days in the order of charging, each covered or not.

use crate::components::dynamic;
use crate::state::watch;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::dto::forecast::{Forecast, UpcomingRenewal};
use shared::dto::page::Page;
use shared::paths;

use super::model::end_of_cover;
use crate::components::{CursorPager, empty, error_panel, icon, skeleton_rows, time_of};
use crate::format::words::{DateForm, counted, interval_name};
use crate::format::{BROWSER, date, money};
use crate::state::app_state;
use crate::state::query::Query;

/// The card with a page of them.
#[component]
pub fn Upcoming(
    /// What to top up is taken from here.
    forecast: RwSignal<Option<Forecast>>,
) -> impl IntoView {
    let state = app_state();
    let query = use_location().query;
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")).unwrap_or_default());
    let renewals = Query::<Page<UpcomingRenewal>>::new();
    watch(move || {
        state.writes.track();
        let cursor = cursor.get();
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        renewals.load(format!("{}?days=30&limit=25&include_total=true{cursor}", paths::UPCOMING_RENEWALS));
    });
    let info = Signal::derive(move || {
        renewals.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let total = Signal::derive(move || info.get().total.map(|total| counted(total, "renewal", "renewals", BROWSER)));
    let mend = move || {
        forecast.with(|forecast| {
            let recommended = forecast.as_ref()?.recommended_top_ups.iter().find(|known| known.days == 30)?;
            let until = date(recommended.until_on, DateForm::Short);
            let sum = money(recommended.amount);
            (recommended.amount.minor > 0).then(|| format!("Top up {sum} to cover everything until {until}."))
        })
    };
    let retry = Callback::new(move |()| renewals.reload());
    let body = move || {
        let Some(page) = renewals.data.get() else {
            return match renewals.error.get() {
                Some(error) => error_panel("Upcoming renewals could not be loaded", &error, retry),
                None => view! { <div aria-busy="true">{skeleton_rows(10)}</div> }.into_any(),
            };
        };
        if page.items.is_empty() {
            return empty("check", "Nothing renews in the next 30 days", "", None);
        }
        let edge = end_of_cover(&page.items, page.page.prev_cursor.is_none());
        let rows = page.items.into_iter().enumerate().map(|(index, row)| (row, edge == Some(index)));
        let list = if state.viewport.is_narrow.get() {
            let rows = rows.map(|(row, is_edge)| view! { {is_edge.then(|| list_edge(&row, mend()))}{list_row(row)} });
            view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
        } else {
            let rows = rows.map(|(row, is_edge)| view! { {is_edge.then(|| table_edge(&row, mend()))}{table_row(row)} });
            table(rows.collect_view().into_any())
        };
        view! { {list}<CursorPager base="/wallet?" info=info total=total/> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="upcoming">
            <div class="card__head"><h2 id="upcoming">"Upcoming renewals"</h2><span class="note hide-narrow">"The next 30 days, in the order they are charged"</span></div>
            {dynamic(body)}
        </section>
    }
}

fn table(rows: AnyView) -> AnyView {
    view! {
        <div class="table-scroll has-list" role="region" tabindex="0" aria-label="Upcoming renewals table, scrolls sideways">
            <table class="table table--compact">
                <caption class="vh">"Upcoming renewals in charge order"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Date"</th>
                        <th scope="col">"Product"</th>
                        <th scope="col">"Client"</th>
                        <th scope="col" class="col-price">"Interval"</th>
                        <th scope="col" class="num">"Amount"</th>
                        <th scope="col" class="num">"Balance after"</th>
                        <th scope="col">"Covered"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn edge(row: &UpcomingRenewal, mend: Option<String>) -> AnyView {
    let from = date(row.renews_on, DateForm::Short);
    view! { {icon("warn", 14)}<span><strong>{format!("From {from}, not everything is covered.")}</strong>" "{mend}</span> }
        .into_any()
}

fn table_edge(row: &UpcomingRenewal, mend: Option<String>) -> AnyView {
    view! { <tr class="row-edge"><td colspan="7"><span class="row-edge__text">{edge(row, mend)}</span></td></tr> }
        .into_any()
}

fn list_edge(row: &UpcomingRenewal, mend: Option<String>) -> AnyView {
    view! { <li class="row-edge row-edge__text">{edge(row, mend)}</li> }.into_any()
}

/// "✓ Covered" or "⚠ Not covered".
pub fn cover(is_covered: bool) -> AnyView {
    if is_covered {
        view! { <span class="cover cover--ok">{icon("check", 14)}"Covered"</span> }.into_any()
    } else {
        view! { <span class="cover cover--no">{icon("warn", 14)}"Not covered"</span> }.into_any()
    }
}

fn table_row(row: UpcomingRenewal) -> AnyView {
    view! {
        <tr>
            <td>{time_of(row.renews_on, DateForm::WeekdayShort)}</td>
            <td><a class="cell-main" href=format!("/activations/{}", row.activation_id)>{row.product.name}</a></td>
            <td><span class="cell-clip cell-block">{row.client.name}</span></td>
            <td class="muted col-price">{interval_name(row.billing_interval)}</td>
            <td class="num">{money(row.amount)}</td>
            <td class="num">{money(row.balance_after)}</td>
            <td>{cover(row.covered)}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: UpcomingRenewal) -> AnyView {
    view! {
        <li class="list__row list__row--money">
            <a class="list__main" href=format!("/activations/{}", row.activation_id)>{row.product.name}</a>
            <span class="list__amount">{money(row.amount)}</span>
            <span class="list__sub">{row.client.name}</span>
            <span class="renewal__cover">{cover(row.covered)}</span>
            <span class="list__line">{time_of(row.renews_on, DateForm::WeekdayShort)}" · balance after "{money(row.balance_after)}</span>
        </li>
    }
    .into_any()
}
