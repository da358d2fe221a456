//! Reading JSON bodies strictly: media type, size, unknown fields, objects by name, and a pointer to what is wrong. What takes a
//! body takes no query parameters.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, dev::Decompress, dev::Payload};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::problem::ProblemCode;

use crate::error::Error;
use crate::http::strict_query::{self, NoParameters, suggest, unknown_name};

/// A body of `application/json`, read strictly. Bodies over the limit set for the whole app are 413.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + Serialize + 'static> FromRequest for JsonBody<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = receive(request, payload);
        Box::pin(async move { parse(&bytes.await?).map(Self) })
    }
}

/// The same for operations that take more than others: bodies over `BYTES` are 413.
#[derive(Debug)]
pub struct LargeJsonBody<T, const BYTES: usize>(pub T);

impl<T: DeserializeOwned + Serialize + 'static, const BYTES: usize> FromRequest for LargeJsonBody<T, BYTES> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (is_json, no_query) = (is_json(request), refuse_query(request));
        let mut stream = Decompress::from_headers(payload.take(), request.headers());
        Box::pin(async move {
            no_query?;
            if !is_json {
                return Err(not_json());
            }
            let mut bytes = BytesMut::new();
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map_err(|_| Error::new(ProblemCode::Malformed, "The body could not be received."))?;
                if bytes.len() + chunk.len() > BYTES {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            parse(&bytes).map(Self)
        })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn not_json() -> Error {
    Error::new(ProblemCode::UnsupportedMediaType, "Send the body as application/json.")
}

fn too_large() -> Error {
    Error::new(ProblemCode::PayloadTooLarge, "The body is larger than this operation takes.")
}

fn refuse_query(request: &HttpRequest) -> Result<(), Error> {
    strict_query::parse::<NoParameters>(request.query_string()).map(|_| ())
}

/// The bytes of a body of `application/json`.
pub(super) fn receive(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, Error>> + use<> {
    let (is_json, no_query) = (is_json(request), refuse_query(request));
    let bytes = Bytes::from_request(request, payload);
    async move {
        no_query?;
        if !is_json {
            return Err(not_json());
        }
        bytes.await.map_err(|error| match error.as_response_error().status_code() {
            actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => Error::new(ProblemCode::Malformed, "The body could not be received."),
        })
    }
}

/// Reads a body strictly.
pub(super) fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Error> {
    // Where in the body something is wrong need only be followed if something is.
    if let Ok(value) = serde_json::from_slice(bytes) {
        refuse_lists_for_objects(bytes, &value)?;
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer_of(error.path());
        describe(&pointer, error.inner())
    })?;
    deserializer.end().map_err(|error| describe("", &error))?;
    Ok(value)
}

/// Serde takes a list for an object, by the order in which the fields are declared. Nobody is to depend on that.
fn refuse_lists_for_objects(bytes: &[u8], read: &impl Serialize) -> Result<(), Error> {
    if !bytes.contains(&b'[') {
        return Ok(());
    }
    let given: Value = serde_json::from_slice(bytes).map_err(Error::internal)?;
    let read = serde_json::to_value(read).map_err(Error::internal)?;
    match list_for_object(&given, &read) {
        None => Ok(()),
        Some(pointer) => {
            let pointer = if pointer.is_empty() { "/".to_owned() } else { pointer };
            Err(Error::field(pointer, "invalid", "must be an object, not a list"))
        }
    }
}

/// Where the first list stands that was read as an object.
fn list_for_object(given: &Value, read: &Value) -> Option<String> {
    let below = |step: &str, given: &Value, read: &Value| Some(format!("/{step}{}", list_for_object(given, read)?));
    match (given, read) {
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        (Value::Array(given), Value::Array(read)) => {
            let mut pairs = given.iter().zip(read).enumerate();
            pairs.find_map(|(index, (given, read))| below(&index.to_string(), given, read))
        }
        (Value::Object(given), Value::Object(read)) => {
            given.iter().find_map(|(name, given)| below(name, given, read.get(name)?))
        }
        _ => None,
    }
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => pointer.push('?'),
        }
        pointer
    })
}

fn describe(pointer: &str, error: &serde_json::Error) -> Error {
    use serde_json::error::Category;
    let position = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            // The position is of no use to a caller that sends generated JSON, and says nothing to others.
            let message = text.split(" at line ").next().unwrap_or(&text);
            if let Some((name, known)) = unknown_name(message) {
                let pointer = if pointer.ends_with(&format!("/{name}")) {
                    pointer.to_owned()
                } else {
                    format!("{pointer}/{name}")
                };
                return Error::field(pointer, "unknown_field", suggest(&name, &known));
            }
            let code = if message.starts_with("missing field") { "required" } else { "invalid" };
            Error::field(if pointer.is_empty() { "/" } else { pointer }, code, message)
        }
        _ => Error::new(ProblemCode::Malformed, format!("The body is not valid JSON ({position}).")),
    }
}
