//! A caller of the API, and its answers.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::problem::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

/// The header that proves that a write comes from the app.
pub const APP_HEADER: (&str, &str) = ("x-requested-with", "resellportal");

/// A caller with its own cookies or key.
#[derive(Debug, Clone)]
pub struct Caller {
    base: String,
    http: reqwest::Client,
    headers: HeaderMap,
}

impl Caller {
    /// A caller without credentials.
    pub fn new(base: &str) -> Self {
        let http =
            reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base: base.to_owned(), http, headers: HeaderMap::new() }
    }

    /// The same caller at another process.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same caller with a header on every request.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    /// Sends anything.
    pub async fn send(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let mut request =
            self.http.request(method.clone(), format!("{}{path}", self.base)).headers(self.headers.clone());
        if !matches!(method, Method::GET | Method::HEAD) && !self.headers.contains_key("x-without-app-header") {
            request = request.header(APP_HEADER.0, APP_HEADER.1);
        }
        if let Some((media_type, bytes)) = body {
            request = request.header("content-type", media_type).body(bytes);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let answer = Answer { request: format!("{method} {path}"), status, headers, bytes };
        answer.check_form();
        answer
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// GET, and the answer's data.
    pub async fn read<T: DeserializeOwned>(&self, path: &str) -> T {
        self.get(path).await.data()
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::POST, path, Some(("application/json", serde_json::to_vec(body).unwrap()))).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub request: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// What holds for every answer: a request id, security headers, and a problem for every error.
    fn check_form(&self) {
        let has = |name: &str| assert!(self.headers.contains_key(name), "{}: no {name}", self.request);
        has("x-request-id");
        for name in ["x-content-type-options", "referrer-policy", "x-frame-options", "content-security-policy"] {
            has(name);
        }
        if self.status.is_client_error() || self.status.is_server_error() {
            if self.request.starts_with("HEAD ") {
                return;
            }
            assert_eq!(self.header("content-type"), Some(PROBLEM_MEDIA_TYPE), "{}: {}", self.request, self.text());
            let problem: Problem = serde_json::from_slice(&self.bytes).unwrap();
            assert_eq!(problem.status, self.status.as_u16(), "{}", self.request);
            assert_eq!(Some(problem.request_id.as_str()), self.header("x-request-id"), "{}", self.request);
            let text = self.text().to_lowercase();
            for leak in ["select ", "insert ", "sqlite", "postgres", "sqlx", "panicked", ".rs:", "/work", "/tmp"] {
                assert!(!text.contains(leak), "{} leaks {leak:?}: {text}", self.request);
            }
        }
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The data of a successful answer.
    pub fn data<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{}: {} {}", self.request, self.status, self.text());
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{}: {error}: {}", self.request, self.text()))
    }

    /// The problem, which must have this status and code.
    pub fn problem(&self, status: u16, code: ProblemCode) -> Problem {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.request, self.text());
        let problem: Problem = serde_json::from_slice(&self.bytes).unwrap();
        assert_eq!(problem.code, code, "{}: {}", self.request, self.text());
        problem
    }

    /// A successful answer without data.
    pub fn is_done(&self) {
        assert!(self.status.is_success(), "{}: {} {}", self.request, self.status, self.text());
    }
}
