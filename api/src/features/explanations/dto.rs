//! Explanations as the API shows them.

use chrono::{DateTime, Utc};
use shared::dto::explanation::{Explanation, FigureRows, FigureValue};
use shared::dto::report::ReportWindow;
use shared::paths;
use shared::vocab::Figure;

use super::definitions;
use super::service::{Explained, Rows, Value};
use crate::auth::Reseller;

/// A figure, explained.
pub fn explanation(reseller: &Reseller, as_of: DateTime<Utc>, figure: Figure, explained: &Explained) -> Explanation {
    let definition = definitions::of(figure);
    let value = match explained.value {
        Value::Count(count) => FigureValue { count: Some(count), ..FigureValue::default() },
        Value::Minor(minor) => FigureValue { amount: Some(reseller.money(minor)), ..FigureValue::default() },
        Value::On(on) => FigureValue { on, ..FigureValue::default() },
    };
    Explanation {
        figure,
        as_of,
        time_zone: reseller.time_zone.name().to_owned(),
        title: definition.title.to_owned(),
        definition: definition.text.to_owned(),
        window: explained.window.map(|(from_on, to_on)| ReportWindow { from_on, to_on }),
        value,
        rows: FigureRows { kind: explained.rows.kind(), count: explained.row_count, url: url(&explained.rows) },
    }
}

/// The address of the list.
fn url(rows: &Rows) -> String {
    match rows {
        Rows::EndUsers(point) => {
            let part = |name: &str, value: Option<String>| value.map(|value| format!("{name}={value}"));
            let parts = [
                part("active_from", point.from.map(|day| day.to_string())),
                part("active_to", point.to.map(|day| day.to_string())),
                part("product", point.product.map(|product| product.to_string())),
            ];
            format!("{}?{}", paths::END_USERS, parts.into_iter().flatten().collect::<Vec<_>>().join("&"))
        }
        Rows::Active => format!("{}?status=active", paths::ACTIVATIONS),
        Rows::Renewing => format!("{}?renewing=true", paths::ACTIVATIONS),
        Rows::Due => format!("{}?renews=30d", paths::ACTIVATIONS),
        Rows::LedgerEntries => paths::LEDGER_ENTRIES.to_owned(),
        Rows::Upcoming(days) => format!("{}?days={days}", paths::UPCOMING_RENEWALS),
    }
}
