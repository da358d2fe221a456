//! Headers on every answer, errors included.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// The policy of this instance: the app's inline critical style is allowed by its hash.
#[derive(Debug, Clone)]
pub struct ContentSecurityPolicy(HeaderValue);

impl ContentSecurityPolicy {
    /// The policy with the hashes (`sha256-…`) of the styles inside `index.html`.
    pub fn new(style_hashes: &[String]) -> Self {
        let hashes = style_hashes.iter().fold(String::new(), |hashes, hash| hashes + " '" + hash + "'");
        let policy = format!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'{hashes}; img-src 'self' data:; \
             frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'"
        );
        Self(HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")))
    }
}

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    ),
];

/// Adds all headers that are not there yet.
pub fn add(headers: &mut HeaderMap, policy: Option<&ContentSecurityPolicy>) {
    add_fixed(headers);
    let name = HeaderName::from_static("content-security-policy");
    if let (Some(policy), false) = (policy, headers.contains_key(&name)) {
        headers.insert(name, policy.0.clone());
    }
}

/// Adds those that depend on nothing.
pub fn add_fixed(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
}
