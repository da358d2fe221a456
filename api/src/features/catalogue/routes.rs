//! `/operator/products` and `/operator/price-migrations`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use shared::dto::operator::{
    CreatePriceMigrationRequest, CreatePriceRequest, CreateProductRequest, OperatorProduct, PriceMigration,
    RetireProductRequest,
};
use shared::dto::page::Page;
use shared::vocab::ProductId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::service::NewPrice;
use super::{dto, service};
use crate::app::State;
use crate::auth::Operator;
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{Idempotent, NoParameters, Reply, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_operator_products)
        .service(create_product)
        .service(get_operator_product)
        .service(retire_product)
        .service(create_price)
        .service(list_price_migrations)
        .service(create_price_migration);
}

/// The page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOfList {
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// The catalogue.
#[utoipa::path(tag = "operator", operation_id = "list_operator_products", summary = "List the catalogue",
    description = "A page of the products with every price they ever had, the newest product first. For operators.",
    params(PageOfList),
    responses((status = 200, description = "A page of products.", body = Page<OperatorProduct>)))]
#[get("/api/v1/operator/products")]
async fn list_operator_products(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<PageOfList>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_operator_products";
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| service::list_products(tx, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(list, direction, limit, rows, |managed| managed.row.id)?;
    etag::json_of_state(&request, &page.with(None, dto::product))
}

/// Add a product.
#[utoipa::path(tag = "operator", operation_id = "create_product", summary = "Add a product",
    description = "Adds a product. Resellers see it as soon as it has a price in their currency. For operators.",
    request_body(content = CreateProductRequest, description = "What it is.",
        example = json!({"reference": "ai-writer", "name": "AI Writer", "grace_days": 7})),
    responses((status = 201, description = "The product.", body = OperatorProduct)))]
#[post("/api/v1/operator/products")]
async fn create_product(
    state: web::Data<State>,
    operator: Operator,
    call: Idempotent<CreateProductRequest>,
) -> Result<HttpResponse, Error> {
    let now = state.clock.system_now();
    let work = async |tx: &_| {
        let product = service::create_product(tx, now, dto::details(call.body.clone())).await?;
        Reply::created(&dto::product(product))
    };
    call.perform_shared(&state, operator.id(), work).await
}

/// One product.
#[utoipa::path(tag = "operator", operation_id = "get_operator_product", summary = "Get a product with all its prices",
    description = "One product with every price it ever had. For operators.",
    params(("id" = ProductId, Path, description = "The product's id.")),
    responses((status = 200, description = "The product.", body = OperatorProduct)))]
#[get("/api/v1/operator/products/{id}")]
async fn get_operator_product(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    id: web::Path<String>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let id: ProductId = id.parse().map_err(|_| Error::not_found())?;
    let product = state.db.read(async |tx| service::get_product(tx, id).await).await?;
    etag::json_of_state(&request, &dto::product(product))
}

/// Retire a product.
#[utoipa::path(tag = "operator", operation_id = "retire_product", summary = "Retire a product",
    description = "Takes a product out of the catalogue: it cannot be activated any more, what runs keeps running. A retired \
                   one is 409 `invalid_transition`. For operators.",
    params(("id" = ProductId, Path, description = "The product's id.")),
    request_body(content = RetireProductRequest, description = "Nothing more is asked.", example = json!({})),
    responses((status = 200, description = "The retired product.", body = OperatorProduct)))]
#[post("/api/v1/operator/products/{id}/retire")]
async fn retire_product(
    state: web::Data<State>,
    operator: Operator,
    id: web::Path<String>,
    call: Idempotent<RetireProductRequest>,
) -> Result<HttpResponse, Error> {
    let id: ProductId = id.parse().map_err(|_| Error::not_found())?;
    let work = async |tx: &_| Reply::ok(&dto::product(service::retire_product(tx, id).await?));
    call.perform_shared(&state, operator.id(), work).await
}

/// Add a price.
#[utoipa::path(tag = "operator", operation_id = "create_price", summary = "Add a price",
    description = "Adds a price for an interval and a currency, in force from a day on. Prices never change: what runs keeps \
                   the price it holds until a price migration. For operators.",
    params(("id" = ProductId, Path, description = "The product's id.")),
    request_body(content = CreatePriceRequest, description = "What one period costs.",
        example = json!({"billing_interval": "monthly", "amount": {"amount": "29.00", "currency": "EUR"}})),
    responses((status = 201, description = "The product with the new price.", body = OperatorProduct)))]
#[post("/api/v1/operator/products/{id}/prices")]
async fn create_price(
    state: web::Data<State>,
    operator: Operator,
    id: web::Path<String>,
    call: Idempotent<CreatePriceRequest>,
) -> Result<HttpResponse, Error> {
    let id: ProductId = id.parse().map_err(|_| Error::not_found())?;
    let (now, body) = (state.clock.system_now(), &call.body);
    let new = NewPrice { interval: body.billing_interval, amount: body.amount, valid_from_on: body.valid_from_on };
    let work = async |tx: &_| Reply::created(&dto::product(service::create_price(tx, now, id, new).await?));
    call.perform_shared(&state, operator.id(), work).await
}

/// The price migrations.
#[utoipa::path(tag = "operator", operation_id = "list_price_migrations", summary = "List price migrations",
    description = "A page of the price migrations, the newest first. For operators.",
    params(PageOfList),
    responses((status = 200, description = "A page of price migrations.", body = Page<PriceMigration>)))]
#[get("/api/v1/operator/price-migrations")]
async fn list_price_migrations(
    request: HttpRequest,
    state: web::Data<State>,
    _: Operator,
    StrictQuery(query): StrictQuery<PageOfList>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let list = "list_price_migrations";
    let edge: Option<Cursor<Uuid>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let rows = state.db.read(async |tx| service::list_migrations(tx, edge.as_ref(), limit).await).await?;
    let page = state.cursors.page(list, direction, limit, rows, |announced| announced.row.id)?;
    etag::json_of_state(&request, &page.with(None, dto::migration))
}

/// Announce a price migration.
#[utoipa::path(tag = "operator", operation_id = "create_price_migration", summary = "Announce a price migration",
    description = "What runs on one price goes over to another: periods that start on the day or later cost the new price, \
                   whenever they are paid. Resellers have at least 30 days' notice. For operators.",
    request_body(content = CreatePriceMigrationRequest, description = "Which prices, and from when on.",
        example = json!({"from_price_id": "prc_01k4kneba5pr8v6j2c0d3f7g9h", "to_price_id": "prc_01k4kneba5pr8v6j2c0d3f7g9j",
            "effective_on": "2027-02-01"})),
    responses((status = 201, description = "The price migration.", body = PriceMigration)))]
#[post("/api/v1/operator/price-migrations")]
async fn create_price_migration(
    state: web::Data<State>,
    operator: Operator,
    call: Idempotent<CreatePriceMigrationRequest>,
) -> Result<HttpResponse, Error> {
    let (now, on) = (state.clock.system_now(), call.body.effective_on);
    let prices = (call.body.from_price_id, call.body.to_price_id);
    let work = async |tx: &_| {
        Reply::created(&dto::migration(service::migrate_price(tx, now, prices, on, &operator.actor).await?))
    };
    call.perform_shared(&state, operator.id(), work).await
}
