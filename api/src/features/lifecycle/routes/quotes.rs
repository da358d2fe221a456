//! What an action would do. Nothing is stored, nothing expires.

use actix_web::{HttpResponse, post, web};
use shared::dto::lifecycle::{Quote, QuoteActionRequest, QuoteNewActivationRequest};
use shared::vocab::{ActivationId, Permission};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::{dto, service};
use super::context;
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{JsonBody, RequestId, no_store};

/// Registers the operations.
pub(super) fn register(app: &mut ServiceConfig) {
    app.service(quote_new_activation).service(quote_activation);
}

/// What a new activation would cost.
#[utoipa::path(tag = "activations", operation_id = "quote_new_activation", summary = "Quote a new activation",
    description = "What activating a product now would cost and lead to. Stores nothing; send `amount` and `period.start_on` \
                   back as `expected` to be bound by it. Balances are null for callers without `wallet_read`. Needs \
                   `activations_read`.",
    request_body(content = QuoteNewActivationRequest, description = "What, and how often it is paid."),
    responses((status = 200, description = "The quote.", body = Quote)))]
#[post("/api/v1/activations/quote")]
async fn quote_new_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    request_id: RequestId,
    JsonBody(body): JsonBody<QuoteNewActivationRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let context = context(&caller, state.clock.now(reseller), &request_id.0, None);
    let rehearsal = async |tx: &_| service::quote_new(tx, &context, &dto::quoted_new(&body)).await;
    let quoted = state.db.rehearse(reseller.id, rehearsal).await?;
    Ok(no_store(&dto::quote(reseller, &quoted, caller.may(Permission::WalletRead))))
}

/// What an action would do.
#[utoipa::path(tag = "activations", operation_id = "quote_activation", summary = "Quote an action",
    description = "What an action on an activation would cost and lead to now, what is due already included. Refused like the \
                   action itself where its status does not allow it; too little money is no refusal but a `shortfall`. \
                   Stores nothing; send `amount` and `period.start_on` back as `expected` to be bound by it. Balances are \
                   null for callers without `wallet_read`. Needs `activations_read`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = QuoteActionRequest, description = "Which action."),
    responses((status = 200, description = "The quote.", body = Quote)))]
#[post("/api/v1/activations/{id}/quote")]
async fn quote_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsRead>,
    id: web::Path<String>,
    request_id: RequestId,
    JsonBody(body): JsonBody<QuoteActionRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ActivationId = id.parse().map_err(|_| Error::not_found())?;
    let request = dto::quoted_action(&body)?;
    let context = context(&caller, state.clock.now(reseller), &request_id.0, None);
    let rehearsal = async |tx: &_| service::quote(tx, &context, id, &request).await;
    let quoted = state.db.rehearse(reseller.id, rehearsal).await?;
    Ok(no_store(&dto::quote(reseller, &quoted, caller.may(Permission::WalletRead))))
}
