//! `/end-users`.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use futures_util::stream;
use serde::Deserialize;
use shared::dto::end_user::EndUser;
use shared::dto::page::Page;
use shared::vocab::{ActivationId, ClientId, Permission, ProductId};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Asked, ListRequest};
use crate::app::State;
use crate::auth::{Caller, Reseller, policy};
use crate::error::Error;
use crate::features::active_users::filter::Filter;
use crate::http::cursor::{self, Cursor};
use crate::http::{StrictQuery, etag, strict_query};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_end_users).service(get_end_users_csv);
}

/// Window and page of the end users list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListEndUsers {
    /// First day of the window, in the reseller's zone; without it the window has 30 days.
    #[serde(deserialize_with = "strict_query::day")]
    active_from: Option<NaiveDate>,
    /// Last day of the window; today without it.
    #[serde(deserialize_with = "strict_query::day")]
    active_to: Option<NaiveDate>,
    /// Only users of this product. One of `product`, `client` and `activation`.
    product: Option<ProductId>,
    /// Only users of this client.
    client: Option<ClientId>,
    /// Only users of this activation.
    activation: Option<ActivationId>,
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

/// Window and filter of the download.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FilterEndUsers {
    /// First day of the window, in the reseller's zone; without it the window has 30 days.
    #[serde(deserialize_with = "strict_query::day")]
    active_from: Option<NaiveDate>,
    /// Last day of the window; today without it.
    #[serde(deserialize_with = "strict_query::day")]
    active_to: Option<NaiveDate>,
    /// Only users of this product. One of `product`, `client` and `activation`.
    product: Option<ProductId>,
    /// Only users of this client.
    client: Option<ClientId>,
    /// Only users of this activation.
    activation: Option<ActivationId>,
}

impl FilterEndUsers {
    fn asked(&self, state: &State, reseller: &Reseller) -> Result<Asked, Error> {
        let as_of = state.clock.now(reseller);
        let filter = Filter::of(self.product, self.client, self.activation)?;
        let asked = Asked::on(reseller, as_of, (self.active_from, self.active_to), filter);
        asked.ok_or_else(|| Error::field("?active_to", "invalid", "must not be before active_from"))
    }
}

impl ListEndUsers {
    fn filter(&self) -> FilterEndUsers {
        let Self { active_from, active_to, product, client, activation, .. } = *self;
        FilterEndUsers { active_from, active_to, product, client, activation }
    }
}

/// The people behind a figure of active users.
#[utoipa::path(tag = "active-users", operation_id = "list_end_users", summary = "List end users",
    description = "Everybody with counted use in the window, whoever was first seen last comes first, under stable pseudonyms. \
                   Without dates the window is that of the key figure, and the total is that figure. From the `from_on` to the \
                   `to_on` of a point of `GET /active-users`, with the same filter, the list has exactly as many rows as the \
                   point says. Needs `usage_read`.",
    params(ListEndUsers),
    responses((status = 200, description = "A page of end users.", body = Page<EndUser>)))]
#[get("/api/v1/end-users")]
async fn list_end_users(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<ListEndUsers>,
) -> Result<HttpResponse, Error> {
    let limit = cursor::check_limit(query.limit)?;
    let reseller = &caller.reseller_now(&state.db).await?;
    let asked = query.filter().asked(&state, reseller)?;
    let list = format!("list_end_users {} {} {} {:?}", reseller.id, asked.from, asked.to, asked.filter);
    let edge: Option<Cursor<i64>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let asked = ListRequest { asked, edge, limit, includes_total: query.include_total };
    let (rows, total) = state.db.read(async |tx| service::list(tx, reseller, &asked).await).await?;
    let page = state.cursors.page(&list, direction, limit, rows, |listed| listed.row.no)?;
    etag::json_of_state(&request, &page.with(total, dto::end_user))
}

/// The people behind a figure as CSV.
#[utoipa::path(tag = "active-users", operation_id = "get_end_users_csv", summary = "Download end users",
    description = "All rows of `GET /end-users` with the same window and filter as RFC 4180 CSV: pseudonym, client, products used \
                   in the window, first and last use, and the label where one is kept. A text that a spreadsheet would take for a formula begins with an \
                   apostrophe. Needs `usage_read` and `reports_export`.",
    params(FilterEndUsers),
    responses((status = 200, description = "The end users as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/end-users.csv")]
async fn get_end_users_csv(
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<FilterEndUsers>,
) -> Result<HttpResponse, Error> {
    caller.require(Permission::ReportsExport)?;
    let reseller = caller.reseller_now(&state.db).await?;
    let asked = query.asked(&state, &reseller)?;
    let name = format!("end-users_{}_{}.csv", asked.from, asked.to);
    let db = state.db.clone();
    let first = service::chunk(db.pool(), &reseller, &asked, None).await?;
    // Sent while it is read: any number of people needs no more memory than one chunk.
    let chunks = stream::unfold((first, Some(dto::csv_header())), move |(rows, header)| {
        let (db, reseller) = (db.clone(), reseller.clone());
        async move {
            let last = rows.last().map(|listed| listed.row.no);
            if last.is_none() && header.is_none() {
                return None;
            }
            let mut text = header.unwrap_or_default();
            for listed in rows {
                text.push_str(&dto::csv_row(listed));
            }
            let next = match last {
                Some(_) => service::chunk(db.pool(), &reseller, &asked, last).await,
                None => Ok(Vec::new()),
            };
            Some(match next {
                Ok(next) => (Ok(Bytes::from(text)), (next, None)),
                Err(error) => (Err(error), (Vec::new(), None)),
            })
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .streaming(chunks))
}
