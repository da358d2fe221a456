//! `/notes`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::dto::note::{CreateNoteRequest, Note, PatchNoteRequest};
use shared::dto::page::Page;
use shared::vocab::{ClientId, NoteId, ProductId};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Cause, ListRequest, ListedNote};
use super::store::{Criteria, Key};
use crate::app::State;
use crate::auth::{Actor, Caller, Reseller, policy};
use crate::db::WriteTx;
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, IfMatch, JsonBody, NoParameters, Reply, RequestId, StrictQuery, etag, strict_query};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_notes).service(create_note).service(get_note).service(patch_note).service(delete_note);
}

/// Filters and page of the notes list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListNotes {
    /// From this day on.
    #[serde(deserialize_with = "strict_query::day")]
    from: Option<NaiveDate>,
    /// Up to this day, included.
    #[serde(deserialize_with = "strict_query::day")]
    to: Option<NaiveDate>,
    /// Only notes about this product.
    product: Option<ProductId>,
    /// Only notes about this client.
    client: Option<ClientId>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// Whether to count the whole list.
    #[param(default = false)]
    include_total: bool,
}

/// The notes.
#[utoipa::path(tag = "active-users", operation_id = "list_notes", summary = "List notes",
    description = "A page of the team's notes and the caller's own, the latest day first. Needs `usage_read`.",
    params(ListNotes),
    responses((status = 200, description = "A page of notes.", body = Page<Note>)))]
#[get("/api/v1/notes")]
async fn list_notes(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<ListNotes>,
) -> Result<HttpResponse, Error> {
    let (reseller, actor) = (caller.reseller(), &caller.actor);
    let limit = cursor::check_limit(query.limit)?;
    if matches!((query.from, query.to), (Some(from), Some(to)) if to < from) {
        return Err(Error::field("?to", "invalid", "must not be before from"));
    }
    let criteria = Criteria { from: query.from, to: query.to, product: query.product, client: query.client };
    let list = format!("list_notes {} {:?} {criteria:?}", reseller.id, actor.id);
    let edge: Option<Cursor<Key>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let asked = ListRequest { criteria, edge, limit, includes_total: query.include_total };
    let (rows, total) = state.db.read(async |tx| service::list(tx, reseller, actor, &asked).await).await?;
    let page = state.cursors.page(&list, direction, limit, rows, ListedNote::key)?;
    etag::json_of_state(&request, &page.with(total, dto::note))
}

async fn read(tx: &WriteTx, reseller: &Reseller, actor: &Actor, id: NoteId) -> Result<Note, Error> {
    Ok(dto::note(service::get(tx.connection(), reseller, actor, id).await?))
}

/// Write a note.
#[utoipa::path(tag = "active-users", operation_id = "create_note", summary = "Write a note",
    description = "Notes something on a day; it shows as a marker. Personal, or for the team. Needs `notes_write`.",
    request_body(content = CreateNoteRequest, description = "What it says."),
    responses((status = 201, description = "The note.", body = Note)))]
#[post("/api/v1/notes")]
async fn create_note(
    state: web::Data<State>,
    caller: Caller<policy::NotesWrite>,
    call: Idempotent<CreateNoteRequest>,
) -> Result<HttpResponse, Error> {
    let (reseller, actor) = (caller.reseller(), &caller.actor);
    call.perform(&state, reseller.id, async |tx| {
        let cause = Cause { actor, now: state.clock.now(reseller), request_id: Some(call.request_id()) };
        let id = service::create(tx, reseller, cause, dto::details(&call.body)).await?;
        Reply::created(&read(tx, reseller, actor, id).await?)
    })
    .await
}

/// One note.
#[utoipa::path(tag = "active-users", operation_id = "get_note", summary = "Get a note",
    description = "One note of the team or of the caller. Needs `usage_read`.",
    params(("id" = NoteId, Path, description = "The note's id.")),
    responses((status = 200, description = "The note.", body = Note)))]
#[get("/api/v1/notes/{id}")]
async fn get_note(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let (reseller, actor) = (caller.reseller(), &caller.actor);
    let id: NoteId = id.parse().map_err(|_| Error::not_found())?;
    let note = state.db.read(async |tx| service::get(tx, reseller, actor, id).await).await?;
    etag::json_of_state(&request, &dto::note(note))
}

/// Change a note.
#[utoipa::path(tag = "active-users", operation_id = "patch_note", summary = "Change a note",
    description = "Changes a note of the team or one's own; what is not named stays. Who reads it is its author's to decide. \
                   Needs `notes_write`.",
    params(("id" = NoteId, Path, description = "The note's id.")),
    request_body(content = PatchNoteRequest, description = "What to change."),
    responses((status = 200, description = "The note.", body = Note)))]
#[patch("/api/v1/notes/{id}")]
async fn patch_note(
    state: web::Data<State>,
    caller: Caller<policy::NotesWrite>,
    id: web::Path<String>,
    request_id: RequestId,
    if_match: IfMatch,
    JsonBody(body): JsonBody<PatchNoteRequest>,
) -> Result<HttpResponse, Error> {
    let (reseller, actor) = (caller.reseller(), &caller.actor);
    let id: NoteId = id.parse().map_err(|_| Error::not_found())?;
    let write = async |tx: &WriteTx| {
        service::lock(tx, reseller, actor, id).await?;
        if_match.check(&read(tx, reseller, actor, id).await?)?;
        let cause = Cause { actor, now: state.clock.now(reseller), request_id: Some(&request_id.0) };
        service::patch(tx, reseller, cause, id, dto::changes(&body)).await?;
        read(tx, reseller, actor, id).await
    };
    let note = state.db.write(reseller.id, write).await?;
    etag::json_tagged_as(&note, &note)
}

/// Take a note away.
#[utoipa::path(tag = "active-users", operation_id = "delete_note", summary = "Delete a note",
    description = "Takes a note of the team or one's own away for good. Needs `notes_write`.",
    params(("id" = NoteId, Path, description = "The note's id.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/api/v1/notes/{id}")]
async fn delete_note(
    state: web::Data<State>,
    caller: Caller<policy::NotesWrite>,
    id: web::Path<String>,
    request_id: RequestId,
    if_match: IfMatch,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let (reseller, actor) = (caller.reseller(), &caller.actor);
    let id: NoteId = id.parse().map_err(|_| Error::not_found())?;
    let write = async |tx: &WriteTx| {
        service::lock(tx, reseller, actor, id).await?;
        if_match.check(&read(tx, reseller, actor, id).await?)?;
        let cause = Cause { actor, now: state.clock.now(reseller), request_id: Some(&request_id.0) };
        service::delete(tx, reseller, cause, id).await
    };
    state.db.write(reseller.id, write).await?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}
