//! `/session` and `/one-time-links`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use secrecy::SecretString;
use shared::dto::session::{
    ChangePasswordRequest, InspectLinkRequest, LogInRequest, OneTimeLink, RedeemLinkRequest, Session,
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto;
use super::service::{self, Opened};
use crate::app::State;
use crate::auth::cookies::Received;
use crate::auth::{FromApp, OpenSession, Principal, unauthenticated};
use crate::error::Error;
use crate::http::client_address::ClientAddress;
use crate::http::json_body::JsonBody;
use crate::http::{NoParameters, StrictQuery};

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(log_in).service(get_session).service(log_out).service(refresh_session).service(revoke_all_sessions);
    app.service(change_password).service(inspect_one_time_link).service(redeem_one_time_link);
}

/// Log in.
#[utoipa::path(tag = "session", operation_id = "log_in", summary = "Log in", security(()),
    description = "Checks email and password and sets two cookies that scripts cannot read: one for access (10 minutes), one \
                   to refresh it (7 days, 30 at most). Needs the header `X-Requested-With: resellportal`. An unknown address \
                   and a wrong password are answered alike. Wrong guesses are limited.",
    params(("X-Requested-With" = String, Header, description = "Always `resellportal`: no other site can send it.",
        example = "resellportal")),
    request_body(content = LogInRequest, description = "Who, and the password.",
        example = json!({"email": "mara@harbour-digital.example", "password": "correct horse battery staple"})),
    responses((status = 200, description = "Logged in. The cookies are set.", body = Session,
        example = json!(dto::example_session()))))]
#[post("/api/v1/session")]
async fn log_in(
    state: web::Data<State>,
    _: FromApp,
    address: ClientAddress,
    JsonBody(body): JsonBody<LogInRequest>,
) -> Result<HttpResponse, Error> {
    let opened = service::log_in(&state, &body.email, password(body.password)?, address.0).await?;
    Ok(answer_opened(&state, &opened))
}

/// Longer ones cannot be right, and would only cost time.
fn password(text: String) -> Result<SecretString, Error> {
    crate::auth::password::check_length(&text, "/password")?;
    Ok(SecretString::from(text))
}

fn answer_opened(state: &State, opened: &Opened) -> HttpResponse {
    let (cookies, now) = (&state.auth.cookies, state.clock.system_now());
    HttpResponse::Ok()
        .cookie(cookies.access(&opened.access, opened.access_expires_at, now))
        .cookie(cookies.refresh(&opened.refresh, opened.refresh_expires_at, now))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(dto::of_opened(opened))
}

fn answer_closed(state: &State) -> HttpResponse {
    let [access, refresh] = state.auth.cookies.removed();
    HttpResponse::NoContent().cookie(access).cookie(refresh).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// Who am I.
#[utoipa::path(tag = "session", operation_id = "get_session", summary = "Who am I",
    description = "The person or key behind the request, the reseller it acts for and what it may do.",
    responses((status = 200, description = "Who is calling.", body = Session, example = json!(dto::example_session()))))]
#[get("/api/v1/session")]
async fn get_session(principal: Principal, _: StrictQuery<NoParameters>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(dto::of_principal(&principal))
}

/// Log out.
#[utoipa::path(tag = "session", operation_id = "log_out", summary = "Log out",
    description = "Ends this session and removes its cookies. Other sessions of the same person go on. For sessions only.",
    responses((status = 204, description = "Logged out.")))]
#[delete("/api/v1/session")]
async fn log_out(
    state: web::Data<State>,
    session: OpenSession,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    service::log_out(&state, session.0).await?;
    Ok(answer_closed(&state))
}

/// Refresh the session.
#[utoipa::path(tag = "session", operation_id = "refresh_session", summary = "Refresh the session", security(()),
    description = "Exchanges the refresh cookie for two new cookies. A refresh cookie is good once: one that comes back after \
                   its use ends the whole session, so only one tab at a time may refresh. Needs the header \
                   `X-Requested-With: resellportal`.",
    params(("X-Requested-With" = String, Header, description = "Always `resellportal`: no other site can send it.",
        example = "resellportal")),
    responses((status = 200, description = "Refreshed. The cookies are replaced.", body = Session,
        example = json!(dto::example_session()))))]
#[post("/api/v1/session/refresh")]
async fn refresh_session(
    request: HttpRequest,
    state: web::Data<State>,
    _: FromApp,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    let Received::One(token) = state.auth.cookies.refresh_of(&request) else { return Err(unauthenticated()) };
    let opened = service::refresh(&state, &token).await?;
    Ok(answer_opened(&state, &opened))
}

/// Log out everywhere.
#[utoipa::path(tag = "session", operation_id = "revoke_all_sessions", summary = "Log out everywhere",
    description = "Ends every session of the person, this one included, and removes its cookies. For sessions only.",
    responses((status = 204, description = "Logged out everywhere.")))]
#[post("/api/v1/session/revoke-all")]
async fn revoke_all_sessions(
    state: web::Data<State>,
    session: OpenSession,
    _: StrictQuery<NoParameters>,
) -> Result<HttpResponse, Error> {
    service::log_out_everywhere(&state, session.0).await?;
    Ok(answer_closed(&state))
}

/// Change the password.
#[utoipa::path(tag = "session", operation_id = "change_password", summary = "Change the password",
    description = "Sets a new password of 12 to 200 characters for the person who is logged in, ends the person's other \
                   sessions and makes open one-time links useless. For sessions only.",
    request_body(content = ChangePasswordRequest, description = "The present password and the new one.",
        example = json!({"current_password": "correct horse battery staple", "new_password": "a longer one, by far"})),
    responses((status = 204, description = "Changed.")))]
#[post("/api/v1/session/password")]
async fn change_password(
    state: web::Data<State>,
    session: OpenSession,
    address: ClientAddress,
    JsonBody(body): JsonBody<ChangePasswordRequest>,
) -> Result<HttpResponse, Error> {
    crate::auth::password::check_length(&body.current_password, "/current_password")?;
    let (current, new) = (SecretString::from(body.current_password), SecretString::from(body.new_password));
    service::change_password(&state, session.0, current, new, address.0).await?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}

/// Whose link is this.
#[utoipa::path(tag = "session", operation_id = "inspect_one_time_link", summary = "Whose one-time link is this", security(()),
    description = "Tells to whom a one-time link belongs, without using it up.",
    request_body(content = InspectLinkRequest, description = "The last part of the link's address.",
        example = json!({"token": "3q2-7wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw"})),
    responses((status = 200, description = "Whose link it is.", body = OneTimeLink, example = json!(dto::example_link()))))]
#[post("/api/v1/one-time-links/inspect")]
async fn inspect_one_time_link(
    state: web::Data<State>,
    JsonBody(body): JsonBody<InspectLinkRequest>,
) -> Result<HttpResponse, Error> {
    let link = service::inspect_link(&state, &body.token).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(dto::of_link(link)))
}

/// Set a password with a link.
#[utoipa::path(tag = "session", operation_id = "redeem_one_time_link", summary = "Set a password with a one-time link",
    security(()),
    description = "Sets a password of 12 to 200 characters, ends all sessions of the person and uses up all links. Does not \
                   log in.",
    request_body(content = RedeemLinkRequest, description = "The last part of the link's address, and the new password.",
        example = json!({"token": "3q2-7wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw", "password": "a longer one, by far"})),
    responses((status = 204, description = "The password is set.")))]
#[post("/api/v1/one-time-links/redeem")]
async fn redeem_one_time_link(
    state: web::Data<State>,
    JsonBody(body): JsonBody<RedeemLinkRequest>,
) -> Result<HttpResponse, Error> {
    service::redeem_link(&state, &body.token, SecretString::from(body.password)).await?;
    Ok(HttpResponse::NoContent().insert_header((CACHE_CONTROL, "no-store")).finish())
}
