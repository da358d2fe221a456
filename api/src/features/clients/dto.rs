//! Clients as the API shows them.

use shared::dto::client::{Client, CreateClientRequest, PatchClientRequest};
use shared::vocab::ClientId;

use super::service::{ClientChanges, ListedClient};
use super::store::ClientDetails;
use crate::auth::Reseller;
use crate::error::Error;
use crate::http::text;

/// The longest name.
const MAX_NAME: usize = 200;
/// The longest email address.
const MAX_EMAIL: usize = 254;
/// The longest reference of the reseller's own.
const MAX_REFERENCE: usize = 100;
/// The longest notes.
const MAX_NOTES: usize = 2_000;

/// A client to be added.
pub fn details(body: &CreateClientRequest) -> Result<ClientDetails, Error> {
    let given = |text: &Option<String>| Some(text.clone());
    let changes = PatchClientRequest {
        name: Some(body.name.clone()),
        email: given(&body.email),
        external_reference: given(&body.external_reference),
        notes: given(&body.notes),
    };
    let changes = self::changes(&changes)?;
    Ok(ClientDetails {
        name: changes.name.unwrap_or_default(),
        email: changes.email.flatten(),
        external_reference: changes.external_reference.flatten(),
        notes: changes.notes.flatten(),
    })
}

/// What is to be changed of a client.
pub fn changes(body: &PatchClientRequest) -> Result<ClientChanges, Error> {
    let inner = |text: &Option<Option<String>>| text.clone().flatten();
    text::check_given("/name", body.name.as_deref(), 1..=MAX_NAME)?;
    let email = inner(&body.email);
    text::check_given("/email", email.as_deref(), 1..=MAX_EMAIL)?;
    if email.is_some_and(|email| !is_email(email.trim())) {
        return Err(Error::field("/email", "invalid", "is not an email address"));
    }
    text::check_given("/external_reference", inner(&body.external_reference).as_deref(), 1..=MAX_REFERENCE)?;
    text::check_given("/notes", inner(&body.notes).as_deref(), 0..=MAX_NOTES)?;
    let trimmed = |text: String| text.trim().to_owned();
    Ok(ClientChanges {
        name: body.name.clone().map(trimmed),
        email: body.email.clone().map(|email| email.map(trimmed)),
        external_reference: body.external_reference.clone().map(|reference| reference.map(trimmed)),
        notes: body.notes.clone().map(|notes| notes.filter(|notes| !notes.trim().is_empty())),
    })
}

/// Whether mail could be sent there: one `@` with something on both sides, and no blanks.
fn is_email(text: &str) -> bool {
    let is_plain = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    is_plain
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// A client.
pub fn client(reseller: &Reseller, listed: ListedClient) -> Client {
    Client {
        id: ClientId(listed.client.id),
        name: listed.client.name,
        email: listed.client.email,
        external_reference: listed.client.external_reference,
        active_activations: listed.active_count,
        monthly_equivalent: reseller.money(listed.monthly_equivalent_minor),
        notes: listed.client.notes,
        created_at: listed.client.created_at,
        archived_at: listed.client.archived_at,
    }
}
