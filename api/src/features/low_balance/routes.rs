//! `/wallet/low-balance-alerts`.

use actix_web::{HttpRequest, HttpResponse, get, put, web};
use shared::dto::wallet::LowBalanceAlerts;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{dto, service};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::db::WriteTx;
use crate::error::Error;
use crate::http::{IfMatch, JsonBody, NoParameters, RequestId, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_low_balance_alerts).service(set_low_balance_alerts);
}

/// When it is told.
#[utoipa::path(tag = "wallet", operation_id = "get_low_balance_alerts", summary = "Get the low-balance alerts",
    description = "The amounts below which the balance is told of as low. Needs `wallet_read`.",
    responses((status = 200, description = "The alerts.", body = LowBalanceAlerts)))]
#[get("/api/v1/wallet/low-balance-alerts")]
async fn get_low_balance_alerts(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let thresholds = state.db.read(async |tx| service::get(tx, reseller).await).await?;
    etag::json_of_state(&request, &dto::alerts(reseller, &thresholds))
}

/// Tell at other amounts.
#[utoipa::path(tag = "wallet", operation_id = "set_low_balance_alerts", summary = "Set the low-balance alerts",
    description = "Puts these amounts, in any order, in the place of those that are there; an empty list turns the alerts off. \
                   Each time the balance falls below one of them there is a notice `balance_low` and an event \
                   `wallet.balance_low`, in the transaction that took the money; what crosses several is told once, with \
                   the lowest. A balance that is below an amount already is not told of again until it was above. Needs \
                   `wallet_top_up`.",
    request_body(content = LowBalanceAlerts, description = "The amounts."),
    responses((status = 200, description = "The alerts.", body = LowBalanceAlerts)))]
#[put("/api/v1/wallet/low-balance-alerts")]
async fn set_low_balance_alerts(
    state: web::Data<State>,
    caller: Caller<policy::WalletTopUp>,
    request_id: RequestId,
    if_match: IfMatch,
    JsonBody(body): JsonBody<LowBalanceAlerts>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let write = async |tx: &WriteTx| {
        if_match.check(&dto::alerts(reseller, &service::lock(tx, reseller).await?))?;
        let asked = (state.clock.now(reseller), Some(request_id.0.as_str()));
        service::set(tx, reseller, &caller.actor, asked, &body.thresholds).await?;
        service::get(tx.connection(), reseller).await
    };
    let alerts = dto::alerts(reseller, &state.db.write(reseller.id, write).await?);
    etag::json_tagged_as(&alerts, &alerts)
}
