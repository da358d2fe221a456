//! `/reports/cost-per-user`: what an active user costs a month.

use crate::state::watch;
use leptos::prelude::*;
use shared::dto::report::{CostPerActiveUser, CostPerActiveUserRow, CostsPerActiveUser};
use shared::paths;
use shared::vocab::CostBy;

use super::frame::{Asked, Title, body, card, head, list_of, row_count, span, tiles, usage_of};
use super::model::Choice;
use crate::components::{TableHead, empty, missing, rows};
use crate::format::words::{counted, delta};
use crate::format::{BROWSER, count, money};
use crate::state::app_state;
use crate::state::query::Query;

const TITLE: Title = Title {
    name: "Cost per active user",
    lead: "What renews, by the month, divided by the different people who used it in the last 30 days. The time before is divided into today's cost, so that a difference comes from people alone.",
    rows: ("row", "rows"),
};
const CHOICES: &[Choice] = &[Choice {
    key: "by",
    legend: "One row for each",
    options: &[("product", "By product"), ("client", "By client")],
    default: "product",
}];
const COLUMNS: [(&str, &str); 5] = [
    ("Renewing", "num"),
    ("A month", "num"),
    ("Active users", "num"),
    ("A user costs", "num"),
    ("30 days before", "num"),
];
const BY_PRODUCT: TableHead = TableHead {
    label: "Costs table, scrolls sideways",
    caption: "Cost per active user by product, nobody's first, then the dearest",
    columns: &[("Product", "col-product"), COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[4]],
};
const BY_CLIENT: TableHead = TableHead {
    label: "Costs table, scrolls sideways",
    caption: "Cost per active user by client, nobody's first, then the dearest",
    columns: &[("Client", "col-product"), COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[4]],
};

/// `/reports/cost-per-user`
#[component]
pub fn CostPerUserPage() -> impl IntoView {
    let asked = Asked::new("/reports/cost-per-user", paths::REPORT_COST_PER_USER, CHOICES);
    let report = Query::<CostsPerActiveUser>::new();
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

fn show(asked: Asked, report: CostsPerActiveUser) -> AnyView {
    if report.items.is_empty() {
        let text = "Costs appear here as soon as something renews.";
        return view! { <section class="card">{empty("wallet", "Nothing renews", text, None)}</section> }.into_any();
    }
    let (one, many, table) = match report.by {
        CostBy::Product => ("product", "products", BY_PRODUCT),
        CostBy::Client => ("client", "clients", BY_CLIENT),
    };
    let number = counted(report.count, one, many, BROWSER);
    let tiles = totals(&report.total);
    let heading = format!("People counted from {}", span(report.window));
    let list = rows(table, report.items, |row| table_row(&row), |row| list_row(&row));
    view! { <div class="stack">{tiles}{card(asked, "Cost per active user", heading, list, &report.page, number)}</div> }
        .into_any()
}

fn totals(total: &CostPerActiveUser) -> Option<AnyView> {
    let monthly = total.monthly_equivalent?;
    let before = match total.previous_cost_per_user {
        Some(before) => format!("{} in the 30 days before", money(before)),
        None => "nobody in the 30 days before".to_owned(),
    };
    let users = match total.previous_active_users {
        Some(previous) => delta(total.active_users, previous, BROWSER).text,
        None => "in the last 30 days".to_owned(),
    };
    let cost = total.cost_per_user.map_or_else(|| "—".to_owned(), money);
    Some(tiles([
        ("A user costs a month", cost, before),
        ("A month all together", money(monthly), "what renews by itself".to_owned()),
        ("Active users", count(total.active_users), users),
    ]))
}

/// What a row is of.
struct Of {
    name: String,
    /// Its own page.
    page: String,
    /// The list of what renews of it.
    list: String,
}

fn subject(row: &CostPerActiveUserRow) -> Of {
    let list = |key: &str, id: String| format!("/activations?{key}={id}&renewing=true");
    match (&row.product, &row.client) {
        (Some(product), _) => {
            Of { name: product.name.clone(), page: usage_of(product.id), list: list("product", product.id.to_string()) }
        }
        (None, Some(client)) => Of {
            name: client.name.clone(),
            page: format!("/clients/{}", client.id),
            list: list("client", client.id.to_string()),
        },
        (None, None) => Of { name: String::new(), page: String::new(), list: String::new() },
    }
}

fn cost(figures: &CostPerActiveUser) -> AnyView {
    match figures.cost_per_user {
        Some(cost) => view! { <strong>{money(cost)}</strong> }.into_any(),
        None if figures.active_users == 0 => view! { <span class="text-warn">"No users"</span> }.into_any(),
        None => missing(),
    }
}

fn table_row(row: &CostPerActiveUserRow) -> AnyView {
    let Of { name, page, list } = subject(row);
    let renewing = list_of(row.renewing_count, list, &name);
    let figures = &row.figures;
    let before = match (figures.previous_cost_per_user, figures.previous_active_users) {
        (Some(cost), Some(users)) => {
            let users = counted(users, "user", "users", BROWSER);
            view! { {money(cost)}<span class="cell-sub">{users}</span> }.into_any()
        }
        (None, Some(users)) => {
            view! { <span class="muted">{counted(users, "user", "users", BROWSER)}</span> }.into_any()
        }
        _ => missing(),
    };
    view! {
        <tr>
            <td class="col-product"><a class="cell-main cell-clip" href=page>{name}</a></td>
            <td class="num">{renewing}</td>
            <td class="num">{figures.monthly_equivalent.map_or_else(missing, |cost| money(cost).into_any())}</td>
            <td class="num">{count(figures.active_users)}</td>
            <td class="num">{cost(figures)}</td>
            <td class="num">{before}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: &CostPerActiveUserRow) -> AnyView {
    let Of { name, page, .. } = subject(row);
    let figures = &row.figures;
    let monthly = figures.monthly_equivalent.map(|cost| format!("{} a month · ", money(cost)));
    view! {
        <li class="list__row list__row--money">
            <a class="list__main" href=page>{name}</a>
            <span class="list__amount">{cost(figures)}</span>
            <span class="list__sub">{monthly}{counted(row.renewing_count, "activation", "activations", BROWSER)}</span>
            <span class="list__line">{counted(figures.active_users, "user", "users", BROWSER)}", "{figures.previous_active_users.map(|users| format!("{} before", count(users)))}</span>
        </li>
    }
    .into_any()
}
