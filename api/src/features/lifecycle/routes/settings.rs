//! What can be set without an action.

use actix_web::{HttpResponse, patch, web};
use shared::dto::lifecycle::{ActivationChange, PatchActivationRequest};
use shared::vocab::ActivationId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::{dto, service};
use super::{answer, context, read};
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::{IfMatch, JsonBody, RequestId, etag};

/// Registers the operation.
pub(super) fn register(app: &mut ServiceConfig) {
    app.service(patch_activation);
}

/// Change auto-renew or priority.
#[utoipa::path(tag = "activations", operation_id = "patch_activation", summary = "Change an activation's settings",
    description = "Changes auto-renew and the order of renewal; what is not named stays. Without auto-renew the service ends \
                   with what is paid. The answer's `ETag` is that of `get_activation`. Needs `activations_spend`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = PatchActivationRequest, description = "What to change."),
    responses((status = 200, description = "It is changed.", body = ActivationChange)))]
#[patch("/api/v1/activations/{id}")]
async fn patch_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    id: web::Path<String>,
    request_id: RequestId,
    if_match: IfMatch,
    JsonBody(body): JsonBody<PatchActivationRequest>,
) -> Result<HttpResponse, Error> {
    let reseller = caller.reseller();
    let id: ActivationId = id.parse().map_err(|_| Error::not_found())?;
    let priority = body.priority.map(dto::priority).transpose()?;
    let write = async |tx: &_| {
        let now = state.clock.now(reseller);
        let context = context(&caller, now, &request_id.0, None);
        service::lock(tx, reseller.id, id).await?;
        if_match.check(&read(tx, &caller, now, id).await?)?;
        let done = service::change_settings(tx, &context, id, body.auto_renew, priority).await?;
        answer(tx, &caller, now, &done).await
    };
    let change = state.db.write(reseller.id, write).await?;
    etag::json_tagged_as(&change, &change.activation)
}
