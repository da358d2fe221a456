//! `/reports/activation-impact`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::report::ActivationImpacts;
use shared::vocab::ActivationId;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Asked, whole};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::reports::dto;
use crate::features::reports::service::Part;
use crate::features::reports::service::impact::{Filter, impacts};
use crate::http::{StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_activation_impact).service(get_activation_impact_csv);
}

/// Which rows, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetActivationImpact {
    /// Only this activation.
    activation: Option<ActivationId>,
    /// Only activations whose 28 days are all over, or only the others.
    complete: Option<bool>,
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
struct GetActivationImpactCsv {
    /// Only this activation.
    activation: Option<ActivationId>,
    /// Only activations whose 28 days are all over, or only the others.
    complete: Option<bool>,
}

/// What activations changed.
#[utoipa::path(tag = "reports", operation_id = "get_activation_impact", summary = "Get the impact of activations",
    description = "Who used what in the 28 days before and after each activation, the latest first: the client over all its products, \
                   and the activation itself; with the time to its first use. It tells of coincidence, not of cause. While \
                   not all 28 days are over, `is_complete` is false and figures count the days so far. Amounts are null for callers without `wallet_read`. Needs \
                   `activations_read` and `usage_read`.",
    params(GetActivationImpact),
    responses((status = 200, description = "The report.", body = ActivationImpacts)))]
#[get("/api/v1/reports/activation-impact")]
async fn get_activation_impact(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetActivationImpact>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::by(&state, &caller).await?;
    let filter = Filter { activation: query.activation, is_complete: query.complete };
    let paging = asked.paging(&format!("impact {filter:?}"), query.cursor.as_deref(), query.limit)?;
    let mut report = asked.read(async |context| impacts(context, filter, &paging.part).await).await?;
    let page = paging.page(std::mem::take(&mut report.rows))?;
    etag::json_of_state(&request, &dto::impacts(asked.shown(), &report, page)?)
}

/// The same rows as CSV.
#[utoipa::path(tag = "reports", operation_id = "get_activation_impact_csv", summary = "Download the impact of activations",
    description = "All rows of `GET /reports/activation-impact` with the same filters as RFC 4180 CSV. Amounts are numbers with the \
                   currency's digits; a text that a spreadsheet would take for a formula begins with an apostrophe. Needs \
                   `activations_read`, `usage_read` and `reports_export`.",
    params(GetActivationImpactCsv),
    responses((status = 200, description = "The rows as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/reports/activation-impact.csv")]
async fn get_activation_impact_csv(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetActivationImpactCsv>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::to_export(&state, &caller).await?;
    let filter = Filter { activation: query.activation, is_complete: query.complete };
    let mut report = asked.read(async |context| impacts(context, filter, &Part::All).await).await?;
    let page = whole(std::mem::take(&mut report.rows));
    let report = dto::impacts(asked.shown(), &report, page)?;
    Ok(asked.csv("activation-impact", dto::csv::impacts(&report)))
}
