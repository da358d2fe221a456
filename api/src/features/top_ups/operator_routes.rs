//! `/operator/top-ups`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use shared::dto::operator::{OperatorTopUp, RejectTopUpRequest, SettleTopUpRequest};
use shared::dto::page::Page;
use shared::vocab::{TopUpId, TopUpStatus};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::service::{Deciding, Settling};
use super::{dto, service};
use crate::app::State;
use crate::auth::Operator;
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{CommaList, Idempotent, JsonBody, NoParameters, Reply, RequestId, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_operator_top_ups).service(settle_top_up).service(reject_top_up);
}

/// Filters and page of all top-ups.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListOperatorTopUps {
    /// Comma list of statuses.
    #[param(value_type = Option<Vec<TopUpStatus>>, style = Form, explode = false)]
    status: CommaList<TopUpStatus>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// The top-ups of all resellers.
#[utoipa::path(tag = "operator", operation_id = "list_operator_top_ups", summary = "List top-ups of all resellers",
    description = "A page of the top-ups of all resellers, the newest first. For operators.",
    params(ListOperatorTopUps),
    responses((status = 200, description = "A page of top-ups.", body = Page<OperatorTopUp>)))]
#[get("/api/v1/operator/top-ups")]
async fn list_operator_top_ups(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<ListOperatorTopUps>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let statuses = query.status.0;
    let list = format!("list_operator_top_ups {statuses:?}");
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| service::list_of_all(tx, &statuses, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(&list, direction, limit, rows, |owned| owned.row.id)?;
    etag::json_of_state(&request, &page.with(None, dto::owned))
}

/// The money has come.
#[utoipa::path(tag = "operator", operation_id = "settle_top_up", summary = "Settle a top-up",
    description = "Puts the money on the wallet, once, and tries at once what waits for it. A top-up that is not pending is \
                   409 `invalid_transition`. For operators.",
    params(("id" = TopUpId, Path, description = "The top-up's id.")),
    request_body(content = SettleTopUpRequest, description = "What to remember about it.",
        example = json!({"note": "Statement 47, line 12"})),
    responses((status = 200, description = "The settled top-up.", body = OperatorTopUp)))]
#[post("/api/v1/operator/top-ups/{id}/settle")]
async fn settle_top_up(
    state: web::Data<State>,
    operator: Operator,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
    call: Idempotent<SettleTopUpRequest>,
) -> Result<HttpResponse, Error> {
    let id: TopUpId = id.parse().map_err(|_| Error::not_found())?;
    let by = Deciding { actor: &operator.actor, request_id: Some(call.request_id()) };
    let settling = Settling::find(&state.db, &state.clock, id, call.body.note.as_deref()).await?;
    let work = async |tx: &_| Reply::ok(&dto::owned(settling.settle(tx, by).await?));
    let answer = call.perform(&state, settling.reseller_id(), work).await?;
    settling.retry(&state.db, by).await?;
    Ok(answer)
}

/// The money will not come.
#[utoipa::path(tag = "operator", operation_id = "reject_top_up", summary = "Reject a top-up",
    description = "Refuses a pending top-up; the reseller reads the reason. For operators.",
    params(("id" = TopUpId, Path, description = "The top-up's id.")),
    request_body(content = RejectTopUpRequest, description = "Why.",
        example = json!({"reason": "No payment came within 30 days."})),
    responses((status = 200, description = "The rejected top-up.", body = OperatorTopUp)))]
#[post("/api/v1/operator/top-ups/{id}/reject")]
async fn reject_top_up(
    state: web::Data<State>,
    operator: Operator,
    request_id: RequestId,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
    JsonBody(body): JsonBody<RejectTopUpRequest>,
) -> Result<HttpResponse, Error> {
    let id: TopUpId = id.parse().map_err(|_| Error::not_found())?;
    let by = Deciding { actor: &operator.actor, request_id: Some(&request_id.0) };
    let rejected = service::reject(&state.db, &state.clock, id, by, &body.reason).await?;
    Ok(HttpResponse::Ok().json(dto::owned(rejected)))
}
