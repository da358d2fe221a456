//! `/end-users`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::dto::end_user::EndUser;
use shared::dto::page::Page;
use shared::vocab::ProductId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, ListRequest};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_end_users);
}

/// Window and page of the end users list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListEndUsers {
    /// First day of the window, in the reseller's zone; without it the window has 30 days.
    active_from: Option<NaiveDate>,
    /// Last day of the window; today without it.
    active_to: Option<NaiveDate>,
    /// Only users of this product.
    product: Option<ProductId>,
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

/// The people behind a figure of active users.
#[utoipa::path(tag = "active-users", operation_id = "list_end_users", summary = "List end users",
    description = "Everybody with counted use in the window, whoever was first seen last comes first, under stable pseudonyms. \
                   Without dates the window is that of the key figure, and the total is that figure. Needs `usage_read`.",
    params(ListEndUsers),
    responses((status = 200, description = "A page of end users.", body = Page<EndUser>)))]
#[get("/api/v1/end-users")]
async fn list_end_users(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<ListEndUsers>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let limit = cursor::check_limit(query.limit)?;
    let (from, to) = service::window(reseller, as_of, query.active_from, query.active_to)?;
    let list = format!("list_end_users {} {from} {to} {:?}", reseller.id, query.product);
    let edge: Option<Cursor<i64>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let asked = ListRequest { from, to, product: query.product, edge, limit, includes_total: query.include_total };
    let (rows, total) = state.db.read(async |tx| service::list(tx, reseller, &asked).await).await?;
    let page = state.cursors.page(&list, direction, limit, rows, |listed| listed.row.no)?;
    etag::json_of_state(&request, &page.with(total, dto::end_user))
}
