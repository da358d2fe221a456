//! Requests that must not have their effect twice: a body with an `Idempotency-Key`.
//!
//! A handler that takes [`Idempotent`] says so in its signature, and does its work in [`Idempotent::perform`]. The key is
//! looked up after authentication, permission and syntax (the other extractors) and before every other check.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use futures_util::future::LocalBoxFuture;
use sea_orm::DatabaseTransaction;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use shared::problem::ProblemCode;
use shared::vocab::{OperatorId, ResellerId};

use super::{RequestId, json_body};
use crate::app::State;
use crate::db::{Answered, KeptAnswer, KeyedRequest, WriteTx};
use crate::error::Error;

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that the answer is the one of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key.
const MAX_KEY: usize = 64;

/// A body of `application/json` with the key under which it has its effect at most once.
#[derive(Debug)]
pub struct Idempotent<T> {
    /// What is asked for.
    pub body: T,
    key: String,
    fingerprint: Vec<u8>,
    request_id: RequestId,
}

/// What a write is answered with.
#[derive(Debug)]
pub struct Reply(KeptAnswer);

impl Reply {
    /// 200 with JSON.
    pub fn ok(body: &impl Serialize) -> Result<Self, Error> {
        Self::new(StatusCode::OK, body)
    }

    /// 201 with JSON.
    pub fn created(body: &impl Serialize) -> Result<Self, Error> {
        Self::new(StatusCode::CREATED, body)
    }

    fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(Error::internal)?;
        Ok(Self(KeptAnswer { status: status.as_u16(), body, has_effect: true }))
    }

    /// The same where nothing may have been changed: then it is not kept, and the key may be tried again.
    #[must_use]
    pub fn with_effect(mut self, has_effect: bool) -> Self {
        self.0.has_effect = has_effect;
        self
    }
}

impl<T> Idempotent<T> {
    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        &self.request_id.0
    }

    /// Runs `work` in one write transaction and answers with its reply; or again with that of an earlier request.
    pub async fn perform(
        &self,
        state: &State,
        reseller_id: ResellerId,
        work: impl AsyncFn(&WriteTx) -> Result<Reply, Error>,
    ) -> Result<HttpResponse, Error> {
        let work = async |tx: &WriteTx| work(tx).await.map(|reply| reply.0);
        respond(state.db.write_once(reseller_id, self.keyed(state), work).await?)
    }

    /// The same for an operator's work on what belongs to no reseller.
    pub async fn perform_shared(
        &self,
        state: &State,
        operator_id: OperatorId,
        work: impl AsyncFn(&DatabaseTransaction) -> Result<Reply, Error>,
    ) -> Result<HttpResponse, Error> {
        let work = async |tx: &DatabaseTransaction| work(tx).await.map(|reply| reply.0);
        respond(state.db.write_shared_once(operator_id, self.keyed(state), work).await?)
    }

    /// Whether an answer is that of an earlier request.
    pub fn is_replay(&self, answer: &HttpResponse) -> bool {
        answer.headers().contains_key(REPLAYED)
    }

    fn keyed(&self, state: &State) -> KeyedRequest<'_> {
        KeyedRequest { key: &self.key, fingerprint: &self.fingerprint, received_at: state.clock.system_now() }
    }
}

fn respond(answered: Answered) -> Result<HttpResponse, Error> {
    let status = StatusCode::from_u16(answered.answer.status).map_err(Error::internal)?;
    let mut response = HttpResponse::build(status);
    response.content_type("application/json").insert_header((CACHE_CONTROL, "no-store"));
    if answered.is_replayed {
        response.insert_header((REPLAYED, "true"));
    }
    Ok(response.body(answered.answer.body))
}

impl<T: DeserializeOwned + Serialize + 'static> FromRequest for Idempotent<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = key_of(request);
        let request_id = RequestId::from_request(request, payload).into_inner();
        let target = format!("{} {}\n", request.method(), request.uri());
        let bytes = json_body::receive(request, payload);
        Box::pin(async move {
            let (key, request_id, bytes) = (key?, request_id?, bytes.await?);
            let fingerprint = Sha256::new().chain_update(target).chain_update(&bytes).finalize().to_vec();
            Ok(Self { body: json_body::parse(&bytes)?, key, fingerprint, request_id })
        })
    }
}

fn key_of(request: &HttpRequest) -> Result<String, Error> {
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(key) = given.next() else {
        let detail = "Send an Idempotency-Key: up to 64 printable characters, a new one for each intended effect.";
        return Err(Error::new(ProblemCode::IdempotencyKeyMissing, detail));
    };
    let is_printable = |key: &&str| key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let is_fitting = |key: &&str| !key.is_empty() && key.len() <= MAX_KEY && is_printable(key);
    match key.to_str().ok().map(str::trim).filter(is_fitting) {
        Some(key) if given.next().is_none() => Ok(key.to_owned()),
        _ => {
            let detail = format!("Send one Idempotency-Key of 1 to {MAX_KEY} printable ASCII characters.");
            Err(Error::new(ProblemCode::Malformed, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn code(keys: &[&str]) -> Result<String, ProblemCode> {
        let request =
            keys.iter().fold(TestRequest::post(), |request, key| request.append_header((IDEMPOTENCY_KEY, *key)));
        key_of(&request.to_http_request()).map_err(|error| error.code())
    }

    #[test]
    fn a_key_is_one_short_printable_text() {
        assert_eq!(code(&["f3b1 ~!"]), Ok("f3b1 ~!".to_owned()));
        assert_eq!(code(&[&"k".repeat(64)]), Ok("k".repeat(64)));
        assert_eq!(code(&[]), Err(ProblemCode::IdempotencyKeyMissing));
        for wrong in [&[""][..], &[" "], &[&"k".repeat(65)], &["a", "b"], &["schlüssel"]] {
            assert_eq!(code(wrong), Err(ProblemCode::Malformed), "{wrong:?}");
        }
    }
}
