//! `/clients`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::client::Client;
use shared::dto::page::Page;
use shared::vocab::ClientId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service::{self, ListRequest, ListedClient};
use super::{dto, store};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::lifecycle::words;
use crate::http::cursor::{self, Cursor};
use crate::http::{NoParameters, StrictQuery, etag};

/// The longest search text.
const MAX_SEARCH_CHARS: usize = 100;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_clients).service(get_client);
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
