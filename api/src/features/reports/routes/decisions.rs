//! `/reports/renewal-decisions`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::report::RenewalDecisions;
use shared::vocab::Suggestion;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Asked, check_days, whole};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::reports::dto;
use crate::features::reports::service::{Part, decisions::decisions};
use crate::http::{CommaList, StrictQuery, etag};

const DEFAULT_DAYS: u16 = 30;
const MAX_DAYS: u16 = 90;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_renewal_decisions).service(get_renewal_decisions_csv);
}

/// Which rows, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetRenewalDecisions {
    /// Renewals due so many days from today, overdue ones included.
    #[param(minimum = 1, maximum = 90, default = 30)]
    days: Option<u16>,
    /// Comma list of suggestions.
    #[param(value_type = Option<Vec<Suggestion>>, style = Form, explode = false)]
    suggestion: CommaList<Suggestion>,
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
struct GetRenewalDecisionsCsv {
    /// Renewals due so many days from today, overdue ones included.
    #[param(minimum = 1, maximum = 90, default = 30)]
    days: Option<u16>,
    /// Comma list of suggestions.
    #[param(value_type = Option<Vec<Suggestion>>, style = Form, explode = false)]
    suggestion: CommaList<Suggestion>,
}

/// Which renewals are worth it.
#[utoipa::path(tag = "reports", operation_id = "get_renewal_decisions", summary = "Get renewals to decide about",
    description = "Activations whose next renewal is due, with what it takes, who uses them now and who did before, and a suggestion \
                   with the rules behind it: drop, pause, renew; in each the earliest first. Nothing is done by itself. Amounts are null for callers without `wallet_read`. Needs \
                   `activations_read` and `usage_read`.",
    params(GetRenewalDecisions),
    responses((status = 200, description = "The report.", body = RenewalDecisions)))]
#[get("/api/v1/reports/renewal-decisions")]
async fn get_renewal_decisions(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetRenewalDecisions>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::by(&state, &caller).await?;
    let days = check_days(query.days, DEFAULT_DAYS, MAX_DAYS)?;
    let suggestions = &query.suggestion.0;
    let paging = asked.paging(&format!("decisions {days} {suggestions:?}"), query.cursor.as_deref(), query.limit)?;
    let mut report = asked.read(async |context| decisions(context, days, suggestions, &paging.part).await).await?;
    let page = paging.page(std::mem::take(&mut report.rows))?;
    etag::json_of_state(&request, &dto::decisions(asked.shown(), &report, page)?)
}

/// The same rows as CSV.
#[utoipa::path(tag = "reports", operation_id = "get_renewal_decisions_csv", summary = "Download renewals to decide about",
    description = "All rows of `GET /reports/renewal-decisions` with the same filters as RFC 4180 CSV. Amounts are numbers with the \
                   currency's digits; a text that a spreadsheet would take for a formula begins with an apostrophe. Needs \
                   `activations_read`, `usage_read` and `reports_export`.",
    params(GetRenewalDecisionsCsv),
    responses((status = 200, description = "The rows as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/reports/renewal-decisions.csv")]
async fn get_renewal_decisions_csv(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    StrictQuery(query): StrictQuery<GetRenewalDecisionsCsv>,
) -> Result<HttpResponse, Error> {
    let asked = Asked::to_export(&state, &caller).await?;
    let days = check_days(query.days, DEFAULT_DAYS, MAX_DAYS)?;
    let suggestions = &query.suggestion.0;
    let mut report = asked.read(async |context| decisions(context, days, suggestions, &Part::All).await).await?;
    let page = whole(std::mem::take(&mut report.rows));
    let report = dto::decisions(asked.shown(), &report, page)?;
    Ok(asked.csv("renewal-decisions", dto::csv::decisions(&report)))
}
