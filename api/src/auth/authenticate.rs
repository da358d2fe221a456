//! Reading cookies and keys.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;

use super::Principal;
use crate::error::Error;

impl FromRequest for Principal {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(_request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(async move { Err(Error::new(shared::problem::ProblemCode::Unauthenticated, "Sign in first.")) })
    }
}
