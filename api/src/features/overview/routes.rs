//! `/overview`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use shared::dto::overview::Overview;
use shared::vocab::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{dto, service};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::recurring_costs::service as costs;
use crate::http::{NoParameters, StrictQuery, etag};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_overview);
}

/// The figures at the top of the dashboard.
#[utoipa::path(tag = "dashboard", operation_id = "get_overview", summary = "Get the key figures",
    description = "Distinct end users of the 30 local days that end today, activations that are on, and the balance; each with \
                   what it was before. The people behind the first figure are `GET /end-users`, the rows behind the second \
                   `GET /activations?status=active`. The balance is null for callers without `wallet_read`. Needs \
                   `activations_read` and `usage_read`.",
    responses((status = 200, description = "The figures.", body = Overview)))]
#[get("/api/v1/overview")]
async fn get_overview(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    caller.require(Permission::UsageRead)?;
    let reseller = &caller.reseller_now(&state.db).await?;
    let as_of = state.clock.now(reseller);
    let sees_money = caller.may(Permission::WalletRead);
    let overview = state.db.read(async |tx| {
        let outlook = if sees_money { Some(state.outlooks.at(tx, reseller, as_of).await?) } else { None };
        let sums = match outlook {
            Some(outlook) => Some(costs::sums(tx, reseller, as_of, &outlook.next).await?),
            None => None,
        };
        service::get(tx, reseller, as_of, sums.as_deref()).await
    });
    let overview = overview.await?;
    etag::json_of_state(&request, &dto::overview(reseller, as_of, overview))
}
