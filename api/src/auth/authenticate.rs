//! Reading cookies and keys.
//!
//! A request proves who it is either by the access cookie or by `Authorization: Bearer rsp_live_…`, never both. Whatever
//! is wrong with a credential, the answer is the same. A write with cookies must carry a header that no other site can
//! add without being allowed to.

use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures_util::future::LocalBoxFuture;
use shared::problem::ProblemCode;

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
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(check_origin(request).map(|()| Self))
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

impl FromRequest for Principal {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await })
    }
}
