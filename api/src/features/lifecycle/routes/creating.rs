//! Putting a product in service.

use std::collections::HashMap;

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use shared::dto::lifecycle::{ActivationChange, CreateActivationRequest};
use shared::vocab::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::dto::{self, Terms};
use super::super::service::{self, Done, PutInService, Quoted};
use super::{context, show};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::features::activations::service::{self as activations, Detail, ListedActivation, Parts, Payments};
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
        let (done, put) = service::create(tx, &context, &new, terms.are_open().then_some(&check as _)).await?;
        let activation = show(tx, &caller, now, new_detail(put, &done, now)?, done.balance_minor).await?;
        Reply::created(&dto::change(reseller, activation, &done, caller.may(Permission::WalletRead)))
    })
    .await
}

/// What `get_activation` would read: nothing but what was just written.
fn new_detail(put: PutInService, done: &Done, now: DateTime<Utc>) -> Result<Detail, Error> {
    let row = ListedActivation {
        columns: put.row,
        product_name: put.after.product_name,
        client_name: put.after.client_name,
        client_email: put.client_email,
        is_covered: None,
    };
    let charge_count = i64::try_from(done.ledger_entry_ids.len()).map_err(Error::internal)?;
    let payments = Payments { paid_minor: done.amount_minor, charge_count };
    let (term, periods, refunds) = (put.term, vec![put.period], HashMap::new());
    let parts = Parts { row, term, periods, refunds, payments, active_users_30_days: 0, pending_minor: None };
    activations::detail(parts, now)
}
