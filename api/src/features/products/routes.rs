//! `/products`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::catalogue::Product;
use shared::dto::page::Page;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service::PricedProduct;
use super::{dto, service};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_products);
}

/// The page of the catalogue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListProducts {
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

/// The catalogue in the reseller's currency, by name.
#[utoipa::path(tag = "catalogue", operation_id = "list_products", summary = "List products",
    description = "The products that are priced in the reseller's currency, by name, with the prices in force today. Retired \
                   ones cannot be activated any more; what runs keeps running. Needs `activations_read`.",
    params(ListProducts),
    responses((status = 200, description = "A page of the catalogue.", body = Page<Product>)))]
#[get("/api/v1/products")]
async fn list_products(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<ListProducts>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let limit = cursor::check_limit(query.limit)?;
    let list = format!("list_products {}", reseller.id);
    let edge: Option<Cursor<service::Key>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let all = state.db.read(async |tx| service::list(tx, reseller, as_of).await).await?;
    let total = query.include_total.then(|| i64::try_from(all.len())).transpose().map_err(Error::internal)?;
    let rows = service::cut(all, edge.as_ref(), limit);
    let page = state.cursors.page(&list, edge.map(|edge| edge.direction), limit, rows, PricedProduct::key)?;
    etag::json_of_state(&request, &page.with(total, |row| dto::product(reseller, row)))
}
