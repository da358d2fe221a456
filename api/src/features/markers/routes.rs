//! `/active-users/markers`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::dto::marker::Markers;
use shared::vocab::{ActivationId, Bucket, ClientId, Measure, ProductId, Range};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Asked};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::active_users::filter::Filter;
use crate::features::active_users::selection;
use crate::http::{StrictQuery, etag, strict_query};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(list_active_users_markers);
}

/// Which days, and of what.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListMarkers {
    /// How far back from today, today included; 30 days without it and without dates.
    range: Option<Range>,
    /// First day, in the reseller's zone; together with `to`, instead of `range`.
    #[serde(deserialize_with = "strict_query::day")]
    from: Option<NaiveDate>,
    /// Last day, included; at most 24 months.
    #[serde(deserialize_with = "strict_query::day")]
    to: Option<NaiveDate>,
    /// As of the series: by week or month its days are those of whole weeks or months.
    bucket: Option<Bucket>,
    /// As of the series: with the 7 or 30 days that end with each, its points are days.
    measure: Option<Measure>,
    /// Only what is about this product. One of `product`, `client` and `activation`.
    product: Option<ProductId>,
    /// Only what is about this client.
    client: Option<ClientId>,
    /// Only what is about this activation.
    activation: Option<ActivationId>,
}

/// What happened on the days of a series.
#[utoipa::path(tag = "active-users", operation_id = "list_active_users_markers", summary = "List markers of active users",
    description = "What happened on the days of `GET /active-users` with the same parameters, one item per day and kind: \
                   activations, pauses and ends, changes of price, promotions and launches (on their first day), the team's \
                   notes and the caller's own. A filter keeps what is about it; promotions, launches and notes about nothing in \
                   particular stay. Needs `usage_read`; activations, pauses, ends and prices also need `activations_read` and \
                   are left out without it.",
    params(ListMarkers),
    responses((status = 200, description = "The markers.", body = Markers)))]
#[get("/api/v1/active-users/markers")]
async fn list_active_users_markers(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::UsageRead>,
    StrictQuery(query): StrictQuery<ListMarkers>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let asked = Asked {
        selection: selection::of(query.range, query.from, query.to)?,
        view: selection::view(query.bucket, None, query.measure),
        filter: Filter::of(query.product, query.client, query.activation)?,
    };
    let found = state.db.read(async |tx| service::get(tx, reseller, &caller, as_of, &asked).await).await?;
    etag::json_of_state(&request, &dto::markers(reseller, as_of, found))
}
