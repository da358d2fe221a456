//! Putting a product in service.

use actix_web::{HttpResponse, post, web};
use shared::dto::lifecycle::{ActivationChange, CreateActivationRequest};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::dto::{self, Terms};
use super::super::service::{self, Quoted};
use super::{answer, context};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{Idempotent, Reply};

/// Registers the operation.
pub(super) fn register(app: &mut ServiceConfig) {
    app.service(create_activation);
}

/// Put a product in service for a client.
#[utoipa::path(tag = "activations", operation_id = "create_activation", summary = "Activate a product",
    description = "Charges the first period at the price in force, which stays pinned, and switches the service on; a product \
                   that is set up by hand is `pending` until an operator has done it. Needs `activations_spend`.",
    request_body(content = CreateActivationRequest, description = "What, for whom, how often it is paid."),
    responses((status = 201, description = "It is on, or being set up.", body = ActivationChange)))]
#[post("/api/v1/activations")]
async fn create_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    call: Idempotent<CreateActivationRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let terms = Terms::of(&caller, call.body.expected.as_ref());
    let check = |quoted: &Quoted| terms.check(quoted);
    call.perform(&state, reseller.id, async |tx| {
        let now = state.clock.now(reseller);
        let context = context(&caller, now, call.request_id(), Some(call.key()));
        let new = dto::new_activation(&call.body)?;
        let done = service::create(tx, &context, &new, terms.are_open().then_some(&check as _)).await?;
        Reply::created(&answer(tx, &caller, now, &done).await?)
    })
    .await
}
