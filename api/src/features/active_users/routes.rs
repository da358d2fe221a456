//! `/active-users` and `/active-users.csv`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::active_users::ActiveUsersSeries;
use shared::vocab::{ActivationId, Bucket, Compare, ProductId, Range};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, SeriesRequest};
use crate::app::State;
use crate::auth::{Caller, Reseller, policy};
use crate::error::Error;
use crate::http::{StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_active_users).service(get_active_users_csv);
}

/// Which series.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetActiveUsers {
    /// How far back from today, today included; 30 days without it.
    range: Option<Range>,
    /// What one point counts over: `7d` by day; `30d` by day (default) or week; `6m` by week (default), day or month.
    bucket: Option<Bucket>,
    /// Whether each point carries the one of the period before; it does without it.
    compare: Option<Compare>,
    /// Only users of this product. Cannot be combined with `activation`.
    product: Option<ProductId>,
    /// Only users of this activation.
    activation: Option<ActivationId>,
}

impl GetActiveUsers {
    fn request(&self) -> SeriesRequest {
        SeriesRequest {
            range: self.range.unwrap_or(Range::ThirtyDays),
            bucket: self.bucket,
            compare: self.compare.unwrap_or(Compare::Prev),
            product: self.product,
            activation: self.activation,
        }
    }
}

async fn read(state: &State, reseller: &Reseller, query: &GetActiveUsers) -> Result<ActiveUsersSeries, Error> {
    let as_of = state.clock.now(reseller);
    let series = state.db.read(async |tx| service::series(tx, reseller, as_of, query.request()).await).await?;
    Ok(dto::series(reseller, as_of, &series))
}

/// Distinct end users over time.
#[utoipa::path(tag = "active-users", operation_id = "get_active_users", summary = "Get active users over time",
    description = "Distinct end users per local day, week (Monday first) or month, one point per bucket, oldest first. \
                   Distinct in the bucket: points never add up. The last bucket is still running. Before the first event \
                   ever a point is null, from then on an empty bucket is 0. Needs `usage_read`.",
    params(GetActiveUsers),
    responses((status = 200, description = "The series.", body = ActiveUsersSeries)))]
#[get("/api/v1/active-users")]
async fn get_active_users(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<GetActiveUsers>,
) -> Result<HttpResponse, Error> {
    etag::json_of_state(&request, &read(&state, caller.reseller(), &query).await?)
}

/// The same series as CSV.
#[utoipa::path(tag = "active-users", operation_id = "get_active_users_csv", summary = "Download active users over time",
    description = "The rows of `GET /active-users` with the same parameters as RFC 4180 CSV: `date`, `to`, `value`, \
                   `previous_date`, `previous`; dates are ISO, empty where there is no value. Needs `usage_read`.",
    params(GetActiveUsers),
    responses((status = 200, description = "The series as CSV.", body = String, content_type = "text/csv")))]
#[get("/api/v1/active-users.csv")]
async fn get_active_users_csv(
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<GetActiveUsers>,
) -> Result<HttpResponse, Error> {
    let series = read(&state, caller.reseller(), &query).await?;
    let name = format!("active-users_{}_{}.csv", series.from_on, series.to_on);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(dto::csv(&series)))
}
