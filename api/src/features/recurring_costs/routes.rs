//! `/recurring-costs`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use shared::dto::recurring_costs::RecurringCosts;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{dto, service};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{NoParameters, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_recurring_costs);
}

/// What renews, by billing interval.
#[utoipa::path(tag = "dashboard", operation_id = "get_recurring_costs", summary = "Get recurring costs",
    description = "One card per billing interval, shortest first: how many activations will renew, what one round costs, \
                   what that is by the month, the next charge, and what falls due soon. The footer adds all cards up by \
                   the month, exactly, and rounds once. The rows behind a card are \
                   `GET /activations?billing_interval=…&renewing=true`. Needs `wallet_read`.",
    responses((status = 200, description = "The recurring costs.", body = RecurringCosts)))]
#[get("/api/v1/recurring-costs")]
async fn get_recurring_costs(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::WalletRead>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let as_of = state.clock.now(reseller);
    let costs = state.db.read(async |tx| {
        let outlook = state.outlooks.at(tx, reseller, as_of).await?;
        service::get(service::sums(tx, reseller, as_of, &outlook.next).await?)
    });
    let costs = costs.await?;
    etag::json_of_state(&request, &dto::recurring_costs(reseller, as_of, &costs))
}
