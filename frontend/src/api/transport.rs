//! One request and its answer. Knows headers and status, no session.

use gloo_net::http::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use shared::problem::{PROBLEM_MEDIA_TYPE, Problem};

use super::ApiError;

/// How long a write may take before nobody waits for its answer any more.
const WRITE_TIMEOUT_MILLISECONDS: u32 = 10_000;

/// Sends a request; a problem in the answer is an error.
pub async fn send(method: Method, path: &str, body: Option<&str>) -> Result<Response, ApiError> {
    send_with(method, path, body, &[]).await
}

/// The same with headers of its own.
pub async fn send_with(
    method: Method,
    path: &str,
    body: Option<&str>,
    headers: &[(&str, &str)],
) -> Result<Response, ApiError> {
    let is_write = method != Method::GET;
    let mut request = RequestBuilder::new(path).method(method).header("Accept", "application/json");
    if is_write {
        // The header proves to the server that no other site's form sent this.
        let timeout = web_sys::AbortSignal::timeout_with_u32(WRITE_TIMEOUT_MILLISECONDS);
        request = request.header("X-Requested-With", "resellportal").abort_signal(Some(&timeout));
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let sent = match body {
        Some(body) => match request.header("Content-Type", "application/json").body(body) {
            Ok(request) => request.send().await,
            Err(error) => Err(error),
        },
        None => request.send().await,
    };
    let response = sent.map_err(|_| ApiError::Unreachable)?;
    if response.ok() { Ok(response) } else { Err(refusal(response).await) }
}

async fn refusal(response: Response) -> ApiError {
    let is_problem = response.headers().get("content-type").is_some_and(|kind| kind.starts_with(PROBLEM_MEDIA_TYPE));
    if !is_problem {
        // A proxy in between answers for a server that is down.
        return if response.status() >= 502 { ApiError::Unreachable } else { ApiError::Unreadable };
    }
    match read::<Problem>(response).await {
        Ok(problem) => ApiError::Problem(Box::new(problem)),
        Err(error) => error,
    }
}

/// Reads the body of an answer.
pub async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    parse(&text(response).await?)
}

/// The body of an answer, of the moment at which it was asked for: what the browser had already was still so then.
pub async fn text(response: Response) -> Result<String, ApiError> {
    let as_of = response.headers().get("as-of");
    let text = response.text().await.map_err(|_| ApiError::Unreachable)?;
    Ok(match as_of {
        Some(as_of) => with_moment(text, &as_of),
        None => text,
    })
}

/// The moment of an answer stands in it before those of its parts.
fn with_moment(text: String, as_of: &str) -> String {
    const NAME: &str = "\"as_of\":\"";
    let Some(start) = text.find(NAME).map(|at| at + NAME.len()) else { return text };
    let Some(length) = text[start..].find('"') else { return text };
    format!("{}{as_of}{}", &text[..start], &text[start + length..])
}

/// Reads a body that has arrived, with the browser's own parser: that of `serde_json` would be a twentieth of the app.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let value = js_sys::JSON::parse(text).map_err(|_| ApiError::Unreadable)?;
    serde_wasm_bindgen::from_value(value).map_err(|_| ApiError::Unreadable)
}

/// Writes the body of a request.
pub fn write<T: serde::Serialize>(body: &T) -> Result<String, ApiError> {
    serde_json::to_string(body).map_err(|_| ApiError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_still_so_is_of_now() {
        let text = r#"{"figure":"balance","as_of":"2026-11-22T13:02:00Z","part":{"as_of":"2026-11-22T13:02:00Z"}}"#;
        let now = r#"{"figure":"balance","as_of":"2026-11-22T13:04:00Z","part":{"as_of":"2026-11-22T13:02:00Z"}}"#;
        assert_eq!(with_moment(text.to_owned(), "2026-11-22T13:04:00Z"), now);
        assert_eq!(with_moment("[]".to_owned(), "2026-11-22T13:04:00Z"), "[]");
    }
}
