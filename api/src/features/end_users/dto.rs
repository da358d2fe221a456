//! End users as the API shows them.

use chrono::SecondsFormat;
use shared::dto::end_user::{EndUser, EndUserClient, EndUserProduct};
use shared::vocab::{ClientId, EndUserId, ProductId};

use super::service::ListedEndUser;
use crate::http::csv;

/// An end user under its pseudonym.
pub fn end_user(listed: ListedEndUser) -> EndUser {
    let product = |(id, name)| EndUserProduct { id: ProductId(id), name };
    EndUser {
        id: EndUserId(listed.row.id),
        label: listed.row.label,
        client: EndUserClient { id: ClientId(listed.row.client_id), name: listed.client_name },
        products: listed.products.into_iter().map(product).collect(),
        first_used_at: listed.used.0,
        last_used_at: listed.used.1,
    }
}

/// The names of the columns.
pub fn csv_header() -> String {
    csv::row(["end_user", "client_id", "client", "products", "first_used_at", "last_used_at", "label"])
}

/// An end user as a row.
pub fn csv_row(listed: ListedEndUser) -> String {
    let shown = end_user(listed);
    let products: Vec<&str> = shown.products.iter().map(|product| product.name.as_str()).collect();
    let moment = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    csv::row([
        shown.id.to_string().as_str(),
        &shown.client.id.to_string(),
        &csv::text_cell(&shown.client.name),
        &csv::text_cell(&products.join("; ")),
        &moment(shown.first_used_at),
        &moment(shown.last_used_at),
        &csv::text_cell(shown.label.as_deref().unwrap_or_default()),
    ])
}
