//! Errors on the wire: RFC 9457 problems with a closed list of codes.
//!
//! Knows what each code means and its title; only the server's `error.rs` knows which status it answers with.

use serde::{Deserialize, Serialize};

use crate::dto::lifecycle::Quote;
use crate::vocab::{ActivationAction, Money};

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $variant:ident = $word:tt, $title:literal;)+) => {
        /// What went wrong, in one word. The list is closed: a new code is announced before it is sent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ProblemCode {
            $($(#[doc = $meaning])+ #[serde(rename = $word)] $variant),+
        }

        impl ProblemCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The status it is answered with and when it happens, as `400: …`.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($meaning),+).trim_ascii()),+ }
            }

            /// A short sentence that is the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

codes! {
    /// 400: the request could not be read at all.
    Malformed = "malformed", "The request could not be read";
    /// 400: a cookie session and an API key on one request.
    AmbiguousCredentials = "ambiguous_credentials", "Send either a session or an API key, not both";
    /// 400: a POST that creates or moves money came without an `Idempotency-Key`.
    IdempotencyKeyMissing = "idempotency_key_missing", "This request needs an Idempotency-Key";
    /// 401: no credentials, or credentials that are no longer good.
    Unauthenticated = "unauthenticated", "Sign in first";
    /// 401: email and password do not match, or the account may not log in.
    InvalidCredentials = "invalid_credentials", "Email and password do not match";
    /// 403: lacks a permission inside one's own account.
    PermissionDenied = "permission_denied", "Your role does not allow this";
    /// 403: a write with cookies lacks the header that proves it comes from the app.
    CrossSiteRequest = "cross_site_request", "The request did not come from the app";
    /// 404: there is no such thing, or it belongs to somebody else.
    NotFound = "not_found", "There is nothing here";
    /// 404: a one-time link is unknown, used or too old.
    LinkInvalid = "link_invalid", "This link cannot be used any more";
    /// 405: the address exists, the method does not.
    MethodNotAllowed = "method_not_allowed", "This address does not take that method";
    /// 406: none of the accepted media types can be sent.
    NotAcceptable = "not_acceptable", "None of the accepted formats can be sent";
    /// 409: the wallet holds less than is needed.
    InsufficientBalance = "insufficient_balance", "The balance is not enough";
    /// 409: the status of the activation or top-up does not allow the action.
    InvalidTransition = "invalid_transition", "The status does not allow this";
    /// 409: the terms changed between quote and commit.
    QuoteChanged = "quote_changed", "The price or period changed";
    /// 409: the next period is paid already.
    AlreadyRenewedAhead = "already_renewed_ahead", "The next period is paid already";
    /// 409: an interval change would need a payout.
    ChangeAtRenewalOnly = "change_at_renewal_only", "This change is possible at the next renewal only";
    /// 409: the first request with this key has not finished.
    IdempotencyInFlight = "idempotency_in_flight", "The first request with this key is still running";
    /// 409: the client still has activations that are not over.
    ClientInUse = "client_in_use", "The client still has activations";
    /// 409: the wallet is blocked until its books agree.
    WalletBlocked = "wallet_blocked", "The wallet is blocked";
    /// 412: the resource changed since it was read.
    PreconditionFailed = "precondition_failed", "This changed while you were looking";
    /// 413: the body is too large.
    PayloadTooLarge = "payload_too_large", "The request is too large";
    /// 415: the body has another media type than the operation reads.
    UnsupportedMediaType = "unsupported_media_type", "The body has an unsupported media type";
    /// 422: well-formed but wrong; `errors` names each field.
    ValidationFailed = "validation_failed", "Some values are not right";
    /// 422: the same idempotency key with another body.
    IdempotencyKeyReused = "idempotency_key_reused", "This Idempotency-Key was used for another request";
    /// 428: a write that needs `If-Match` came without one.
    PreconditionRequired = "precondition_required", "This request needs If-Match";
    /// 429: too many requests; `Retry-After` says when to come back.
    RateLimited = "rate_limited", "Too many requests";
    /// 500: a fault on our side, recorded under the request id.
    Internal = "internal", "Something went wrong on our side";
    /// 503: the database or another part does not answer; nothing was changed.
    Unavailable = "unavailable", "The service does not answer for the moment";
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One wrong value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where: a JSON pointer into the body (`/email`), or the name of a query parameter (`?limit`).
    #[cfg_attr(feature = "openapi", schema(example = "?limit", max_length = 200))]
    pub pointer: String,
    /// What kind of mistake, in one word: `unknown_field`, `required`, `invalid`, `too_large`, `too_small`, `too_long`, …
    #[cfg_attr(feature = "openapi", schema(example = "too_large", max_length = 40))]
    pub code: String,
    /// What was expected, for a person.
    #[cfg_attr(feature = "openapi", schema(example = "must be between 1 and 200", max_length = 500))]
    pub message: String,
}

/// An RFC 9457 problem, sent as `application/problem+json` with every error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A link to the documentation of the code.
    #[serde(rename = "type")]
    #[cfg_attr(
        feature = "openapi",
        schema(format = "uri-reference", example = "/docs/errors#validation_failed", max_length = 200)
    )]
    pub kind: String,
    /// A short sentence that is the same for every occurrence of the code.
    #[cfg_attr(feature = "openapi", schema(example = "Some values are not right", max_length = 200))]
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599, example = 422))]
    pub status: u16,
    /// What happened this time, for a person.
    #[cfg_attr(feature = "openapi", schema(example = "limit must be between 1 and 200", max_length = 1000))]
    pub detail: String,
    /// What went wrong, in one word.
    pub code: ProblemCode,
    /// The request's id, as in the logs.
    #[cfg_attr(feature = "openapi", schema(example = "req_01k4kneba5pr8v6j2c0d3f7g9h", max_length = 64))]
    pub request_id: String,
    /// Each wrong value; absent where the code has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub errors: Vec<FieldError>,
    /// With `insufficient_balance`: what the action costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<Money>,
    /// With `insufficient_balance`: what the wallet holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Money>,
    /// With `insufficient_balance`: what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<Money>,
    /// With `invalid_transition` of an activation: what its status does allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub allowed_actions: Option<Vec<ActivationAction>>,
    /// With `quote_changed`: what would happen now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Box<Quote>>,
}

/// The media type of a [`Problem`].
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";
