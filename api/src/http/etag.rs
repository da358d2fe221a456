//! Strong entity tags, 304, and writes only on what the caller saw.

use std::fmt::Write as _;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, EntityTag, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::problem::ProblemCode;

use crate::error::Error;

/// Answers with JSON and a strong tag, or with 304 where the caller has it already.
///
/// `tagged` is what the tag is made from: the answer without what changes at every call, such as the moment it was made.
pub fn json<T: Serialize>(request: &HttpRequest, body: &T, tagged: &impl Serialize) -> Result<HttpResponse, Error> {
    let tag = tag_of(tagged)?;
    let is_known = has(request, &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(header::ETag(tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response.json(body))
}

fn tag_of(tagged: &impl Serialize) -> Result<EntityTag, Error> {
    let digest = Sha256::digest(serde_json::to_vec(tagged).map_err(Error::internal)?);
    Ok(EntityTag::new_strong(hexadecimal(&digest[..12])))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The same, with a tag that leaves out the moment of the answer and the ids of failed requests inside it.
pub fn json_of_state<T: Serialize>(request: &HttpRequest, body: &T) -> Result<HttpResponse, Error> {
    let mut tagged = serde_json::to_value(body).map_err(Error::internal)?;
    strip_moment(&mut tagged);
    json(request, body, &tagged)
}

/// The answer to a write, with the tag that a GET of what was written now has.
pub fn json_tagged_as<T: Serialize>(body: &impl Serialize, written: &T) -> Result<HttpResponse, Error> {
    let tag = tag_of_state(written)?;
    Ok(HttpResponse::Ok()
        .insert_header(header::ETag(tag))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(body))
}

/// The tag of [`json_of_state`].
fn tag_of_state<T: Serialize>(body: &T) -> Result<EntityTag, Error> {
    let mut tagged = serde_json::to_value(body).map_err(Error::internal)?;
    strip_moment(&mut tagged);
    tag_of(&tagged)
}

/// What a caller last saw of what it is about to change.
#[derive(Debug)]
pub struct IfMatch(String);

impl IfMatch {
    /// Refuses if `present`, as its GET answers it, is not what the caller saw.
    pub fn check<T: Serialize>(&self, present: &T) -> Result<(), Error> {
        let tag = tag_of_state(present)?;
        let is_seen = |given: &str| given == "*" || given.parse::<EntityTag>().is_ok_and(|given| given.strong_eq(&tag));
        if self.0.split(',').map(str::trim).any(is_seen) {
            return Ok(());
        }
        Err(Error::new(ProblemCode::PreconditionFailed, "This changed since you read it. Read it again, then decide."))
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given: Vec<_> = request.headers().get_all(IF_MATCH).filter_map(|value| value.to_str().ok()).collect();
        if given.is_empty() {
            let detail = "Send If-Match with the ETag of what you read, or `*` to change it whatever it is now.";
            return ready(Err(Error::new(ProblemCode::PreconditionRequired, detail)));
        }
        ready(Ok(Self(given.join(","))))
    }
}

fn strip_moment(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, _| name != "as_of" && name != "request_id");
            fields.values_mut().for_each(strip_moment);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip_moment),
        _ => {}
    }
}

fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    let given = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    given
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.parse::<EntityTag>().is_ok_and(|given| given.weak_eq(tag)))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;

    fn tag(body: &serde_json::Value) -> String {
        let response = json_of_state(&TestRequest::get().to_http_request(), body).unwrap();
        response.headers().get(header::ETAG).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn the_moment_of_the_answer_does_not_change_its_tag() {
        let of = |as_of: &str, count: i64| json!({"as_of": as_of, "inner": [{"as_of": as_of, "count": count}]});
        assert_eq!(tag(&of("10:00", 1)), tag(&of("10:01", 1)));
        assert_ne!(tag(&of("10:00", 1)), tag(&of("10:00", 2)));
    }

    #[test]
    fn a_known_tag_is_answered_without_a_body() {
        let body = json!({"count": 1});
        let request = TestRequest::get().insert_header((IF_NONE_MATCH, tag(&body))).to_http_request();
        assert_eq!(json_of_state(&request, &body).unwrap().status(), 304);
        assert_eq!(json_of_state(&request, &json!({"count": 2})).unwrap().status(), 200);
    }
}
