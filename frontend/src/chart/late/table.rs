//! The rows of a series as a table: the same as its points and its CSV, sorted by any column.

use leptos::prelude::*;

use super::table_model::{Column, Line, lines, sorted};
use crate::chart::Chart;
use crate::chart::model::{between, earlier_label};
use crate::components::{dynamic, missing};
use crate::format::BROWSER;

/// Every bucket in a row.
pub fn table(chart: Chart) -> AnyView {
    let series = chart.series;
    // By date, oldest first, as it is drawn.
    let order = RwSignal::new((Column::Date, false));
    let caption = move || {
        series.with(|series| {
            series.as_ref().map(|series| format!("{}, {}", chart.title, between(series.from_on, series.to_on, BROWSER)))
        })
    };
    let earlier = Memo::new(move |_| {
        let label = series.with(|series| series.as_ref().and_then(earlier_label));
        label.unwrap_or_else(|| "Earlier".to_owned())
    });
    let body = move || {
        let lines = series.with(|series| {
            chart
                .happenings
                .with(|happenings| series.as_ref().map(|series| lines(series, happenings, BROWSER)).unwrap_or_default())
        });
        let (column, is_descending) = order.get();
        let is_lost = chart.misses_happenings.get();
        sorted(lines, column, is_descending).into_iter().map(|line| row(line, is_lost)).collect_view()
    };
    let header = move |column: Column, class: &'static str, name: Signal<String>| header(order, column, class, name);
    let named = |name: &str| Signal::stored(name.to_owned());
    view! {
        <div class="table-scroll chart__table" role="region" tabindex="0" aria-label=format!("{} as a table, scrolls", chart.title)>
            <table class="table table--compact">
                <caption class="vh">{dynamic(caption)}</caption>
                <thead>
                    <tr>
                        {header(Column::Date, "", named("Date"))}
                        {header(Column::Value, "num", named("Active users"))}
                        {header(Column::Previous, "num", earlier.into())}
                        {header(Column::Change, "num", named("Change"))}
                        {header(Column::Events, "", named("Events"))}
                    </tr>
                </thead>
                <tbody>{dynamic(body)}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn header(order: RwSignal<(Column, bool)>, column: Column, class: &'static str, name: Signal<String>) -> AnyView {
    let direction = move || {
        let (sorted_by, is_descending) = order.get();
        (sorted_by == column).then_some(if is_descending { "descending" } else { "ascending" })
    };
    let sign = move || match direction() {
        Some("descending") => "▼",
        Some(_) => "▲",
        None => "⇅",
    };
    // Descending first, then ascending.
    let sort = move |_| order.update(|order| *order = (column, *order != (column, true)));
    view! {
        <th scope="col" class=class aria-sort=direction>
            <button class="th-sort" type="button" on:click=sort>
                {dynamic(move || name.get())}<span class="th-sort__dir" aria-hidden="true">{dynamic(sign)}</span>
            </button>
        </th>
    }
    .into_any()
}

fn row(Line { row, events, .. }: Line, is_lost: bool) -> AnyView {
    let so_far = row.is_running.then_some(" so far");
    let previous = row.previous.map_or_else(missing, |(_, value)| value.into_any());
    let change = row.change.map_or_else(missing, IntoAny::into_any);
    let events = match events.as_str() {
        _ if is_lost => view! { <span class="muted">"not loaded"</span> }.into_any(),
        "" => missing(),
        _ => events.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><time datetime=row.from_on>{row.name}</time></th>
            <td class="num">{row.value}{so_far}</td>
            <td class="num">{previous}</td>
            <td class="num">{change}</td>
            <td class="chart__events">{events}</td>
        </tr>
    }
    .into_any()
}
