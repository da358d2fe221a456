//! `/reports/unused-activations`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::report::UnusedActivations;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Asked, check_days, whole};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::reports::dto;
use crate::features::reports::service::{Part, unused::unused};
use crate::http::{StrictQuery, etag};

const DEFAULT_DAYS: u16 = 30;
const MAX_DAYS: u16 = 365;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_unused_activations).service(get_unused_activations_csv);
}

/// Which rows, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetUnusedActivations {
    /// Days without use, today included.
    #[param(minimum = 1, maximum = 365, default = 30)]
    days: Option<u16>,
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
struct GetUnusedActivationsCsv {
    /// Days without use, today included.
    #[param(minimum = 1, maximum = 365, default = 30)]
    days: Option<u16>,
}

/// What nobody uses.
#[utoipa::path(tag = "reports", operation_id = "get_unused_activations", summary = "Get unused activations",
    description = "Activations that are on, or paused and still paid for, without counted use in the days that end today, though they \
                   have been on for longer; with what is paid for days that have not come yet (of each period the unused \
                   share, rounded down) and what the next renewal takes. Most at stake first. Amounts are null for callers without `wallet_read`. Needs \
                   `activations_read` and `usage_read`.",
    params(GetUnusedActivations),
    responses((status = 200, description = "The report.", body = UnusedActivations)))]
#[get("/api/v1/reports/unused-activations")]
async fn get_unused_activations(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetUnusedActivations>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::by(&state, &caller).await?;
    let days = check_days(query.days, DEFAULT_DAYS, MAX_DAYS)?;
    let paging = asked.paging(&format!("unused {days}"), query.cursor.as_deref(), query.limit)?;
    let mut report = asked.read(async |context| unused(context, days, &paging.part).await).await?;
    let page = paging.page(std::mem::take(&mut report.rows))?;
    etag::json_of_state(&request, &dto::unused(asked.shown(), &report, page)?)
}

/// The same rows as CSV.
#[utoipa::path(tag = "reports", operation_id = "get_unused_activations_csv", summary = "Download unused activations",
    description = "All rows of `GET /reports/unused-activations` with the same filters as RFC 4180 CSV. Amounts are numbers with the \
                   currency's digits; a text that a spreadsheet would take for a formula begins with an apostrophe. Needs \
                   `activations_read`, `usage_read` and `reports_export`.",
    params(GetUnusedActivationsCsv),
    responses((status = 200, description = "The rows as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/reports/unused-activations.csv")]
async fn get_unused_activations_csv(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetUnusedActivationsCsv>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::to_export(&state, &caller).await?;
    let days = check_days(query.days, DEFAULT_DAYS, MAX_DAYS)?;
    let mut report = asked.read(async |context| unused(context, days, &Part::All).await).await?;
    let page = whole(std::mem::take(&mut report.rows));
    let report = dto::unused(asked.shown(), &report, page)?;
    Ok(asked.csv("unused-activations", dto::csv::unused(&report)))
}
