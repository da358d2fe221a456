//! The rows of a series as a table: the same as its points and its CSV.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::active_users::ActiveUsersSeries;

use super::model::{Row, earlier_label, rows};
use crate::components::missing;
use crate::format::BROWSER;

/// Every bucket in a row.
#[component]
pub fn DataTable(
    /// The series.
    series: Signal<Option<ActiveUsersSeries>>,
    /// The heading of the chart.
    title: &'static str,
) -> impl IntoView {
    let caption = move || {
        series.with(|series| {
            series.as_ref().map(|series| {
                let (from, to) = (series.from_on, series.to_on);
                let date = |on| (BROWSER.date)(on, crate::format::words::DateForm::Medium);
                format!("{title}, {} to {}", date(from), date(to))
            })
        })
    };
    let earlier = move || {
        let label = series.with(|series| series.as_ref().and_then(earlier_label));
        label.unwrap_or_else(|| "Earlier".to_owned())
    };
    let body = move || {
        let rows = series.with(|series| series.as_ref().map(|series| rows(series, BROWSER)).unwrap_or_default());
        rows.into_iter().map(row).collect_view()
    };
    view! {
        <div class="table-scroll chart__table" role="region" tabindex="0" aria-label=move || format!("{title} as a table, scrolls sideways")>
            <table class="table table--compact">
                <caption class="vh">{dynamic(caption)}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Date"</th>
                        <th scope="col" class="num">"Active users"</th>
                        <th scope="col" class="num">{dynamic(earlier)}</th>
                        <th scope="col" class="num">"Change"</th>
                    </tr>
                </thead>
                <tbody>{dynamic(body)}</tbody>
            </table>
        </div>
    }
}

fn row(row: Row) -> AnyView {
    let so_far = row.is_running.then_some(" so far");
    let previous = row.previous.map_or_else(missing, |(_, value)| value.into_any());
    let change = row.change.map_or_else(missing, IntoAny::into_any);
    view! {
        <tr>
            <th scope="row"><time datetime=row.from_on>{row.name}</time></th>
            <td class="num">{row.value}{so_far}</td>
            <td class="num">{previous}</td>
            <td class="num">{change}</td>
        </tr>
    }
    .into_any()
}
