//! `/reports/cost-per-active-user`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::report::CostsPerActiveUser;
use shared::vocab::CostBy;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Asked, whole};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::reports::dto;
use crate::features::reports::service::Part;
use crate::features::reports::service::cost_per_user::costs;
use crate::http::{StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_cost_per_active_user).service(get_cost_per_active_user_csv);
}

/// Which rows, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetCostPerActiveUser {
    /// What a row is; products without it.
    by: Option<CostBy>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// From `next_cursor` or `prev_cursor` of a page of the same list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetCostPerActiveUserCsv {
    /// What a row is; products without it.
    by: Option<CostBy>,
}

/// What an active user costs.
#[utoipa::path(tag = "reports", operation_id = "get_cost_per_active_user", summary = "Get costs per active user",
    description = "What renews of each product or client by the month, divided by its distinct end users of the 30 days that end today: \
                   exact, rounded once, half-up; null without users. The figure for the 30 days before divides the same cost \
                   by the users of those days. Amounts are null for callers without `wallet_read`. Needs \
                   `activations_read` and `usage_read`.",
    params(GetCostPerActiveUser),
    responses((status = 200, description = "The report.", body = CostsPerActiveUser)))]
#[get("/api/v1/reports/cost-per-active-user")]
async fn get_cost_per_active_user(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetCostPerActiveUser>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::by(&state, &caller).await?;
    let by = query.by.unwrap_or(CostBy::Product);
    let paging = asked.paging(&format!("cost-per-user {by}"), query.cursor.as_deref(), query.limit)?;
    let mut report = asked.read(async |context| costs(context, by, &paging.part).await).await?;
    let page = paging.page(std::mem::take(&mut report.rows))?;
    etag::json_of_state(&request, &dto::costs(asked.shown(), by, &report, page)?)
}

/// The same rows as CSV.
#[utoipa::path(tag = "reports", operation_id = "get_cost_per_active_user_csv", summary = "Download costs per active user",
    description = "All rows of `GET /reports/cost-per-active-user` with the same filters as RFC 4180 CSV. Amounts are numbers with the \
                   currency's digits; a text that a spreadsheet would take for a formula begins with an apostrophe. Needs \
                   `activations_read`, `usage_read` and `reports_export`.",
    params(GetCostPerActiveUserCsv),
    responses((status = 200, description = "The rows as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/reports/cost-per-active-user.csv")]
async fn get_cost_per_active_user_csv(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetCostPerActiveUserCsv>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::to_export(&state, &caller).await?;
    let by = query.by.unwrap_or(CostBy::Product);
    let mut report = asked.read(async |context| costs(context, by, &Part::All).await).await?;
    let page = whole(std::mem::take(&mut report.rows));
    let report = dto::costs(asked.shown(), by, &report, page)?;
    Ok(asked.csv("cost-per-active-user", dto::csv::costs(&report)))
}
