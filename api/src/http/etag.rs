//! Strong entity tags and 304.

use actix_web::http::header::{self, EntityTag, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Answers with JSON and a strong tag, or with 304 where the caller has it already.
///
/// `tagged` is what the tag is made from: the answer without what changes at every call, such as the moment it was made.
pub fn json<T: Serialize>(request: &HttpRequest, body: &T, tagged: &impl Serialize) -> Result<HttpResponse, Error> {
    let digest = Sha256::digest(serde_json::to_vec(tagged).map_err(Error::internal)?);
    let tag = EntityTag::new_strong(digest[..12].iter().map(|byte| format!("{byte:02x}")).collect());
    let is_known = has(request, &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(header::ETag(tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response.json(body))
}

fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    let given = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    given
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.parse::<EntityTag>().is_ok_and(|given| given.weak_eq(tag)))
}
