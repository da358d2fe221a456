//! What a figure means, read when somebody asks for it, and the way to the rows behind it.

use crate::components::dynamic;
use leptos::prelude::*;
use shared::dto::explanation::{Explanation, FigureRows};
use shared::paths;
use shared::vocab::{Figure, RowsKind};

use super::frame::span;
use crate::format::words::counted;
use crate::format::{BROWSER, date_time};
use crate::state::query::Query;

/// The text of an open explanation.
#[component]
pub fn ExplanationText(
    /// Of which figure.
    figure: Figure,
) -> impl IntoView {
    let query = Query::<Explanation>::new();
    query.load(paths::explanation(figure));
    dynamic(move || match (query.data.get(), query.error.get()) {
        (Some(explanation), _) => text(explanation),
        (None, Some(error)) => view! { <span role="alert">{error.sentence()}</span> }.into_any(),
        (None, None) => view! { <span class="muted">"Loading…"</span> }.into_any(),
    })
}

fn text(explanation: Explanation) -> AnyView {
    let zone = explanation.time_zone;
    let as_of = date_time(explanation.as_of, &zone);
    let days = explanation
        .window
        .map(|window| view! { <span class="help-panel__line">{format!("Days: {}", span(window))}</span> });
    let rows = explanation.rows;
    view! {
        <span class="help-panel__line">{explanation.definition}</span>
        {days}
        <span class="help-panel__line">{format!("As of {as_of}, {zone}")}</span>
        <a class="help-panel__line" href=place(&rows)>{format!("Show {}", number(&rows))}</a>
    }
    .into_any()
}

fn number(rows: &FigureRows) -> String {
    let (one, many) = match rows.kind {
        RowsKind::EndUsers => ("person", "people"),
        RowsKind::Activations => ("activation", "activations"),
        RowsKind::LedgerEntries => ("ledger entry", "ledger entries"),
        RowsKind::UpcomingRenewals => ("charge", "charges"),
    };
    format!("the {} behind it", counted(rows.count, one, many, BROWSER))
}

/// The page of the app that shows these rows.
fn place(rows: &FigureRows) -> String {
    let query = rows.url.split_once('?').map_or("", |(_, query)| query);
    match rows.kind {
        RowsKind::EndUsers => "/reports/active-users".to_owned(),
        RowsKind::Activations => format!("/activations?{query}"),
        RowsKind::LedgerEntries => "/wallet/ledger".to_owned(),
        RowsKind::UpcomingRenewals => format!("/wallet?{query}#upcoming"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::activations::model::{ListView, read};

    fn place_of(kind: RowsKind, url: &str) -> String {
        place(&FigureRows { kind, count: 1, url: url.to_owned() })
    }

    #[test]
    fn the_rows_behind_a_figure_are_asked_for_as_its_list_asks() {
        for query in ["status=active", "renewing=true", "renews=30d"] {
            let path = place_of(RowsKind::Activations, &format!("{}?{query}", paths::ACTIVATIONS));
            let (_, asked) = path.split_once('?').unwrap();
            let pairs: Vec<_> =
                asked.split_once('=').into_iter().map(|(key, value)| (key.into(), value.into())).collect();
            let (view, is_understood) = read(&pairs);
            assert!(is_understood && view != ListView::default(), "{query}");
            assert_eq!(view.page_path(), path);
        }
        let path = place_of(RowsKind::UpcomingRenewals, &format!("{}?days=47", paths::UPCOMING_RENEWALS));
        assert_eq!(path, "/wallet?days=47#upcoming");
    }
}
