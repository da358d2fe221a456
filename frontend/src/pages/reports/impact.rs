//! `/reports/impact`: who used what before and after each activation.

use crate::state::watch;
use leptos::prelude::*;
use shared::dto::report::{ActivationImpact, ActivationImpacts, UsersOnDay};
use shared::paths;

use super::frame::{Asked, Title, body, card, head, product_cell, row_count};
use super::model::Choice;
use crate::components::{TableHead, empty, missing, pill, rows, time_of};
use crate::format::words::{DateForm, counted, delta};
use crate::format::{BROWSER, count};
use crate::state::query::Query;

const TITLE: Title = Title {
    name: "Activation impact",
    lead: "Who used what in the 28 days before and after each activation: its client over all products, and the activation itself. What falls together need not be the cause.",
    rows: ("row", "rows"),
};
const CHOICES: &[Choice] = &[Choice {
    key: "complete",
    legend: "Which activations",
    options: &[("all", "All"), ("true", "28 days over"), ("false", "Still running")],
    default: "all",
}];
const HEAD: TableHead = TableHead {
    label: "Activation impact table, scrolls sideways",
    caption: "Use before and after activations, the latest first",
    columns: &[
        ("Product, client", "col-product"),
        ("Activated", ""),
        ("Client's users before", "num"),
        ("Client's users after", "num"),
        ("Users of it", "num"),
        ("First use", ""),
        ("Day 7", "num"),
        ("Day 28", "num"),
    ],
};

/// `/reports/impact`
#[component]
pub fn ImpactPage() -> impl IntoView {
    let asked = Asked::new("/reports/impact", paths::REPORT_IMPACT, CHOICES);
    let report = Query::<ActivationImpacts>::new();
    watch(move || report.load(asked.data_path()));
    let count = row_count(report, |report| report.count);
    view! {
        {head(TITLE, asked, asked.switch(0), count)}
        {body(asked, report, "The report could not be loaded", move |report| show(asked, report))}
    }
}

fn show(asked: Asked, report: ActivationImpacts) -> AnyView {
    if report.items.is_empty() {
        let (title, text) = nothing(asked.value(0));
        return view! { <section class="card">{empty("layers", title, text, None)}</section> }.into_any();
    }
    let number = counted(report.count, "activation", "activations", BROWSER);
    let heading = "Distinct people, the latest activation first".to_owned();
    let list = rows(HEAD, report.items, |item| table_row(&item), |item| list_row(&item));
    card(asked, "Activation impact", heading, list, &report.page, number)
}

/// What is said where a choice has no rows.
fn nothing(complete: &str) -> (&'static str, &'static str) {
    match complete {
        "true" => ("No activation is past its 28 days", "Activations appear here when these are over."),
        "false" => ("No activation is in its first 28 days", "Activations stay here until these are over."),
        _ => ("No activations yet", "Activations appear here on their first day."),
    }
}

/// "up 13 (42%)" once both sides are whole; until then how far it is.
fn change(item: &ActivationImpact) -> AnyView {
    if !item.is_complete {
        let day = (item.days_over + 1).min(28);
        return view! { <span class="cell-sub">{format!("so far, day {day} of 28")}</span> }.into_any();
    }
    match item.client_users_before.filter(|_| item.is_before_whole) {
        Some(before) => {
            let change = delta(item.client_users_after, before, BROWSER).text;
            view! { <span class="cell-sub">{change}</span> }.into_any()
        }
        None => ().into_any(),
    }
}

fn first_use(item: &ActivationImpact) -> AnyView {
    match (item.first_used_on, item.days_to_first_use) {
        (Some(on), Some(days)) => {
            let days =
                if days == 0 { "same day".to_owned() } else { counted(days, "day later", "days later", BROWSER) };
            view! { {time_of(on, DateForm::Medium)}<span class="cell-sub">{days}</span> }.into_any()
        }
        _ => view! { <span class="text-warn">"Not yet"</span> }.into_any(),
    }
}

fn users_on(day: &UsersOnDay) -> AnyView {
    match day.users {
        Some(users) => count(users).into_any(),
        None => view! { <span class="muted">{time_of(day.on, DateForm::Short)}</span> }.into_any(),
    }
}

fn table_row(item: &ActivationImpact) -> AnyView {
    let before = item.client_users_before.map_or_else(missing, |before| count(before).into_any());
    view! {
        <tr>
            {product_cell(&item.activation)}
            <td>{time_of(item.activation.activated_on, DateForm::Medium)}</td>
            <td class="num">{before}</td>
            <td class="num">{count(item.client_users_after)}{change(item)}</td>
            <td class="num"><strong>{count(item.activation_users_after)}</strong></td>
            <td>{first_use(item)}</td>
            <td class="num">{users_on(&item.day_7)}</td>
            <td class="num">{users_on(&item.day_28)}</td>
        </tr>
    }
    .into_any()
}

fn list_row(item: &ActivationImpact) -> AnyView {
    let row = &item.activation;
    let before = item.client_users_before.map_or_else(|| "no data".to_owned(), count);
    let state = if item.is_complete {
        view! { <span class="list__amount">{counted(item.activation_users_after, "user", "users", BROWSER)}</span> }
            .into_any()
    } else {
        pill("info", "clock", format!("Day {} of 28", (item.days_over + 1).min(28)))
    };
    view! {
        <li class="list__row">
            <a class="list__main" href=format!("/activations/{}", row.id)>{row.product.name.clone()}</a>
            {state}
            <span class="list__sub">{row.client.name.clone()}" · "{time_of(row.activated_on, DateForm::Medium)}</span>
            <span class="list__line">{format!("Client's users {before} before, {} after", count(item.client_users_after))}</span>
        </li>
    }
    .into_any()
}
