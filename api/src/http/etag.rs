//! Strong entity tags, 304, and writes only on what the caller saw.

use std::fmt::Write as _;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, EntityTag, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::web::Bytes;
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

/// The moment of an answer. A 304 says it too: what the caller has is what it would be told now.
pub const AS_OF: HeaderName = HeaderName::from_static("as-of");

/// The same, with a tag that leaves out the moment of the answer and the ids of failed requests inside it.
pub fn json_of_state<T: Serialize>(request: &HttpRequest, body: &T) -> Result<HttpResponse, Error> {
    let mut tagged = serde_json::to_value(body).map_err(Error::internal)?;
    let as_of = moment_of(&tagged);
    strip_moment(&mut tagged);
    let mut response = json(request, body, &tagged)?;
    if let Some(as_of) = as_of {
        response.headers_mut().insert(AS_OF, as_of);
    }
    Ok(response)
}

fn moment_of(body: &serde_json::Value) -> Option<HeaderValue> {
    HeaderValue::from_str(body.get("as_of")?.as_str()?).ok()
}

/// An answer that is rendered once and sent several times. Only the id of the request, where a section failed, is put in anew.
#[derive(Debug)]
pub struct Rendered {
    tag: EntityTag,
    tag_header: HeaderValue,
    as_of: Option<HeaderValue>,
    pieces: Vec<Bytes>,
}

impl Rendered {
    /// Renders a state as [`json_of_state`] does; `body` gets the id of a request to put into problems.
    pub fn of_state<T: Serialize>(body: impl FnOnce(&str) -> T) -> Result<Self, Error> {
        // Nobody can have written this into a name.
        let placeholder = uuid::Uuid::new_v4().simple().to_string();
        let body = body(&placeholder);
        let mut tagged = serde_json::to_value(&body).map_err(Error::internal)?;
        let as_of = moment_of(&tagged);
        strip_moment(&mut tagged);
        let tag = tag_of(&tagged)?;
        let tag_header = HeaderValue::from_str(&tag.to_string()).map_err(Error::internal)?;
        let text = serde_json::to_string(&body).map_err(Error::internal)?;
        let pieces = text.split(placeholder.as_str()).map(|piece| Bytes::copy_from_slice(piece.as_bytes())).collect();
        Ok(Self { tag, tag_header, as_of, pieces })
    }

    /// How many bytes it takes.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The answer to a request, or 304 where its caller has it already.
    pub fn answer(&self, request: &HttpRequest, request_id: &str) -> Result<HttpResponse, Error> {
        let is_known = has(request, &self.tag);
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((header::ETAG, self.tag_header.clone()))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")));
        if let Some(as_of) = &self.as_of {
            response.insert_header((AS_OF, as_of.clone()));
        }
        if is_known {
            return Ok(response.finish());
        }
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
        if let [whole] = self.pieces.as_slice() {
            return Ok(response.body(whole.clone()));
        }
        let quoted = serde_json::to_string(request_id).map_err(Error::internal)?;
        Ok(response.body(self.pieces.join(quoted.trim_matches('"').as_bytes())))
    }
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

    #[tokio::test]
    async fn what_is_rendered_once_carries_the_id_of_each_request() {
        let rendered = Rendered::of_state(|id| json!({"as_of": "10:00", "a": {"request_id": id}, "b": [id]})).unwrap();
        let request = TestRequest::get().to_http_request();
        let answer = rendered.answer(&request, "req\"1\\").unwrap();
        let same_tag = tag(&json!({"as_of": "10:01", "a": {"request_id": "other"}, "b": ["x"]}));
        assert_ne!(answer.headers().get(header::ETAG).unwrap().to_str().unwrap(), same_tag);
        let bytes = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value, json!({"as_of": "10:00", "a": {"request_id": "req\"1\\"}, "b": ["req\"1\\"]}));
    }

    #[test]
    fn a_known_tag_is_answered_without_a_body() {
        let body = json!({"count": 1});
        let request = TestRequest::get().insert_header((IF_NONE_MATCH, tag(&body))).to_http_request();
        assert_eq!(json_of_state(&request, &body).unwrap().status(), 304);
        assert_eq!(json_of_state(&request, &json!({"count": 2})).unwrap().status(), 200);
    }
}
