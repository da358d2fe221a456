//! The renewals of the next days, 30 unless the address says otherwise, in the order of charging, each covered or not.

use crate::state::watch;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::dto::forecast::{Forecast, UpcomingRenewal};
use shared::dto::page::Page;

use super::model::{end_of_cover, upcoming_days, upcoming_page, upcoming_path};
use crate::components::{CursorPager, Help, NoRows, TableHead, cover, dynamic, icon, listing, missing, rows, time_of};
use crate::format::words::{DateForm, counted, interval_name};
use crate::format::{BROWSER, date, money};
use crate::state::app_state;
use crate::state::query::Query;

const HEAD: TableHead = TableHead {
    label: "Upcoming renewals table, scrolls sideways",
    caption: "Upcoming renewals in charge order",
    columns: &[
        ("Date", ""),
        ("Product", ""),
        ("Client", ""),
        ("Interval", "col-price"),
        ("Amount", "num"),
        ("Balance after", "num"),
        ("Covered", ""),
    ],
};
const NO_ROWS: NoRows = NoRows {
    failed: "Upcoming renewals could not be loaded",
    symbol: "check",
    nothing: "Nothing renews in the next 30 days",
    sentence: "",
};

/// The card with a page of them.
#[component]
pub fn Upcoming(
    /// What to top up is taken from here.
    forecast: RwSignal<Option<Forecast>>,
) -> impl IntoView {
    let state = app_state();
    let query = use_location().query;
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")).unwrap_or_default());
    let days = Memo::new(move |_| upcoming_days(query.with(|query| query.get("days")).as_deref()));
    let renewals = Query::<Page<UpcomingRenewal>>::new();
    watch(move || {
        state.writes.track();
        renewals.load(upcoming_path(days.get(), &cursor.get()));
    });
    let info = Signal::derive(move || {
        renewals.data.with(|page| page.as_ref().map(|page| page.page.clone()).unwrap_or_default())
    });
    let total = Signal::derive(move || info.get().total.map(|total| counted(total, "renewal", "renewals", BROWSER)));
    let mend = move || {
        forecast.with(|forecast| {
            let recommended = forecast.as_ref()?.recommended_top_ups.iter().find(|known| known.days >= days.get())?;
            let until = date(recommended.until_on, DateForm::Short);
            let sum = money(recommended.amount);
            (recommended.amount.minor > 0).then(|| format!("Top up {sum} to cover everything until {until}."))
        })
    };
    let list = move |page: Page<UpcomingRenewal>| {
        let edge = end_of_cover(&page.items, page.page.prev_cursor.is_none());
        let items = page.items.into_iter().enumerate().map(|(index, row)| (row, edge == Some(index))).collect();
        let list = rows(
            HEAD,
            items,
            |(row, is_edge)| view! { {is_edge.then(|| table_edge(&row, mend()))}{table_row(row)} }.into_any(),
            |(row, is_edge)| view! { {is_edge.then(|| list_edge(&row, mend()))}{list_row(row)} }.into_any(),
        );
        view! { {list}<CursorPager base=Signal::derive(move || upcoming_page(days.get())) info=info total=total/> }
            .into_any()
    };
    let body = move || {
        let nothing = if days.get() == 30 { NO_ROWS.nothing } else { "Nothing renews in these days" };
        listing(renewals, NoRows { nothing, ..NO_ROWS }, list)
    };
    view! {
        <section class="card" aria-labelledby="upcoming">
            <div class="card__head">
                <h2 id="upcoming">"Upcoming renewals"</h2>
                <Help id="upcoming-help" label="What is covered, and what the balance after is">
                    "Charges go in this order. What the balance does not pay is left out and the balance stays, so that something smaller after it may still be covered. The projected balance above counts everything that is due, also what is left out here: below zero, it is what is missing."
                </Help>
                <span class="note hide-narrow">{dynamic(move || format!("The next {}, in the order they are charged", counted(days.get(), "day", "days", BROWSER)))}</span>
            </div>
            {dynamic(body)}
        </section>
    }
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

fn table_row(row: UpcomingRenewal) -> AnyView {
    view! {
        <tr>
            <td>{time_of(row.renews_on, DateForm::WeekdayShort)}</td>
            <td><a class="cell-main" href=format!("/activations/{}", row.activation_id)>{row.product.name}</a></td>
            <td><span class="cell-clip cell-block">{row.client.name}</span></td>
            <td class="muted col-price">{interval_name(row.billing_interval)}</td>
            <td class="num">{money(row.amount)}</td>
            <td class="num">{row.left_over.map_or_else(missing, |left| money(left).into_any())}</td>
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
            <span class="list__line">{time_of(row.renews_on, DateForm::WeekdayShort)}" · balance after "{row.left_over.map(money)}</span>
        </li>
    }
    .into_any()
}
