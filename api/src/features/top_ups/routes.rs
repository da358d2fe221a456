//! `/top-ups`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use shared::dto::page::Page;
use shared::dto::top_up::{CreateTopUpRequest, TopUp};
use shared::vocab::{TopUpId, TopUpStatus};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::{dto, service};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::lifecycle::service::Context;
use crate::http::cursor::{self, Cursor};
use crate::http::{CommaList, Idempotent, NoParameters, Reply, RequestId, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_top_ups).service(create_top_up).service(get_top_up).service(cancel_top_up);
}

/// Filters and page of the top-ups.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTopUps {
    /// Comma list of statuses.
    #[param(value_type = Option<Vec<TopUpStatus>>, style = Form, explode = false)]
    status: CommaList<TopUpStatus>,
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

/// The top-ups of the reseller.
#[utoipa::path(tag = "wallet", operation_id = "list_top_ups", summary = "List top-ups",
    description = "A page of the top-ups, the newest first. Needs `wallet_read`.",
    params(ListTopUps),
    responses((status = 200, description = "A page of top-ups.", body = Page<TopUp>)))]
#[get("/api/v1/top-ups")]
async fn list_top_ups(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<ListTopUps>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let limit = cursor::check_limit(query.limit)?;
    let statuses = query.status.0;
    let list = format!("list_top_ups {} {statuses:?}", reseller.id);
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let part = (edge.as_ref(), limit);
    let read = async |tx: &_| service::list(tx, reseller, &statuses, part, query.include_total).await;
    let (rows, total) = state.db.read(read).await?;
    let page = state.cursors.page(&list, direction, limit, rows, |row| row.id)?;
    etag::json_of_state(&request, &page.with(total, dto::top_up))
}

/// Request a top-up.
#[utoipa::path(tag = "wallet", operation_id = "create_top_up", summary = "Request a top-up",
    description = "Says that money is coming. The wallet holds it once an operator has seen it. Needs `wallet_top_up`.",
    request_body(content = CreateTopUpRequest, description = "How much, and how it will be paid.",
        example = json!({"amount": {"amount": "1000.00", "currency": "EUR"}, "method": "bank_transfer", "reference": "PO-2093"})),
    responses((status = 201, description = "The pending top-up, with what to do next.", body = TopUp)))]
#[post("/api/v1/top-ups")]
async fn create_top_up(
    state: web::Data<State>,
    caller: Caller<policy::WalletTopUp>,
    call: Idempotent<CreateTopUpRequest>,
) -> Result<HttpResponse, Error> {
    let (reseller, body) = (caller.reseller(), &call.body);
    let asked = service::Request { amount: body.amount, method: body.method, reference: body.reference.clone() };
    let (now, request_id) = (state.clock.now(reseller), Some(call.request_id()));
    let context = Context { request_id, ..Context::new(reseller, now, &caller.actor) };
    let work = async |tx: &_| Reply::created(&dto::top_up(service::request(tx, &context, &asked).await?));
    call.perform(&state, reseller.id, work).await
}

/// One top-up.
#[utoipa::path(tag = "wallet", operation_id = "get_top_up", summary = "Get a top-up",
    description = "One top-up and what became of it. Needs `wallet_read`.",
    params(("id" = TopUpId, Path, description = "The top-up's id.")),
    responses((status = 200, description = "The top-up.", body = TopUp)))]
#[get("/api/v1/top-ups/{id}")]
async fn get_top_up(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let id: TopUpId = id.parse().map_err(|_| Error::not_found())?;
    let row = service::get(state.db.pool(), caller.reseller().id, id).await?;
    etag::json_of_state(&request, &dto::top_up(row))
}

/// Withdraw a top-up.
#[utoipa::path(tag = "wallet", operation_id = "cancel_top_up", summary = "Withdraw a top-up",
    description = "Withdraws a top-up that is pending. Needs `wallet_top_up`.",
    params(("id" = TopUpId, Path, description = "The top-up's id.")),
    responses((status = 200, description = "The cancelled top-up.", body = TopUp)))]
#[post("/api/v1/top-ups/{id}/cancel")]
async fn cancel_top_up(
    state: web::Data<State>,
    caller: Caller<policy::WalletTopUp>,
    request_id: RequestId,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: TopUpId = id.parse().map_err(|_| Error::not_found())?;
    let context =
        Context { request_id: Some(&request_id.0), ..Context::new(reseller, state.clock.now(reseller), &caller.actor) };
    let row = state.db.write(reseller.id, async |tx| service::cancel(tx, &context, id).await).await?;
    Ok(HttpResponse::Ok().json(dto::top_up(row)))
}
