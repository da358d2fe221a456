//! What goes wrong, and the only place that knows with which status it is answered.
//!
//! Public text and internal cause are different fields: the cause goes to the log, never to the caller.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use sea_orm::{DbErr, RuntimeErr};
use shared::dto::lifecycle::Quote;
use shared::problem::{FieldError, PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use shared::vocab::{ActivationAction, Money};

use crate::http::security_headers;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An error of any layer.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ProblemCode,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    balance: Option<(Money, Money, Money)>,
    allowed_actions: Option<Vec<ActivationAction>>,
    quote: Option<Box<Quote>>,
    allow: Option<String>,
    retry_after_seconds: Option<u64>,
    cause: Option<Cause>,
    is_retryable: bool,
    request_id: Option<String>,
}

impl Error {
    /// An error with a code and a sentence for the caller.
    pub fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            balance: None,
            allowed_actions: None,
            quote: None,
            allow: None,
            retry_after_seconds: None,
            cause: None,
            is_retryable: false,
            request_id: None,
        }))
    }

    /// A fault on our side.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        let mut error =
            Self::new(ProblemCode::Internal, "The fault was recorded. Nothing was changed; try again later.");
        error.0.cause = Some(cause.into());
        error
    }

    /// Something we need does not answer.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        let mut error =
            Self::new(ProblemCode::Unavailable, "The database does not answer. Nothing was changed; try again.");
        error.0.cause = Some(cause.into());
        error.0.retry_after_seconds = Some(2);
        error
    }

    /// Unknown or foreign: the caller cannot tell which.
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "There is nothing at this address.")
    }

    /// Well-formed but wrong.
    pub fn validation(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [only] => format!("{} {}", only.pointer.trim_start_matches(['?', '/']), only.message).into(),
            _ => Cow::Borrowed("Each wrong value is listed under errors."),
        };
        let mut error = Self::new(ProblemCode::ValidationFailed, detail);
        error.0.fields = fields;
        error
    }

    /// One wrong value.
    pub fn field(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::validation(vec![FieldError { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }

    /// The wallet holds less than is needed.
    pub fn insufficient_balance(required: Money, available: Money) -> Self {
        let shortfall = Money::new(required.minor - available.minor, required.currency);
        let detail = format!("{required} is needed, {available} is available, {shortfall} is missing.");
        let mut error = Self::new(ProblemCode::InsufficientBalance, detail);
        error.0.balance = Some((required, available, shortfall));
        error
    }

    /// The activation's status does not allow the action.
    pub fn invalid_transition(detail: impl Into<Cow<'static, str>>, allowed: Vec<ActivationAction>) -> Self {
        let mut error = Self::new(ProblemCode::InvalidTransition, detail);
        error.0.allowed_actions = Some(allowed);
        error
    }

    /// What would be executed now is not what the caller agreed to.
    pub fn quote_changed(quote: Quote) -> Self {
        let detail = "What would happen now is not what was expected. Nothing was changed; the new quote is attached.";
        let mut error = Self::new(ProblemCode::QuoteChanged, detail);
        error.0.quote = Some(Box::new(quote));
        error
    }

    /// The address exists, the method does not; `allow` lists those that do.
    pub fn method_not_allowed(allow: String) -> Self {
        let mut error = Self::new(ProblemCode::MethodNotAllowed, format!("This address takes {allow}."));
        error.0.allow = Some(allow);
        error
    }

    /// Too many requests.
    pub fn rate_limited(retry_after_seconds: u64) -> Self {
        let mut error = Self::new(ProblemCode::RateLimited, format!("Try again in {retry_after_seconds} seconds."));
        error.0.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// The same error, with the time after which to try again.
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// The sentence for the caller.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What went wrong, in one word.
    pub fn code(&self) -> ProblemCode {
        self.0.code
    }

    /// Whether this is our doing, not the caller's.
    pub fn is_fault(&self) -> bool {
        status_of(self.0.code).is_server_error()
    }

    /// Whether running the same transaction again may succeed.
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable
    }

    /// What the operator should know; for the log only.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// The same error, tied to a request.
    pub fn with_request_id(mut self, request_id: &str) -> Self {
        self.0.request_id = Some(request_id.to_owned());
        self
    }

    /// The problem as it is sent.
    pub fn problem(&self, request_id: &str) -> Problem {
        let inner = &self.0;
        let (required, available, shortfall) = match inner.balance {
            Some((required, available, shortfall)) => (Some(required), Some(available), Some(shortfall)),
            None => (None, None, None),
        };
        Problem {
            kind: format!("/docs/errors#{}", inner.code),
            title: inner.code.title().to_owned(),
            status: status_of(inner.code).as_u16(),
            detail: inner.detail.clone().into_owned(),
            code: inner.code,
            request_id: request_id.to_owned(),
            errors: inner.fields.clone(),
            required,
            available,
            shortfall,
            allowed_actions: inner.allowed_actions.clone(),
            quote: inner.quote.clone(),
        }
    }

    /// The answer to the request with this id.
    pub fn response(&self, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(status_of(self.0.code));
        response.content_type(PROBLEM_MEDIA_TYPE).insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.0.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allow) = self.0.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            response.insert_header((header::ALLOW, allow));
        }
        if status_of(self.0.code) == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="resellportal""#));
        }
        let body = serde_json::to_vec(&self.problem(request_id)).unwrap_or_default();
        response.body(body)
    }
}

/// The status of each code.
pub fn status_of(code: ProblemCode) -> StatusCode {
    use ProblemCode as C;
    match code {
        C::Malformed | C::AmbiguousCredentials | C::IdempotencyKeyMissing => StatusCode::BAD_REQUEST,
        C::Unauthenticated | C::InvalidCredentials => StatusCode::UNAUTHORIZED,
        C::PermissionDenied | C::CrossSiteRequest => StatusCode::FORBIDDEN,
        C::NotFound | C::LinkInvalid => StatusCode::NOT_FOUND,
        C::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        C::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        C::InsufficientBalance
        | C::InvalidTransition
        | C::QuoteChanged
        | C::AlreadyRenewedAhead
        | C::ChangeAtRenewalOnly
        | C::IdempotencyInFlight
        | C::ClientInUse
        | C::WalletBlocked => StatusCode::CONFLICT,
        C::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        C::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        C::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        C::ValidationFailed | C::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        C::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        C::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        C::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        C::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The code for an answer that the framework made by itself.
pub fn code_of(status: StatusCode) -> ProblemCode {
    match status {
        StatusCode::UNAUTHORIZED => ProblemCode::Unauthenticated,
        StatusCode::FORBIDDEN => ProblemCode::PermissionDenied,
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ProblemCode::MethodNotAllowed,
        StatusCode::NOT_ACCEPTABLE => ProblemCode::NotAcceptable,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => ProblemCode::ValidationFailed,
        StatusCode::TOO_MANY_REQUESTS => ProblemCode::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => ProblemCode::Unavailable,
        status if status.is_client_error() => ProblemCode::Malformed,
        _ => ProblemCode::Internal,
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.0.code, self.0.detail)?;
        for field in &self.0.fields {
            write!(formatter, "; {} {}", field.pointer, field.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status_of(self.0.code)
    }

    fn error_response(&self) -> HttpResponse {
        // The outermost middleware answers with the request's id; this is for what never reached it.
        let mut response = self.response(self.0.request_id.as_deref().unwrap_or("unknown"));
        security_headers::add_fixed(response.headers_mut());
        response
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let is_retryable = crate::db::is_retryable(&error);
        let mut error = match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::unavailable(error),
            DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause))
                if is_outage(cause) =>
            {
                Self::unavailable(error)
            }
            _ if is_retryable => Self::unavailable(error),
            _ => Self::internal(error),
        };
        error.0.is_retryable = is_retryable;
        error
    }
}

/// Whether the database is gone, as opposed to having refused a statement.
fn is_outage(error: &sea_orm::SqlxError) -> bool {
    use sea_orm::SqlxError as E;
    match error {
        E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => true,
        E::Database(error) => {
            let code = error.code().unwrap_or_default();
            // PostgreSQL: connection trouble (08…), shutdown (57P…), too many connections, statement timeout.
            // SQLite: I/O error (10 and its extended forms), cannot open, full, read-only.
            code.starts_with("08") || code.starts_with("57") || code == "53300" || is_sqlite_outage(&code)
        }
        _ => false,
    }
}

fn is_sqlite_outage(code: &str) -> bool {
    code.len() < 5 && code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 8 | 10 | 13 | 14))
}
