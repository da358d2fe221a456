//! One action on one activation.

use actix_web::{HttpResponse, post, web};
use shared::dto::lifecycle::{
    ActivationChange, ChangeActivationIntervalRequest, DeactivateActivationRequest, KeepActivationRequest,
    PauseActivationRequest, RenewActivationRequest, ResumeActivationRequest, RetryActivationRequest,
};
use shared::vocab::ActivationId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::dto;
use super::super::service::Action;
use super::act;
use crate::app::State;
use crate::auth::{Caller, policy};
use crate::error::Error;
use crate::http::Idempotent;

/// Registers the operations.
pub(super) fn register(app: &mut ServiceConfig) {
    app.service(renew_activation).service(pause_activation).service(resume_activation).service(deactivate_activation);
    app.service(keep_activation).service(change_activation_interval).service(retry_activation);
}

/// Pay the next period.
#[utoipa::path(tag = "activations", operation_id = "renew_activation", summary = "Renew an activation",
    description = "Pays the next period now. In grace it pays the unpaid period at its original date; an expired activation \
                   starts a new term today. Refused while the period after the running one is paid already, and with a \
                   scheduled end until that is undone. Needs `activations_spend`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = RenewActivationRequest, description = "What the quote said, if it shall bind."),
    responses((status = 200, description = "It is renewed.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/renew")]
async fn renew_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    id: web::Path<String>,
    call: Idempotent<RenewActivationRequest>,
) -> Result<HttpResponse, Error> {
    act(&state, &caller, &id, &call, call.body.expected.as_ref(), |_, _| Ok(Action::Renew.into())).await
}

/// Switch off, keeping what is paid.
#[utoipa::path(tag = "activations", operation_id = "pause_activation", summary = "Pause an activation",
    description = "Switches the service off now, without a refund. No period that begins while it is paused is charged. It \
                   expires when it has been paused for 90 days and what is paid is over. Needs `activations_pause`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = PauseActivationRequest, description = "Until when, and why."),
    responses((status = 200, description = "It is paused.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/pause")]
async fn pause_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsPause>,
    id: web::Path<String>,
    call: Idempotent<PauseActivationRequest>,
) -> Result<HttpResponse, Error> {
    let (body, expected) = (&call.body, call.body.expected.as_ref());
    act(&state, &caller, &id, &call, expected, |reseller, now| dto::pause(body, reseller, now)).await
}

/// Switch on again.
#[utoipa::path(tag = "activations", operation_id = "resume_activation", summary = "Resume an activation",
    description = "Switches a paused activation on: free until what is paid is over, from then on for a full charge in a new \
                   term that starts today. Needs `activations_pause`, and `activations_spend` where it costs money.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = ResumeActivationRequest, description = "Why, and what the quote said."),
    responses((status = 200, description = "It is on.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/resume")]
async fn resume_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsPause>,
    id: web::Path<String>,
    call: Idempotent<ResumeActivationRequest>,
) -> Result<HttpResponse, Error> {
    let (body, expected) = (&call.body, call.body.expected.as_ref());
    act(&state, &caller, &id, &call, expected, |_, _| dto::request(Action::Resume, body.reason.as_deref())).await
}

/// End for good.
#[utoipa::path(tag = "activations", operation_id = "deactivate_activation", summary = "Deactivate an activation",
    description = "Ends it at the end of what is paid, which `keep` undoes, or now: then the unused days of the running period \
                   are refunded on its first seven days, and periods that have not begun in full. Needs \
                   `activations_spend`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = DeactivateActivationRequest, description = "When, why, and what the quote said."),
    responses((status = 200, description = "It has ended, or its end is scheduled.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/deactivate")]
async fn deactivate_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    id: web::Path<String>,
    call: Idempotent<DeactivateActivationRequest>,
) -> Result<HttpResponse, Error> {
    let (body, expected) = (&call.body, call.body.expected.as_ref());
    let action = Action::Deactivate(body.takes_effect);
    act(&state, &caller, &id, &call, expected, |_, _| dto::request(action, body.reason.as_deref())).await
}

/// Undo a scheduled end.
#[utoipa::path(tag = "activations", operation_id = "keep_activation", summary = "Keep an activation",
    description = "Undoes a scheduled end. Needs `activations_spend`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = KeepActivationRequest, description = "Why."),
    responses((status = 200, description = "It goes on.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/keep")]
async fn keep_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    id: web::Path<String>,
    call: Idempotent<KeepActivationRequest>,
) -> Result<HttpResponse, Error> {
    let (body, expected) = (&call.body, call.body.expected.as_ref());
    act(&state, &caller, &id, &call, expected, |_, _| dto::request(Action::Keep, body.reason.as_deref())).await
}

/// Bill by another interval.
#[utoipa::path(tag = "activations", operation_id = "change_activation_interval", summary = "Change the billing interval",
    description = "With the next period that is charged, at the price in force now; a new choice replaces it, the present \
                   interval undoes it. Or now: what is not used is credited against the charge of a new term that starts \
                   today, as long as the charge is at least the credit. Needs `activations_spend`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = ChangeActivationIntervalRequest, description = "Which interval, and when."),
    responses((status = 200, description = "It is changed, or the change waits.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/change-interval")]
async fn change_activation_interval(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    id: web::Path<String>,
    call: Idempotent<ChangeActivationIntervalRequest>,
) -> Result<HttpResponse, Error> {
    let action = Action::ChangeInterval(call.body.billing_interval, call.body.takes_effect);
    act(&state, &caller, &id, &call, call.body.expected.as_ref(), |_, _| Ok(action.into())).await
}

/// Try a failed set-up again.
#[utoipa::path(tag = "activations", operation_id = "retry_activation", summary = "Retry a failed set-up",
    description = "Charges the first period of a new term that starts today and waits for the set-up again. Needs \
                   `activations_spend`.",
    params(("id" = ActivationId, Path, description = "The activation's id.")),
    request_body(content = RetryActivationRequest, description = "What the quote said, if it shall bind."),
    responses((status = 200, description = "It is being set up.", body = ActivationChange)))]
#[post("/api/v1/activations/{id}/retry")]
async fn retry_activation(
    state: web::Data<State>,
    caller: Caller<policy::ActivationsSpend>,
    id: web::Path<String>,
    call: Idempotent<RetryActivationRequest>,
) -> Result<HttpResponse, Error> {
    act(&state, &caller, &id, &call, call.body.expected.as_ref(), |_, _| Ok(Action::Retry.into())).await
}
