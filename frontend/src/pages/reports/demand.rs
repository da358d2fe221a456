//! `/reports/demand`: products by new activations.

use crate::state::watch;
use leptos::prelude::*;
use shared::dto::report::{Demand, DemandFigures, DemandRow};
use shared::paths;

use super::frame::{Asked, Title, body, card, head, list_of, row_count, span, tiles, usage_of};
use super::model::Choice;
use crate::components::{TableHead, empty, icon, rows};
use crate::format::words::{Direction, counted, delta};
use crate::format::{BROWSER, count};
use crate::state::query::Query;

const TITLE: Title = Title {
    name: "Demand",
    lead: "Products by new activations, against as many days before; what ended in the same time, and how many people use them.",
    rows: ("row", "rows"),
};
const CHOICES: &[Choice] = &[Choice {
    key: "days",
    legend: "In the last",
    options: &[("7", "7 days"), ("30", "30 days"), ("90", "90 days")],
    default: "30",
}];
const HEAD: TableHead = TableHead {
    label: "Demand table, scrolls sideways",
    caption: "Products, most new activations first",
    columns: &[
        ("Product", "col-product"),
        ("New", "num"),
        ("Change", ""),
        ("Ended", "num"),
        ("Net", "num"),
        ("On now", "num"),
        ("Active users", "num"),
    ],
};

/// `/reports/demand`
#[component]
pub fn DemandPage() -> impl IntoView {
    let asked = Asked::new("/reports/demand", paths::REPORT_DEMAND, CHOICES);
    let report = Query::<Demand>::new();
    watch(move || report.load(asked.data_path()));
    let count = row_count(report, |report| report.count);
    view! {
        {head(TITLE, asked, asked.switch(0), count)}
        {body(asked, report, "The report could not be loaded", move |report| show(asked, report))}
    }
}

fn show(asked: Asked, report: Demand) -> AnyView {
    if report.items.is_empty() {
        let text = "Products appear here as soon as one is activated.";
        return view! { <section class="card">{empty("layers", "Nothing activated", text, None)}</section> }.into_any();
    }
    let total = report.total;
    let number = counted(report.count, "product", "products", BROWSER);
    let heading = format!("Activated from {}", span(report.window));
    let list = rows(HEAD, report.items, table_row, |row| list_row(&row));
    let before = total.previous_new_activations;
    let change = delta(total.new_activations, before, BROWSER).text;
    view! {
        <div class="stack">
            {tiles([
                ("New activations", count(total.new_activations), format!("{change}, {} before", count(before))),
                ("Net", signed(total.net), format!("{} ended", count(total.ended))),
                ("Active users", count(total.active_users), "in the last 30 days".to_owned()),
            ])}
            {card(asked, "Demand", heading, list, &report.page, number)}
        </div>
    }
    .into_any()
}

fn signed(net: i64) -> String {
    if net > 0 { format!("+{}", count(net)) } else { count(net) }
}

fn change(figures: &DemandFigures) -> AnyView {
    let delta = delta(figures.new_activations, figures.previous_new_activations, BROWSER);
    let (class, symbol) = match delta.direction {
        Direction::Up => ("delta delta--good", Some("up")),
        Direction::Down => ("delta delta--bad", Some("fall")),
        Direction::Level => ("muted", None),
    };
    view! { <span class=class>{symbol.map(|symbol| icon(symbol, 12))}{delta.text}</span> }.into_any()
}

fn table_row(row: DemandRow) -> AnyView {
    let (figures, name) = (row.figures, row.product.name.clone());
    view! {
        <tr>
            <td class="col-product"><a class="cell-main" href=usage_of(row.product.id)><span class="muted">{format!("{}. ", row.rank)}</span>{row.product.name}</a></td>
            <td class="num"><strong>{count(figures.new_activations)}</strong></td>
            <td>{change(&figures)}</td>
            <td class="num">{count(figures.ended)}</td>
            <td class="num">{signed(figures.net)}</td>
            <td class="num">{list_of(figures.active_activations, format!("/activations?product={}&status=active", row.product.id), &name)}</td>
            <td class="num">{count(figures.active_users)}</td>
        </tr>
    }
    .into_any()
}

fn list_row(row: &DemandRow) -> AnyView {
    let figures = row.figures;
    view! {
        <li class="list__row list__row--money">
            <a class="list__main" href=usage_of(row.product.id)>{format!("{}. {}", row.rank, row.product.name)}</a>
            <span class="list__amount">{format!("{} new", count(figures.new_activations))}</span>
            <span class="list__sub">{change(&figures)}</span>
            <span class="list__line">{format!("{} ended, {} on now, {}", count(figures.ended), count(figures.active_activations), counted(figures.active_users, "user", "users", BROWSER))}</span>
        </li>
    }
    .into_any()
}
