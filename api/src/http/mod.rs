//! What every operation shares at the HTTP boundary: reading input strictly, pages, caching, headers, the app's files.
//!
//! Knows no feature and no table.

pub mod client_address;
pub mod csv;
pub mod cursor;
pub mod etag;
pub mod idempotency;
pub mod json_body;
pub mod request_layer;
pub mod security_headers;
pub mod spa;
pub mod strict_query;
pub mod text;

pub use etag::IfMatch;
pub use idempotency::{Idempotent, Reply};
pub use json_body::{JsonBody, LargeJsonBody};
pub use request_layer::RequestId;
pub use strict_query::{CommaList, NoParameters, StrictQuery};

/// 200 with JSON that nobody keeps.
pub fn no_store(body: &impl serde::Serialize) -> actix_web::HttpResponse {
    actix_web::HttpResponse::Ok().insert_header((actix_web::http::header::CACHE_CONTROL, "no-store")).json(body)
}
