//! `/clients`.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::Deserialize;
use shared::dto::client::{Client, CreateClientRequest, PatchClientRequest};
use shared::dto::page::Page;
use shared::vocab::ClientId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service::{self, ListRequest, ListedClient};
use super::{dto, store};
use crate::app::State;
use crate::auth::{Caller, Reseller, policy};
use crate::db::WriteTx;
use crate::error::Error;
use crate::features::lifecycle::words;
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, IfMatch, JsonBody, NoParameters, Reply, RequestId, StrictQuery, etag};

/// The longest search text.
const MAX_SEARCH_CHARS: usize = 100;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_clients).service(create_client).service(get_client);
    app.service(patch_client).service(archive_client).service(restore_client);
}

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
enum ClientSort {
    /// By name.
    #[default]
    #[serde(rename = "name")]
    Name,
    /// By name, last first.
    #[serde(rename = "-name")]
    NameDescending,
}

/// Search, sort and page of the clients list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListClients {
    /// Words; each must begin a word of the name, or the email address, or the reference.
    #[param(max_length = 100, example = "linden")]
    q: Option<String>,
    /// The order; the id breaks ties.
    #[param(inline, required = false)]
    sort: ClientSort,
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

/// The clients of the reseller, by name.
#[utoipa::path(tag = "clients", operation_id = "list_clients", summary = "List clients",
    description = "A page of the clients by name, without archived ones. Needs `clients_read`.",
    params(ListClients),
    responses((status = 200, description = "A page of clients.", body = Page<Client>)))]
#[get("/api/v1/clients")]
async fn list_clients(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ClientsRead>,
    StrictQuery(query): StrictQuery<ListClients>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let search = query.q.as_deref().unwrap_or_default();
    if search.chars().count() > MAX_SEARCH_CHARS {
        return Err(Error::field("?q", "too_long", format!("must have at most {MAX_SEARCH_CHARS} characters")));
    }
    let words: Vec<String> = words::split(search).collect();
    let limit = cursor::check_limit(query.limit)?;
    let list = format!("list_clients {} {words:?} {:?}", reseller.id, query.sort);
    let edge: Option<Cursor<store::Key>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let is_descending = matches!(query.sort, ClientSort::NameDescending);
    let asked = ListRequest { words, is_descending, edge, limit, includes_total: query.include_total };
    let (rows, total) = state.db.read(async |tx| service::list(tx, reseller, &asked).await).await?;
    let page = state.cursors.page(&list, direction, limit, rows, ListedClient::key)?;
    etag::json_of_state(&request, &page.with(total, |row| dto::client(reseller, row)))
}

/// One client.
#[utoipa::path(tag = "clients", operation_id = "get_client", summary = "Get a client",
    description = "One client with the number of activations that are on and what they cost by the month. Needs \
                   `clients_read`.",
    params(("id" = ClientId, Path, description = "The client's id.")),
    responses((status = 200, description = "The client.", body = Client)))]
#[get("/api/v1/clients/{id}")]
async fn get_client(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ClientsRead>,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ClientId = id.parse().map_err(|_| Error::not_found())?;
    let client = state.db.read(async |tx| service::get(tx, reseller, id).await).await?;
    etag::json_of_state(&request, &dto::client(reseller, client))
}

async fn read(tx: &WriteTx, reseller: &Reseller, id: ClientId) -> Result<Client, Error> {
    Ok(dto::client(reseller, service::get(tx.connection(), reseller, id).await?))
}

/// Add a client.
#[utoipa::path(tag = "clients", operation_id = "create_client", summary = "Add a client",
    description = "Adds a customer, to whom products can be assigned. Needs `clients_write`.",
    request_body(content = CreateClientRequest, description = "Who it is."),
    responses((status = 201, description = "The client.", body = Client)))]
#[post("/api/v1/clients")]
async fn create_client(
    state: web::Data<State>,
    caller: Caller<policy::ClientsWrite>,
    call: Idempotent<CreateClientRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    call.perform(&state, reseller.id, async |tx| {
        let cause = (state.clock.now(reseller), call.request_id());
        let id = service::create(tx, reseller, cause, &dto::details(&call.body)?).await?;
        Reply::created(&read(tx, reseller, id).await?)
    })
    .await
}

/// Change a client.
#[utoipa::path(tag = "clients", operation_id = "patch_client", summary = "Change a client",
    description = "Changes name, email address, reference or notes; what is not named stays, null empties a field. Needs \
                   `clients_write`.",
    params(("id" = ClientId, Path, description = "The client's id.")),
    request_body(content = PatchClientRequest, description = "What to change."),
    responses((status = 200, description = "The client.", body = Client)))]
#[patch("/api/v1/clients/{id}")]
async fn patch_client(
    state: web::Data<State>,
    caller: Caller<policy::ClientsWrite>,
    id: web::Path<String>,
    request_id: RequestId,
    if_match: IfMatch,
    JsonBody(body): JsonBody<PatchClientRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ClientId = id.parse().map_err(|_| Error::not_found())?;
    let changes = dto::changes(&body)?;
    let write = async |tx: &WriteTx| {
        store::lock(tx, reseller.id, id).await?;
        if_match.check(&read(tx, reseller, id).await?)?;
        let cause = (state.clock.now(reseller), request_id.0.as_str());
        service::patch(tx, reseller, cause, id, changes.clone()).await?;
        read(tx, reseller, id).await
    };
    let client = state.db.write(reseller.id, write).await?;
    etag::json_tagged_as(&client, &client)
}

/// Put a client away.
#[utoipa::path(tag = "clients", operation_id = "archive_client", summary = "Archive a client",
    description = "Takes a client out of lists and choices; its history stays. Refused with `client_in_use` while it has \
                   activations that are not over. Again, it changes nothing. Needs `clients_write`.",
    params(("id" = ClientId, Path, description = "The client's id.")),
    responses((status = 200, description = "The client.", body = Client)))]
#[post("/api/v1/clients/{id}/archive")]
async fn archive_client(
    state: web::Data<State>,
    caller: Caller<policy::ClientsWrite>,
    id: web::Path<String>,
    request_id: RequestId,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ClientId = id.parse().map_err(|_| Error::not_found())?;
    let write = async |tx: &WriteTx| {
        service::archive(tx, reseller, (state.clock.now(reseller), &request_id.0), id).await?;
        read(tx, reseller, id).await
    };
    let client = state.db.write(reseller.id, write).await?;
    etag::json_tagged_as(&client, &client)
}

/// Bring a client back.
#[utoipa::path(tag = "clients", operation_id = "restore_client", summary = "Restore a client",
    description = "Brings an archived client back. Again, it changes nothing. Needs `clients_write`.",
    params(("id" = ClientId, Path, description = "The client's id.")),
    responses((status = 200, description = "The client.", body = Client)))]
#[post("/api/v1/clients/{id}/restore")]
async fn restore_client(
    state: web::Data<State>,
    caller: Caller<policy::ClientsWrite>,
    id: web::Path<String>,
    request_id: RequestId,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ClientId = id.parse().map_err(|_| Error::not_found())?;
    let write = async |tx: &WriteTx| {
        service::restore(tx, reseller, (state.clock.now(reseller), &request_id.0), id).await?;
        read(tx, reseller, id).await
    };
    let client = state.db.write(reseller.id, write).await?;
    etag::json_tagged_as(&client, &client)
}
