//! `/operator/set-ups`, and how a set-up ends.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use shared::dto::operator::{FailSetUpRequest, ProvisionRequest, SetUp};
use shared::dto::page::Page;
use shared::vocab::{ActivationId, ResellerId};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::dto;
use super::service::{self, Ending};
use crate::app::State;
use crate::auth::{Operator, Reseller};
use crate::error::Error;
use crate::features::accounts::service as accounts;
use crate::features::lifecycle::service::Context;
use crate::features::operator::service::after_credit;
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, Reply, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_set_ups).service(provision_activation).service(fail_activation);
}

/// The page of the set-ups.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListSetUps {
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// What waits to be set up.
#[utoipa::path(tag = "operator", operation_id = "list_set_ups", summary = "List what waits to be set up",
    description = "A page of the activations of all resellers that are paid for and have to be put in service by hand, the \
                   oldest first. For operators.",
    params(ListSetUps),
    responses((status = 200, description = "A page of set-ups.", body = Page<SetUp>)))]
#[get("/api/v1/operator/set-ups")]
async fn list_set_ups(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<ListSetUps>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_set_ups";
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| service::list(tx, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(list, direction, limit, rows, |found| found.row.id)?;
    etag::json_of_state(&request, &page.with(None, dto::set_up))
}

async fn owner_and_id(state: &State, (reseller_id, id): &(String, String)) -> Result<(Reseller, ActivationId), Error> {
    let reseller_id: ResellerId = reseller_id.parse().map_err(|_| Error::not_found())?;
    let id = id.parse().map_err(|_| Error::not_found())?;
    Ok((accounts::get_reseller(&state.db, reseller_id).await?, id))
}

/// Put an activation in service.
#[utoipa::path(tag = "operator", operation_id = "provision_activation", summary = "Put an activation in service",
    description = "It was set up: it is on from now, and its reseller is told. One that does not wait to be set up is 409 \
                   `invalid_transition`. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id."),
           ("activation_id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = ProvisionRequest, description = "Nothing more is asked.", example = json!({})),
    responses((status = 200, description = "The activation.", body = SetUp)))]
#[post("/api/v1/operator/resellers/{id}/activations/{activation_id}/provision")]
async fn provision_activation(
    state: web::Data<State>,
    operator: Operator,
    ids: web::Path<(String, String)>,
    call: Idempotent<ProvisionRequest>,
) -> Result<HttpResponse, Error> {
    end(&state, &operator, &ids, &call, Ending::Provisioned).await
}

/// Give a set-up up.
#[utoipa::path(tag = "operator", operation_id = "fail_activation", summary = "Give a set-up up",
    description = "It cannot be put in service: what was paid is given back in full, with the reason, and what waits for money \
                   is tried at once. The reseller may ask for it again. One that does not wait to be set up is 409 \
                   `invalid_transition`. For operators.",
    params(("id" = ResellerId, Path, description = "The reseller's id."),
           ("activation_id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = FailSetUpRequest, description = "Why.",
        example = json!({"reason": "The supplier has no licence left."})),
    responses((status = 200, description = "The activation.", body = SetUp)))]
#[post("/api/v1/operator/resellers/{id}/activations/{activation_id}/fail")]
async fn fail_activation(
    state: web::Data<State>,
    operator: Operator,
    ids: web::Path<(String, String)>,
    call: Idempotent<FailSetUpRequest>,
) -> Result<HttpResponse, Error> {
    end(&state, &operator, &ids, &call, Ending::Failed(&call.body.reason)).await
}

async fn end<T>(
    state: &State,
    operator: &Operator,
    ids: &(String, String),
    call: &Idempotent<T>,
    ending: Ending<'_>,
) -> Result<HttpResponse, Error> {
    let (reseller, id) = owner_and_id(state, ids).await?;
    let (now, request_id) = (state.clock.now(&reseller), Some(call.request_id()));
    let context = Context { request_id, ..Context::new(&reseller, now, &operator.actor) };
    let work = async |tx: &_| Reply::ok(&dto::set_up(service::end(tx, &context, id, ending).await?));
    let answer = call.perform(state, reseller.id, work).await?;
    if ending != Ending::Provisioned {
        after_credit(&state.db, &state.clock, &reseller, request_id).await?;
    }
    Ok(answer)
}
