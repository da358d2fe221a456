//! `/reports/unused`: what is paid for and not used.

use crate::state::watch;
use leptos::prelude::*;
use shared::dto::report::{MoneyAtStake, UnusedActivation, UnusedActivations};
use shared::paths;
use shared::vocab::Money;

use super::frame::{Asked, Title, body, card, head, product_cell, row_count, span, tiles};
use super::model::Choice;
use crate::components::{TableHead, empty, missing, rows, short_status_pill, status_pill, time_of};
use crate::format::words::{DateForm, counted};
use crate::format::{BROWSER, money, today};
use crate::state::app_state;
use crate::state::query::Query;

const TITLE: Title = Title {
    name: "Unused activations",
    lead: "On, or paid for, and not used by anybody in the time you choose: what is paid for days to come, and what the next renewal takes.",
    rows: ("row", "rows"),
};
const CHOICES: &[Choice] = &[Choice {
    key: "days",
    legend: "Not used for",
    options: &[("7", "7 days"), ("30", "30 days"), ("90", "90 days")],
    default: "30",
}];
const HEAD: TableHead = TableHead {
    label: "Unused activations table, scrolls sideways",
    caption: "Unused activations, most at stake first",
    columns: &[
        ("Product, client", "col-product"),
        ("Status", ""),
        ("Last use", ""),
        ("Next renewal", ""),
        ("Paid, not used", "num"),
        ("At renewal", "num"),
        ("At stake", "num"),
    ],
};

/// `/reports/unused`
#[component]
pub fn UnusedPage() -> impl IntoView {
    let asked = Asked::new("/reports/unused", paths::REPORT_UNUSED, CHOICES);
    let report = Query::<UnusedActivations>::new();
    let state = app_state();
    watch(move || {
        state.writes.track();
        report.load(asked.data_path());
    });
    let count = row_count(report, |report| report.count);
    view! {
        {head(TITLE, asked, asked.switch(0), count)}
        {body(asked, report, "The report could not be loaded", move |report| show(asked, report))}
    }
}

fn show(asked: Asked, report: UnusedActivations) -> AnyView {
    if report.items.is_empty() {
        let text = "Each activation that was on in these days was used by somebody.";
        return view! { <section class="card">{empty("check", "Everything is used", text, None)}</section> }.into_any();
    }
    let number = counted(report.count, "activation", "activations", BROWSER);
    let tiles = report.at_stake.map(|stake| totals(&report, stake, &number));
    let heading = format!("No use from {}", span(report.window));
    let list = rows(HEAD, report.items, |item| table_row(&item), |item| list_row(&item));
    view! { <div class="stack">{tiles}{card(asked, "Unused activations", heading, list, &report.page, number)}</div> }
        .into_any()
}

fn totals(report: &UnusedActivations, stake: MoneyAtStake, number: &str) -> AnyView {
    let never = match report.never_used_count {
        0 => number.to_owned(),
        never => format!("{number}, {} never used", crate::format::count(never)),
    };
    tiles([
        ("At stake", money(stake.total), never),
        ("Paid, not used", money(stake.paid_unused), "for days to come".to_owned()),
        ("At the next renewals", money(stake.renewal), "if nothing is done".to_owned()),
    ])
}

fn last_use(item: &UnusedActivation) -> AnyView {
    if let Some(on) = item.last_used_on {
        let days = counted(item.unused_days, "day ago", "days ago", BROWSER);
        return view! { {time_of(on, DateForm::Medium)}<span class="cell-sub">{days}</span> }.into_any();
    }
    let days = counted(item.unused_days, "day on", "days on", BROWSER);
    view! { <span class="text-warn">"Never"</span><span class="cell-sub">{days}</span> }.into_any()
}

fn amount(stake: Option<MoneyAtStake>, of: fn(&MoneyAtStake) -> Money) -> AnyView {
    stake.map_or_else(missing, |stake| money(of(&stake)).into_any())
}

fn table_row(item: &UnusedActivation) -> AnyView {
    let row = &item.activation;
    let today = today(&app_state().session.time_zone());
    let next = row.renews_on.map_or_else(missing, |on| time_of(on, DateForm::Medium));
    view! {
        <tr>
            {product_cell(row)}
            <td>{status_pill(row, today)}</td>
            <td>{last_use(item)}</td>
            <td>{next}</td>
            <td class="num">{amount(item.at_stake, |stake| stake.paid_unused)}</td>
            <td class="num">{amount(item.at_stake, |stake| stake.renewal)}</td>
            <td class="num"><strong>{amount(item.at_stake, |stake| stake.total)}</strong></td>
        </tr>
    }
    .into_any()
}

fn list_row(item: &UnusedActivation) -> AnyView {
    let row = &item.activation;
    let today = today(&app_state().session.time_zone());
    let used = match item.last_used_on {
        Some(on) => view! { "Last use "{time_of(on, DateForm::near(on, today))} }.into_any(),
        None => view! { <span class="text-warn">"Never used"</span> }.into_any(),
    };
    let end = match item.at_stake {
        Some(stake) => view! { <span class="list__amount">{money(stake.total)}</span> }.into_any(),
        None => short_status_pill(row, today),
    };
    let next = row.renews_on.map(|on| view! { " · renews "{time_of(on, DateForm::near(on, today))} });
    view! {
        <li class="list__row">
            <a class="list__main" href=format!("/activations/{}", row.id)>{row.product.name.clone()}</a>
            {end}
            <span class="list__sub">{row.client.name.clone()}</span>
            <span class="list__line">{used}{next}</span>
        </li>
    }
    .into_any()
}
