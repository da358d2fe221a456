//! `/explanations/{figure}`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::dto::explanation::Explanation;
use shared::vocab::{Figure, Permission, ProductId};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Context, Point};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{StrictQuery, etag, strict_query};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(get_explanation);
}

/// Which point; only with `active_users`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GetExplanation {
    /// First day of the point, in the reseller's zone.
    #[serde(deserialize_with = "strict_query::day")]
    from: Option<NaiveDate>,
    /// Last day of the point.
    #[serde(deserialize_with = "strict_query::day")]
    to: Option<NaiveDate>,
    /// Only users of this product.
    product: Option<ProductId>,
}

/// What a figure means and which rows it counts.
#[utoipa::path(tag = "dashboard", operation_id = "get_explanation", summary = "Explain a figure",
    description = "What a figure means in words, the days and the zone it looks at, its value now, and the list whose rows it \
                   counts: the `total` of that list is `rows.count`. Needs what the figure needs: `usage_read` for users, \
                   `activations_read` for software, `wallet_read` for money.",
    params(("figure" = Figure, Path, description = "Which figure."), GetExplanation),
    responses((status = 200, description = "The explanation.", body = Explanation)))]
#[get("/api/v1/explanations/{figure}")]
async fn get_explanation(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller<policy::AnyMember>,
    figure: web::Path<String>,
    StrictQuery(query): StrictQuery<GetExplanation>,
) -> Result<HttpResponse, Error> {
    let readers = [Permission::ActivationsRead, Permission::UsageRead, Permission::WalletRead];
    if !readers.into_iter().any(|permission| caller.may(permission)) {
        caller.require(Permission::ActivationsRead)?;
    }
    let figure: Figure = figure.parse().map_err(|_| Error::not_found())?;
    caller.require(needed(figure))?;
    let reseller = &caller.reseller_now(&state.db).await?;
    let as_of = state.clock.now(reseller);
    let point = Point { from: query.from, to: query.to, product: query.product };
    let explained = state.db.read(async |snapshot| {
        service::explain(Context { state: &state, snapshot, reseller, as_of }, figure, point).await
    });
    etag::json_of_state(&request, &dto::explanation(reseller, as_of, figure, &explained.await?))
}

fn needed(figure: Figure) -> Permission {
    match figure {
        Figure::TotalActiveUsers | Figure::ActiveUsers => Permission::UsageRead,
        Figure::TotalActiveSoftware => Permission::ActivationsRead,
        Figure::Balance | Figure::MonthlyEquivalent | Figure::DueIn30Days | Figure::CoveredUntil => {
            Permission::WalletRead
        }
    }
}
