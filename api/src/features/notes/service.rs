//! Writing notes and reading them.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::problem::ProblemCode;
use shared::vocab::{ClientId, NoteId, NoteVisibility, ProductId};
use uuid::Uuid;

use super::store::{self, Criteria, Key, NoteRow, Reader};
use crate::auth::{Actor, Reseller};
use crate::db::{NewEvent, Word, WriteTx};
use crate::error::Error;
use crate::features::active_users::filter::Filter;
use crate::features::{clients, products};
use crate::http::cursor::Cursor;

/// Characters of a note at most.
pub const MAX_TEXT: usize = 200;
/// Years in which a note may stand.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// What a note says, about what, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteDetails {
    /// The day it stands on.
    pub on: NaiveDate,
    /// What it says.
    pub text: String,
    /// Who reads it.
    pub visibility: NoteVisibility,
    /// The product it is about.
    pub product: Option<ProductId>,
    /// The client it is about.
    pub client: Option<ClientId>,
}

/// What is to be changed: what is `None` stays, `Some(None)` empties a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteChanges {
    /// The day it stands on.
    pub on: Option<NaiveDate>,
    /// What it says.
    pub text: Option<String>,
    /// Who reads it.
    pub visibility: Option<NoteVisibility>,
    /// The product it is about.
    pub product: Option<Option<ProductId>>,
    /// The client it is about.
    pub client: Option<Option<ClientId>>,
}

/// Who writes, when, and on which request.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub now: DateTime<Utc>,
    /// The request.
    pub request_id: Option<&'a str>,
}

/// A note with the names around it.
#[derive(Debug, Clone)]
pub struct ListedNote {
    /// The note.
    pub row: NoteRow,
    /// Name of the product.
    pub product_name: Option<String>,
    /// Name of the client.
    pub client_name: Option<String>,
    /// Whether the reader wrote it.
    pub is_own: bool,
}

impl ListedNote {
    /// Its place in the list.
    pub fn key(&self) -> Key {
        (self.row.noted_on, self.row.id)
    }
}

/// A page that was asked for.
#[derive(Debug)]
pub struct ListRequest {
    /// Which notes.
    pub criteria: Criteria,
    /// Where the page begins.
    pub edge: Option<Cursor<Key>>,
    /// How many rows.
    pub limit: u16,
    /// Whether to count the whole list.
    pub includes_total: bool,
}

/// The reader behind an actor.
pub fn reader(actor: &Actor) -> Result<Reader, Error> {
    let id = actor.id.ok_or_else(|| Error::internal("a caller without an id"))?;
    Ok(Reader { kind: actor.kind, id })
}

/// The rows of a page, one more where there are more, and the length of the list where asked for.
pub async fn list(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    actor: &Actor,
    asked: &ListRequest,
) -> Result<(Vec<ListedNote>, Option<i64>), Error> {
    let (reader, criteria) = (reader(actor)?, &asked.criteria);
    for filter in [criteria.product.map(Filter::Product), criteria.client.map(Filter::Client)].into_iter().flatten() {
        filter.check(connection, reseller).await?;
    }
    let limit = u64::from(asked.limit) + 1;
    let rows = store::list(connection, reseller.id, reader, criteria, asked.edge.as_ref(), limit).await?;
    let total =
        if asked.includes_total { Some(store::count(connection, reseller.id, reader, criteria).await?) } else { None };
    Ok((with_names(connection, reseller, reader, rows).await?, total))
}

/// One note.
pub async fn get(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    actor: &Actor,
    id: NoteId,
) -> Result<ListedNote, Error> {
    let reader = reader(actor)?;
    let row = store::find(connection, reseller.id, reader, id).await?.ok_or_else(Error::not_found)?;
    with_names(connection, reseller, reader, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// Sees to it that nobody else changes a note until the end of the transaction.
pub async fn lock(tx: &WriteTx, reseller: &Reseller, actor: &Actor, id: NoteId) -> Result<(), Error> {
    store::lock(tx, reseller.id, reader(actor)?, id).await?;
    Ok(())
}

/// Names around notes.
pub async fn with_names(
    connection: &impl ConnectionTrait,
    reseller: &Reseller,
    reader: Reader,
    rows: Vec<NoteRow>,
) -> Result<Vec<ListedNote>, Error> {
    let products: HashMap<Uuid, String> =
        products::store::names(connection, rows.iter().filter_map(|row| row.product_id)).await?;
    let clients = clients::store::names(connection, reseller.id, rows.iter().filter_map(|row| row.client_id)).await?;
    let listed = rows.into_iter().map(|row| ListedNote {
        product_name: row.product_id.and_then(|id| products.get(&id).cloned()),
        client_name: row.client_id.and_then(|id| clients.get(&id).map(|(name, _)| name.clone())),
        is_own: reader.is_author(&row),
        row,
    });
    Ok(listed.collect())
}

/// Writes a note.
pub async fn create(
    tx: &WriteTx,
    reseller: &Reseller,
    cause: Cause<'_>,
    details: NoteDetails,
) -> Result<NoteId, Error> {
    let author = reader(cause.actor)?;
    let details = checked(tx, reseller, details).await?;
    let id = NoteId(Uuid::now_v7());
    let row = NoteRow {
        reseller_id: reseller.id.0,
        id: id.0,
        noted_on: details.on,
        text: details.text,
        visibility: Word(details.visibility),
        product_id: details.product.map(|id| id.0),
        client_id: details.client.map(|id| id.0),
        author_kind: Word(author.kind),
        author_id: author.id,
        author_name: cause.actor.name.clone(),
        created_at: cause.now,
        updated_at: cause.now,
    };
    tell(tx, "note.created", &[&row], cause);
    store::insert(tx, row).await?;
    Ok(id)
}

/// Changes a note that the actor sees. Who reads it is its author's to decide.
pub async fn patch(
    tx: &WriteTx,
    reseller: &Reseller,
    cause: Cause<'_>,
    id: NoteId,
    changes: NoteChanges,
) -> Result<(), Error> {
    let reader = reader(cause.actor)?;
    let before = store::lock(tx, reseller.id, reader, id).await?;
    let details = NoteDetails {
        on: changes.on.unwrap_or(before.noted_on),
        text: changes.text.unwrap_or_else(|| before.text.clone()),
        visibility: changes.visibility.unwrap_or(before.visibility.0),
        product: changes.product.unwrap_or_else(|| before.product_id.map(ProductId)),
        client: changes.client.unwrap_or_else(|| before.client_id.map(ClientId)),
    };
    let details = checked(tx, reseller, details).await?;
    if details.visibility != before.visibility.0 && !reader.is_author(&before) {
        return Err(Error::new(ProblemCode::PermissionDenied, "Only its author decides who reads a note."));
    }
    let after = NoteRow {
        noted_on: details.on,
        text: details.text,
        visibility: Word(details.visibility),
        product_id: details.product.map(|id| id.0),
        client_id: details.client.map(|id| id.0),
        ..before.clone()
    };
    if after == before {
        return Ok(());
    }
    let after = NoteRow { updated_at: cause.now, ..after };
    store::update(tx, &after).await?;
    tell(tx, "note.changed", &[&before, &after], cause);
    Ok(())
}

/// Takes a note away that the actor sees.
pub async fn delete(tx: &WriteTx, reseller: &Reseller, cause: Cause<'_>, id: NoteId) -> Result<(), Error> {
    let row = store::lock(tx, reseller.id, reader(cause.actor)?, id).await?;
    store::delete(tx, reseller.id, id).await?;
    tell(tx, "note.deleted", &[&row], cause);
    Ok(())
}

async fn checked(tx: &WriteTx, reseller: &Reseller, details: NoteDetails) -> Result<NoteDetails, Error> {
    let text = details.text.trim();
    if text.chars().any(char::is_control) {
        return Err(Error::field("/text", "invalid", "must be one line without control characters"));
    }
    if text.is_empty() {
        return Err(Error::field("/text", "required", "must not be empty"));
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Error::field("/text", "too_long", format!("must have at most {MAX_TEXT} characters")));
    }
    if !YEARS.contains(&details.on.year()) {
        let message = format!("must lie between the years {} and {}", YEARS.start(), YEARS.end());
        return Err(Error::field("/on", "out_of_range", message));
    }
    match (details.product, details.client) {
        (Some(_), Some(_)) => {
            return Err(Error::field("/client_id", "invalid", "cannot be combined with product_id"));
        }
        (Some(product), None) if !products::store::exists(tx.connection(), product.0).await? => {
            return Err(Error::field("/product_id", "unknown_value", "is not a product of the catalogue"));
        }
        (None, Some(client)) if clients::store::find(tx.connection(), reseller.id, client).await?.is_none() => {
            return Err(Error::field("/client_id", "unknown_value", "is not one of your clients"));
        }
        _ => {}
    }
    Ok(NoteDetails { text: text.to_owned(), ..details })
}

/// Tells everybody of what everybody reads or read; a personal note is nobody's business.
fn tell(tx: &WriteTx, kind: &'static str, rows: &[&NoteRow], cause: Cause<'_>) {
    let Some(row) = rows.iter().find(|row| row.visibility.0 == NoteVisibility::Team) else { return };
    let id = NoteId(row.id);
    tx.push_event(NewEvent {
        kind,
        subject: id.to_string(),
        occurred_at: cause.now,
        request_id: cause.request_id.map(str::to_owned),
        payload: json!({"note_id": id}),
    });
}
