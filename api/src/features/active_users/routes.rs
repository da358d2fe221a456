//! `/active-users` and `/active-users.csv`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::dto::active_users::ActiveUsersSeries;
use shared::vocab::{ActivationId, Bucket, ClientId, Compare, Measure, ProductId, Range};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::filter::Filter;
use super::service::{self, SeriesRequest};
use super::{dto, selection};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{StrictQuery, etag, strict_query};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_active_users).service(get_active_users_csv);
}

/// Which series.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetActiveUsers {
    /// How far back from today, today included; 30 days without it and without dates.
    range: Option<Range>,
    /// First day, in the reseller's zone; together with `to`, instead of `range`.
    #[serde(deserialize_with = "strict_query::day")]
    from: Option<NaiveDate>,
    /// Last day, included; at most 24 months. Days that have not come are not shown.
    #[serde(deserialize_with = "strict_query::day")]
    to: Option<NaiveDate>,
    /// What one point counts over: `7d` by day; `30d` by day (default) or week; `6m` by week (default), day or month; dates by
    /// day up to 31 days, by week up to 200, else by month, or as asked.
    bucket: Option<Bucket>,
    /// What each point carries beside it: the one of the period before (default), of a year earlier, or none.
    compare: Option<Compare>,
    /// Whom a point counts: everybody of its bucket (default), or of the 7 or 30 days that end with its day; then by day.
    measure: Option<Measure>,
    /// Only users of this product. One of `product`, `client` and `activation`.
    product: Option<ProductId>,
    /// Only users of this client.
    client: Option<ClientId>,
    /// Only users of this activation.
    activation: Option<ActivationId>,
}

impl GetActiveUsers {
    fn request(&self) -> Result<SeriesRequest, Error> {
        Ok(SeriesRequest {
            selection: selection::of(self.range, self.from, self.to)?,
            view: selection::view(self.bucket, self.compare, self.measure),
            filter: Filter::of(self.product, self.client, self.activation)?,
        })
    }
}

async fn read(
    state: &State,
    caller: &Caller<policy::UsageRead>,
    query: &GetActiveUsers,
) -> Result<ActiveUsersSeries, Error> {
    let reseller = &caller.reseller_now(&state.db).await?;
    let as_of = state.clock.now(reseller);
    let request = query.request()?;
    let series = state.db.read(async |tx| service::series(tx, reseller, as_of, request).await).await?;
    Ok(dto::series(reseller, as_of, &series))
}

/// Distinct end users over time.
#[utoipa::path(tag = "active-users", operation_id = "get_active_users", summary = "Get active users over time",
    description = "Distinct end users per local day, week (Monday first) or month, one point per bucket, oldest first. \
                   Distinct in the bucket: points never add up. With `measure` each point counts the 7 or 30 days that end with \
                   it. The bucket of today is still running. Before the first event ever a point is null, from then on an \
                   empty bucket is 0. The people behind a point: `GET /end-users` from its `from_on` to its `to_on`. Needs \
                   `usage_read`.",
    params(GetActiveUsers),
    responses((status = 200, description = "The series.", body = ActiveUsersSeries)))]
#[get("/api/v1/active-users")]
async fn get_active_users(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<GetActiveUsers>,
) -> Result<HttpResponse, Error> {
    etag::json_of_state(&request, &read(&state, &caller, &query).await?)
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
    let series = read(&state, &caller, &query).await?;
    let name = format!("active-users_{}_{}.csv", series.from_on, series.to_on);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(dto::csv(&series)))
}
