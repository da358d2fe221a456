//! The problems that operations share, once in the document and referred to from each operation.

use serde_json::Value;
use shared::problem::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, Response};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Error, status_of};

/// An answer that operations share.
struct Shared {
    /// Its name in the document.
    name: &'static str,
    /// What it means.
    description: &'static str,
    /// What it may say, each with a sentence.
    examples: &'static [(ProblemCode, &'static str)],
    /// A header that comes with it, and what it says.
    header: Option<(&'static str, &'static str)>,
}

const SHARED: &[Shared] = &[
    Shared {
        name: "BadRequest",
        description: "The request could not be read, or its credentials contradict each other.",
        examples: &[
            (ProblemCode::Malformed, "The body is not JSON: expected a value at line 1 column 1."),
            (ProblemCode::AmbiguousCredentials, "Send either the session's cookie or an API key."),
            (ProblemCode::IdempotencyKeyMissing, "Send an Idempotency-Key."),
        ],
        header: None,
    },
    Shared {
        name: "Unauthenticated",
        description: "No credentials, or credentials that are no longer good.",
        examples: &[
            (ProblemCode::Unauthenticated, "Sign in first."),
            (ProblemCode::InvalidCredentials, "Email and password do not match, or the account may not log in."),
        ],
        header: Some(("WWW-Authenticate", "How to authenticate.")),
    },
    Shared {
        name: "Forbidden",
        description: "The caller is known but may not do this.",
        examples: &[
            (ProblemCode::PermissionDenied, "This needs the permission wallet_read."),
            (ProblemCode::CrossSiteRequest, "Writes with cookies need the header X-Requested-With: resellportal."),
        ],
        header: None,
    },
    Shared {
        name: "NotFound",
        description: "There is no such thing, or it belongs to somebody else: the answers are the same.",
        examples: &[
            (ProblemCode::NotFound, "There is nothing at this address."),
            (ProblemCode::LinkInvalid, "This link is unknown, used or too old."),
        ],
        header: None,
    },
    Shared {
        name: "MethodNotAllowed",
        description: "The address exists, the method does not.",
        examples: &[(ProblemCode::MethodNotAllowed, "This address takes GET.")],
        header: Some(("Allow", "The methods that this address takes.")),
    },
    Shared {
        name: "Conflict",
        description: "The state of things does not allow it. Nothing was changed, and the same key may be tried again.",
        examples: &[
            (ProblemCode::InsufficientBalance, "39.00 EUR is needed, 27.00 EUR is available, 12.00 EUR is missing."),
            (ProblemCode::InvalidTransition, "The activation is paused. Allowed now: resume, deactivate."),
            (ProblemCode::QuoteChanged, "What would happen now is not what was expected; the new quote is attached."),
            (ProblemCode::AlreadyRenewedAhead, "The next period is paid already, until 2026-12-31T23:00:00Z."),
            (
                ProblemCode::ChangeAtRenewalOnly,
                "244.10 EUR is still paid for, more than the 54.00 EUR of the new period.",
            ),
            (ProblemCode::ClientInUse, "The client still has 2 activations that are not over."),
            (ProblemCode::IdempotencyInFlight, "The first request with this Idempotency-Key has not finished."),
            (ProblemCode::WalletBlocked, "The wallet is blocked until its books agree again. Nothing was charged."),
        ],
        header: Some(("Retry-After", "With `idempotency_in_flight`: seconds to wait.")),
    },
    Shared {
        name: "PreconditionFailed",
        description: "It changed since it was read.",
        examples: &[(ProblemCode::PreconditionFailed, "This changed since you read it.")],
        header: None,
    },
    Shared {
        name: "PreconditionRequired",
        description: "The request needs `If-Match`.",
        examples: &[(ProblemCode::PreconditionRequired, "Send If-Match with the ETag of what you read.")],
        header: None,
    },
    Shared {
        name: "PayloadTooLarge",
        description: "The body is larger than is read.",
        examples: &[(ProblemCode::PayloadTooLarge, "The body is larger than 65536 bytes.")],
        header: None,
    },
    Shared {
        name: "UnsupportedMediaType",
        description: "The body is not JSON.",
        examples: &[(ProblemCode::UnsupportedMediaType, "Send the body as application/json.")],
        header: None,
    },
    Shared {
        name: "ValidationFailed",
        description: "Well-formed but wrong; `errors` names each value.",
        examples: &[
            (ProblemCode::ValidationFailed, "limit must be between 1 and 200"),
            (ProblemCode::IdempotencyKeyReused, "This Idempotency-Key was used for another request; make a new one."),
        ],
        header: None,
    },
    Shared {
        name: "RateLimited",
        description: "Too many requests.",
        examples: &[(ProblemCode::RateLimited, "Try again in 30 seconds.")],
        header: Some(("Retry-After", "Seconds to wait.")),
    },
    Shared {
        name: "Internal",
        description: "A fault on our side, recorded under the request id.",
        examples: &[(ProblemCode::Internal, "The fault was recorded. Nothing was changed; try again later.")],
        header: None,
    },
    Shared {
        name: "Unavailable",
        description: "The database does not answer; nothing was changed.",
        examples: &[(ProblemCode::Unavailable, "The database does not answer. Nothing was changed; try again.")],
        header: Some(("Retry-After", "Seconds to wait.")),
    },
];

/// The name of the shared answer with a status.
pub fn name_of(status: u16) -> Option<&'static str> {
    let has_status = |shared: &&Shared| shared.examples.iter().any(|(code, _)| status_of(*code).as_u16() == status);
    SHARED.iter().find(has_status).map(|shared| shared.name)
}

/// Adds the shared answers to the document.
pub fn add(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Default::default);
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.responses.extend(SHARED.iter().map(|shared| (shared.name.to_owned(), response(shared).into())));
}

fn response(shared: &Shared) -> Response {
    let examples = shared.examples.iter().map(|(code, detail)| {
        let example = ExampleBuilder::new().summary(code.title()).value(Some(problem(*code, detail))).build();
        (code.as_str(), example)
    });
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).examples_from_iter(examples).build();
    let response = ResponseBuilder::new().description(shared.description).content(PROBLEM_MEDIA_TYPE, content);
    let Some((name, about)) = shared.header else { return response.build() };
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200)).build();
    response.header(name, HeaderBuilder::new().schema(Some(text)).description(Some(about)).build()).build()
}

fn problem(code: ProblemCode, detail: &'static str) -> Value {
    let error = if code == ProblemCode::ValidationFailed {
        Error::field("?limit", "out_of_range", "must be between 1 and 200")
    } else {
        Error::new(code, detail)
    };
    serde_json::to_value(error.problem("req_01k4kneba5pr8v6j2c0d3f7g9h")).unwrap_or_default()
}
