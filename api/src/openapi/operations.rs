//! What is the same for every operation: security, shared problems, caching headers, examples.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{OpenApi, Ref, RefOr, Required, Response};

use super::{API_KEY, SESSION, examples, problems};

/// Fills in each operation.
pub fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete_one(path, method, operation);
            }
        }
    }
}

fn complete_one(path: &str, method: &str, operation: &mut Operation) {
    let secured = || {
        let scheme = |name: &str| SecurityRequirement::new::<_, [String; 0], String>(name, []);
        vec![scheme(SESSION), scheme(API_KEY)]
    };
    let security = operation.security.get_or_insert_with(secured);
    let is_public = security.contains(&SecurityRequirement::default());
    for status in statuses(path, method, is_public, operation.request_body.is_some()) {
        if let Some(name) = problems::name_of(status) {
            let shared = RefOr::Ref(Ref::from_response_name(name));
            operation.responses.responses.entry(status.to_string()).or_insert(shared);
        }
    }
    add_example(operation);
    add_sent_example(operation);
    if takes_key(method, path) {
        add_key(operation);
    }
    if takes_tag(method, path) {
        add_precondition(operation);
    }
    let is_cached =
        method == "GET" && path.starts_with(shared::paths::BASE) && !path.starts_with(shared::paths::SESSION);
    if is_cached {
        add_caching(operation);
    }
}

/// Which problems an operation may answer with.
fn statuses(path: &str, method: &str, is_public: bool, has_body: bool) -> Vec<u16> {
    let is_api = path.starts_with(shared::paths::BASE);
    let is_session = path.starts_with(shared::paths::SESSION);
    let is_link = path.contains("/one-time-links/");
    let possible = [
        (400, is_api && (!is_public || has_body)),
        (401, !is_public || is_session),
        (403, !is_public || (is_api && method != "GET")),
        (404, path.contains('{') || is_link),
        (405, true),
        (409, is_api && !is_public && !is_session && method != "GET"),
        (412, takes_tag(method, path)),
        (413, has_body),
        (415, has_body),
        (422, is_api && (has_body || method == "GET")),
        (428, takes_tag(method, path)),
        (429, is_api),
        (500, true),
        (503, path != "/livez"),
    ];
    possible.into_iter().filter(|(_, may_happen)| *may_happen).map(|(status, _)| status).collect()
}

fn add_example(operation: &mut Operation) {
    let Some(example) = operation.operation_id.as_deref().and_then(examples::of) else { return };
    for status in ["200", "201"] {
        let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) else { continue };
        for content in response.content.values_mut() {
            if let RefOr::T(content) = content {
                content.example.get_or_insert_with(|| example.clone());
            }
        }
    }
}

fn add_sent_example(operation: &mut Operation) {
    let Some(example) = operation.operation_id.as_deref().and_then(examples::sent_to) else { return };
    let Some(RefOr::T(body)) = operation.request_body.as_mut() else { return };
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content {
            content.example.get_or_insert_with(|| example.clone());
        }
    }
}

/// Whether an operation creates something or moves money, so that it must not happen twice.
fn takes_key(method: &str, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_reading_or_repeatable =
        matches!(last, "quote" | "archive" | "restore" | "cancel" | "reject" | "unblock-wallet");
    method == "POST"
        && ["/activations", "/clients", "/notes", "/top-ups", "/operator/"]
            .iter()
            .any(|resource| path.starts_with(&format!("{}{resource}", shared::paths::BASE)))
        && !is_reading_or_repeatable
}

/// Whether an operation is done only to what the caller saw.
fn takes_tag(method: &str, path: &str) -> bool {
    matches!(method, "PATCH" | "PUT") || (method == "DELETE" && path.contains('{'))
}

fn add_key(operation: &mut Operation) {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(64))
        .pattern(Some("^[ -~]+$"))
        .examples(["0f8a2c1e-8b7d-4e0a-9d55-2f1c6f3f9a10"])
        .build();
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "A new key for each intended effect, the same one at every retry. For seven days the first successful answer is \
             given again, byte for byte and with `Idempotency-Replayed: true`; a refusal is not kept.",
        ))
        .schema(Some(text))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
    let replayed = ObjectBuilder::new().schema_type(Type::String).max_length(Some(4)).examples(["true"]).build();
    let about = "`true` if this is the answer to an earlier request with the same key.";
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            let header = HeaderBuilder::new().schema(Some(replayed.clone())).description(Some(about)).build();
            response.headers.insert("Idempotency-Replayed".to_owned(), header.into());
        }
    }
}

fn add_precondition(operation: &mut Operation) {
    let parameter = ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("The `ETag` of what was read before, or `*` to change it whatever it is now."))
        .schema(Some(tag_schema()))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
    let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") else { return };
    let about = "The strong tag that reading it has from now on.";
    let tag = HeaderBuilder::new().schema(Some(tag_schema())).description(Some(about)).build();
    response.headers.insert("ETag".to_owned(), tag.into());
}

fn add_caching(operation: &mut Operation) {
    let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") else { return };
    if !response.content.contains_key("application/json") {
        return;
    }
    let tag =
        || HeaderBuilder::new().schema(Some(tag_schema())).description(Some("The strong tag of this answer.")).build();
    response.headers.insert("ETag".to_owned(), tag().into());
    let unchanged: Response = ResponseBuilder::new()
        .description("Nothing but the time has changed since the answer with the tag in `If-None-Match`.")
        .header("ETag", tag())
        .build();
    operation.responses.responses.entry("304".to_owned()).or_insert(unchanged.into());
    let parameter: Parameter = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The `ETag` of an earlier answer; if it is still good, the answer is 304 without a body."))
        .schema(Some(tag_schema()))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
}

fn tag_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(100))
        .examples(["\"7c1f0d5a9e3b42c8d6a1f0b2\""])
        .build()
}
