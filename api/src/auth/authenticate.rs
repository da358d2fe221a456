//! Reading cookies and keys.
//!
//! A request proves who it is either by the access cookie or by `Authorization: Bearer rsp_live_…`, never both. Whatever
//! is wrong with a credential, the answer is the same. A write with cookies must carry a header that no other site can
//! add without being allowed to.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use shared::problem::ProblemCode;
use shared::vocab::SessionId;

use super::cookies::Received;
use super::identities::Identity;
use super::{Credential, Principal, secret_token};
use crate::app::State;
use crate::error::Error;

const REQUESTED_WITH: &str = "x-requested-with";
const APP: &str = "resellportal";

/// The one answer to a missing or bad credential.
pub fn unauthenticated() -> Error {
    Error::new(ProblemCode::Unauthenticated, "Log in, or send an API key as Authorization: Bearer rsp_live_….")
}

/// Refuses a request that another site may have caused.
fn check_origin(request: &HttpRequest) -> Result<(), Error> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header(REQUESTED_WITH) == Some(APP) && header("sec-fetch-site") != Some("cross-site") {
        return Ok(());
    }
    Err(Error::new(
        ProblemCode::CrossSiteRequest,
        "Writes with a session need the header X-Requested-With: resellportal.",
    ))
}

/// A request that no other site can have caused. For the operations that need no session but set or use its cookies.
#[derive(Debug)]
pub struct FromApp;

impl FromRequest for FromApp {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check_origin(request).map(|()| Self))
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

enum Proof {
    Cookie(String),
    ApiKey(Vec<u8>),
}

fn proof(request: &HttpRequest, state: &State) -> Result<Proof, Error> {
    let cookie = state.auth.cookies.access_of(request);
    let has_cookie = cookie != Received::None || state.auth.cookies.refresh_of(request) != Received::None;
    let mut authorizations = request.headers().get_all(AUTHORIZATION);
    match (authorizations.next(), authorizations.next()) {
        (Some(_), _) if has_cookie => {
            Err(Error::new(ProblemCode::AmbiguousCredentials, "Send either the session's cookies or an API key."))
        }
        (Some(header), None) => {
            let text = header.to_str().map_err(|_| unauthenticated())?;
            let (scheme, key) = text.split_once(' ').ok_or_else(unauthenticated)?;
            if !scheme.eq_ignore_ascii_case("bearer") || !secret_token::is_api_key(key) {
                return Err(unauthenticated());
            }
            Ok(Proof::ApiKey(secret_token::hash(key)))
        }
        (Some(_), Some(_)) => Err(unauthenticated()),
        (None, _) => {
            let Received::One(token) = cookie else { return Err(unauthenticated()) };
            if !is_safe(request.method()) {
                check_origin(request)?;
            }
            Ok(Proof::Cookie(token))
        }
    }
}

async fn authenticate(request: &HttpRequest) -> Result<Principal, Error> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Error::internal("a request without a state"))?;
    let now = state.clock.system_now();
    let identities = &state.auth.identities;
    match proof(request, state)? {
        Proof::Cookie(token) => {
            let claims = state.auth.access_tokens.read(&token, now).ok_or_else(unauthenticated)?;
            let found = identities.find_by_session(claims.sid, &state.db, now).await?.ok_or_else(unauthenticated)?;
            let access_expires_at = chrono::DateTime::from_timestamp(claims.exp, 0).unwrap_or(now);
            let credential = Credential::Session { id: claims.sid, access_expires_at };
            Ok(principal(&found, credential))
        }
        Proof::ApiKey(hash) => {
            let found = identities.find_by_api_key(hash, &state.db, now).await?.ok_or_else(unauthenticated)?;
            Ok(principal(&found, Credential::ApiKey))
        }
    }
}

fn principal(identity: &Identity, credential: Credential) -> Principal {
    Principal {
        reseller: identity.reseller.clone(),
        person: identity.person.clone(),
        actor: identity.actor.clone(),
        credential,
        permissions: identity.permissions.clone(),
    }
}

/// Who is calling, found out before anything else of the request is read.
struct Outcome(Result<Principal, Error>);

/// Authenticates every call of the API before its handler's input is read, so that a stranger learns nothing about it.
pub async fn authentication_layer<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if request.path().starts_with(shared::paths::BASE) {
        let outcome = Outcome(authenticate(request.request()).await);
        request.extensions_mut().insert(outcome);
    }
    next.call(request).await
}

impl FromRequest for Principal {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let outcome = request.extensions_mut().remove::<Outcome>();
        ready(outcome.unwrap_or_else(|| Outcome(Err(unauthenticated()))).0)
    }
}

/// A person's open browser session, for what a key cannot do.
#[derive(Debug)]
pub struct OpenSession(pub SessionId);

impl FromRequest for OpenSession {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let principal = Principal::from_request(request, payload).into_inner();
        ready(principal.and_then(|principal| match principal.credential {
            Credential::Session { id, .. } => Ok(Self(id)),
            Credential::ApiKey => Err(Error::new(ProblemCode::PermissionDenied, "An API key has no session.")),
        }))
    }
}
