//! The outermost layer: a request id, one log line, security headers, and a problem for whatever failed inside.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use futures_util::FutureExt;
use shared::problem::PROBLEM_MEDIA_TYPE;
use tracing::Instrument;
use uuid::Uuid;

use crate::error::{self, Error};
use crate::http::security_headers::{self, ContentSecurityPolicy};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_REQUEST_ID: usize = 64;

/// The id of the request: the caller's `X-Request-Id`, or one made here.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl FromRequest for RequestId {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.extensions().get::<Self>().cloned();
        std::future::ready(id.ok_or_else(|| Error::internal("a request without an id")))
    }
}

fn request_id(request: &ServiceRequest) -> RequestId {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_usable =
        |id: &&str| !id.is_empty() && id.len() <= MAX_REQUEST_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    RequestId(given.filter(is_usable).map_or_else(|| format!("req_{}", Uuid::now_v7().simple()), str::to_owned))
}

/// The middleware function.
pub async fn request_layer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = request_id(&request);
    request.extensions_mut().insert(id.clone());
    let policy = request.app_data::<web::Data<ContentSecurityPolicy>>().cloned();
    let started = Instant::now();
    let span = tracing::info_span!("request", id = %id.0, method = %request.method(), path = %request.path());
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone()).await;
    let _entered = span.enter();
    let response = match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(with_id(&error, &id).into()),
        Err(_) => {
            tracing::error!("the handler panicked");
            return Err(Error::internal("panic").with_request_id(&id.0).into());
        }
    };
    let mut response = into_problem(response, &id);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    security_headers::add(headers, policy.as_deref().map(AsRef::as_ref));
    let status = response.status();
    let milliseconds = started.elapsed().as_millis();
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), milliseconds, "answered");
    } else {
        tracing::info!(status = status.as_u16(), milliseconds, "answered");
    }
    Ok(response)
}

fn with_id(error: &actix_web::Error, id: &RequestId) -> Error {
    let status = error.as_response_error().status_code();
    tracing::error!(%error, "failed outside of a handler");
    Error::new(error::code_of(status), "The request could not be handled.").with_request_id(&id.0)
}

/// Replaces an error by its problem. Answers that are problems already stay.
fn into_problem<B: MessageBody + 'static>(response: ServiceResponse<B>, id: &RequestId) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_boxed_body();
    }
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == PROBLEM_MEDIA_TYPE);
    let own = response.response().error().and_then(|error| error.as_error::<Error>());
    if let Some(error) = own {
        if let Some(cause) = error.cause() {
            tracing::error!(%error, cause, "failed");
        }
        let answer = error.response(&id.0);
        return response.into_response(answer);
    }
    if is_problem {
        return response.map_into_boxed_body();
    }
    let detail =
        response.response().error().map_or_else(|| "The request could not be handled.".to_owned(), ToString::to_string);
    let answer = Error::new(error::code_of(status), detail).response(&id.0);
    response.into_response(answer)
}
