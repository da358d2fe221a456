//! `/operator/promotions`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::Deserialize;
use shared::dto::page::Page;
use shared::dto::promotion::{CreatePromotionRequest, PatchPromotionRequest, Promotion};
use shared::vocab::PromotionId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Announced};
use super::store::Key;
use crate::app::State;
use crate::auth::Operator;
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, IfMatch, JsonBody, NoParameters, Reply, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_promotions)
        .service(create_promotion)
        .service(get_promotion)
        .service(patch_promotion)
        .service(delete_promotion);
}

/// The page of the promotions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListPromotions {
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// The promotions and launches.
#[utoipa::path(tag = "operator", operation_id = "list_promotions", summary = "List promotions",
    description = "A page of the promotions and launches, the latest first. For operators.",
    params(ListPromotions),
    responses((status = 200, description = "A page of promotions.", body = Page<Promotion>)))]
#[get("/api/v1/operator/promotions")]
async fn list_promotions(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<ListPromotions>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_promotions";
    let edge: Option<Cursor<Key>> = query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| service::list(tx, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(list, direction, limit, rows, Announced::key)?;
    etag::json_of_state(&request, &page.with(None, dto::promotion))
}

/// Announce a promotion or a launch.
#[utoipa::path(tag = "operator", operation_id = "create_promotion", summary = "Announce a promotion",
    description = "Announces a promotion or a launch: a marker beside the figures of all resellers or of those that are chosen. \
                   For operators.",
    request_body(content = CreatePromotionRequest, description = "What it is, and for whom."),
    responses((status = 201, description = "The promotion.", body = Promotion)))]
#[post("/api/v1/operator/promotions")]
async fn create_promotion(
    state: web::Data<State>,
    operator: Operator,
    call: Idempotent<CreatePromotionRequest>,
) -> Result<HttpResponse, Error> {
    let now = state.clock.system_now();
    let work = async |tx: &_| {
        let id = service::create(tx, dto::details(&call.body), &operator.actor, now).await?;
        Reply::created(&dto::promotion(service::get(tx, id).await?))
    };
    call.perform_shared(&state, operator.id(), work).await
}

/// One promotion.
#[utoipa::path(tag = "operator", operation_id = "get_promotion", summary = "Get a promotion",
    description = "One promotion or launch. For operators.",
    params(("id" = PromotionId, Path, description = "The promotion's id.")),
    responses((status = 200, description = "The promotion.", body = Promotion)))]
#[get("/api/v1/operator/promotions/{id}")]
async fn get_promotion(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let id: PromotionId = id.parse().map_err(|_| Error::not_found())?;
    let found = state.db.read(async |tx| service::get(tx, id).await).await?;
    etag::json_of_state(&request, &dto::promotion(found))
}

/// Change a promotion.
#[utoipa::path(tag = "operator", operation_id = "patch_promotion", summary = "Change a promotion",
    description = "Changes a promotion or a launch; what is not named stays, null empties a field. For operators.",
    params(("id" = PromotionId, Path, description = "The promotion's id.")),
    request_body(content = PatchPromotionRequest, description = "What to change."),
    responses((status = 200, description = "The promotion.", body = Promotion)))]
#[patch("/api/v1/operator/promotions/{id}")]
async fn patch_promotion(
    state: web::Data<State>,
    _: Operator,
    id: web::Path<String>,
    if_match: IfMatch,
    JsonBody(body): JsonBody<PatchPromotionRequest>,
) -> Result<HttpResponse, Error> {
    let id: PromotionId = id.parse().map_err(|_| Error::not_found())?;
    let now = state.clock.system_now();
    let changed = state.db.write_shared(async |tx| {
        if_match.check(&dto::promotion(service::lock(tx, id).await?))?;
        service::patch(tx, id, dto::changes(&body), now).await?;
        service::get(tx, id).await
    });
    let promotion = dto::promotion(changed.await?);
    etag::json_tagged_as(&promotion, &promotion)
}

/// Take a promotion away.
#[utoipa::path(tag = "operator", operation_id = "delete_promotion", summary = "Delete a promotion",
    description = "Takes a promotion or a launch away for good; its marker is gone with it. For operators.",
    params(("id" = PromotionId, Path, description = "The promotion's id.")),
    responses((status = 204, description = "It is gone.")))]
#[delete("/api/v1/operator/promotions/{id}")]
async fn delete_promotion(
    state: web::Data<State>,
    _: Operator,
    id: web::Path<String>,
    if_match: IfMatch,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let id: PromotionId = id.parse().map_err(|_| Error::not_found())?;
    let deleted = state.db.write_shared(async |tx| {
        if_match.check(&dto::promotion(service::lock(tx, id).await?))?;
        service::delete(tx, id).await
    });
    deleted.await?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}
