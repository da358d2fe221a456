//! `/forecast` and `/upcoming-renewals`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::dto::forecast::{Forecast, UpcomingRenewal};
use shared::dto::page::Page;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{dto, service, upcoming};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::cursor::{self, Cursor};
use crate::http::{StrictQuery, etag};

const DEFAULT_FORECAST_DAYS: u16 = 90;
const MAX_FORECAST_DAYS: u16 = 730;
const DEFAULT_UPCOMING_DAYS: u16 = 30;
const MAX_UPCOMING_DAYS: u16 = 90;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_forecast).service(list_upcoming_renewals);
}

/// How far to look.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetForecast {
    /// Days of the projected balance, from today.
    #[param(minimum = 1, maximum = 730, default = 90)]
    days: Option<u16>,
}

fn check_days(days: Option<u16>, default: u16, max: u16) -> Result<i64, Error> {
    match days.unwrap_or(default) {
        days if (1..=max).contains(&days) => Ok(i64::from(days)),
        _ => Err(Error::field("?days", "out_of_range", format!("must be between 1 and {max}"))),
    }
}

/// How far the wallet reaches.
#[utoipa::path(tag = "wallet", operation_id = "get_forecast", summary = "Get the forecast",
    description = "Until when the wallet covers every renewal if nothing is topped up: the exact charges of everything that \
                   renews by itself, with the changes of interval and price that are known; no estimate. The first day that is \
                   not covered with the renewals that would fail on it in the order of charging, what to top up for 30, 60 and \
                   90 days, and the projected balance day by day. Needs `wallet_read`.",
    params(GetForecast),
    responses((status = 200, description = "The forecast.", body = Forecast)))]
#[get("/api/v1/forecast")]
async fn get_forecast(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<GetForecast>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let days = check_days(query.days, DEFAULT_FORECAST_DAYS, MAX_FORECAST_DAYS)?;
    let figures = state.db.read(async |tx| {
        let outlook = state.outlooks.at(tx, reseller, as_of).await?;
        service::forecast(tx, reseller, as_of, &outlook, days).await
    });
    let figures = figures.await?;
    etag::json_of_state(&request, &dto::forecast(reseller, as_of, figures)?)
}

/// Which renewals.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListUpcomingRenewals {
    /// Days from today; everything overdue is included.
    #[param(minimum = 1, maximum = 90, default = 30)]
    days: Option<u16>,
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

/// The charges of the next days.
#[utoipa::path(tag = "wallet", operation_id = "list_upcoming_renewals", summary = "List upcoming renewals",
    description = "Every charge of the next days in the order in which the run takes them (due date, priority, id), each with \
                   the projected balance after it and whether the wallet pays it if nothing is topped up. An activation that \
                   renews more than once in that time is listed as often. Needs `wallet_read`.",
    params(ListUpcomingRenewals),
    responses((status = 200, description = "A page of charges.", body = Page<UpcomingRenewal>)))]
#[get("/api/v1/upcoming-renewals")]
async fn list_upcoming_renewals(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    StrictQuery(query): StrictQuery<ListUpcomingRenewals>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let days = check_days(query.days, DEFAULT_UPCOMING_DAYS, MAX_UPCOMING_DAYS)?;
    let limit = cursor::check_limit(query.limit)?;
    let list = format!("list_upcoming_renewals {} {days}", reseller.id);
    let edge: Option<Cursor<upcoming::Key>> =
        query.cursor.as_deref().map(|text| state.cursors.decode(&list, text)).transpose()?;
    let today = reseller.date_of(as_of);
    let read = state.db.read(async |tx| {
        let outlook = state.outlooks.at(tx, reseller, as_of).await?;
        upcoming::list(tx, reseller, &outlook, today, days, edge.as_ref(), limit).await
    });
    let (rows, total) = read.await?;
    let direction = edge.as_ref().map(|edge| edge.direction);
    let page = state.cursors.page(&list, direction, limit, rows, upcoming::key_of)?;
    let total = query.include_total.then_some(total);
    etag::json_of_state(&request, &page.with(total, |renewal| dto::renewal(reseller, today, renewal)))
}
