//! The OpenAPI document, generated from the routes that serve, and what answers where no route does.

mod docs;
mod examples;
mod lifecycle_examples;
mod operations;
mod problems;

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::info::LicenseBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::tag::TagBuilder;

use crate::app::State;
use crate::error::Error;
use crate::http::spa;

/// Fills in what is the same for the whole document.
pub fn complete(document: &mut OpenApi) {
    describe(document);
    problems::add(document);
    operations::complete(document);
}

fn describe(document: &mut OpenApi) {
    let info = &mut document.info;
    "ResellPortal".clone_into(&mut info.title);
    env!("CARGO_PKG_VERSION").clone_into(&mut info.version);
    info.description = Some(include_str!("openapi/description.md").to_owned());
    info.license = Some(LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build());
    document.servers = Some(vec![ServerBuilder::new().url("/").description(Some("This instance.")).build()]);
    let tag = |(name, about): (&str, &str)| TagBuilder::new().name(name).description(Some(about)).build();
    document.tags = Some(TAGS.into_iter().map(tag).collect());
    let components = document.components.get_or_insert_with(Default::default);
    components.add_security_scheme(
        SESSION,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-resellportal_access",
            "Set by `log_in`; scripts never see it. On an instance without https the name has no `__Host-`. Writes also \
             need the header `X-Requested-With: resellportal`.",
        ))),
    );
    components.add_security_scheme(
        API_KEY,
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("rsp_live_…")
                .description(Some("An integrator's key, with its scopes. Not together with a session."))
                .build(),
        ),
    );
}

/// Name of the scheme of browsers.
const SESSION: &str = "session";
/// Name of the scheme of integrators.
const API_KEY: &str = "api_key";

const TAGS: [(&str, &str); 11] = [
    ("session", "Log in and out, who am I, passwords and one-time links."),
    ("dashboard", "The figures at a glance: everything at once, or section by section."),
    ("active-users", "Distinct end users over time, and the people behind a figure."),
    ("usage-events", "Sending what end users do, so that active users can be counted."),
    ("reports", "What is used, what it costs, and what to decide."),
    ("activations", "Products put in service for clients."),
    ("catalogue", "What can be activated, and what it costs."),
    ("clients", "The reseller's customers."),
    ("wallet", "The prepaid balance, the ledger behind it, and money coming in."),
    ("operator", "For those who run the instance: resellers, money that came, the catalogue."),
    ("health", "For those who host an instance."),
];

/// The methods of every path template of the document.
#[derive(Debug, Clone, Default)]
struct KnownPaths(Arc<Vec<(Vec<String>, String)>>);

impl KnownPaths {
    fn of(document: &OpenApi) -> Self {
        let known = document.paths.paths.iter().map(|(template, item)| {
            let methods = [
                ("DELETE", &item.delete),
                ("GET", &item.get),
                ("PATCH", &item.patch),
                ("POST", &item.post),
                ("PUT", &item.put),
            ];
            let taken = methods.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name);
            let allow = taken.collect::<Vec<_>>().join(", ");
            (template.split('/').map(str::to_owned).collect(), allow)
        });
        // The document does not list itself.
        let own = (shared::paths::OPENAPI.split('/').map(str::to_owned).collect(), "GET".to_owned());
        Self(Arc::new(known.chain([own]).collect()))
    }

    fn allowed(&self, path: &str) -> Option<&str> {
        let segments: Vec<_> = path.split('/').collect();
        let matches = |template: &[String]| {
            template.len() == segments.len()
                && template.iter().zip(&segments).all(|(known, given)| known.starts_with('{') || known == given)
        };
        self.0.iter().find(|(template, _)| matches(template)).map(|(_, allow)| allow.as_str())
    }
}

/// Serves the document, and answers what no operation takes: 405, 404 or the app.
pub fn fallback(app: &mut web::ServiceConfig, document: &OpenApi) {
    let known = KnownPaths::of(document);
    docs::register(app);
    let document: Arc<str> = document.to_pretty_json().unwrap_or_default().into();
    app.route(
        shared::paths::OPENAPI,
        web::get().to(move || {
            let document = document.to_string();
            async { HttpResponse::Ok().content_type("application/json").body(document) }
        }),
    );
    app.default_service(web::to(move |request: HttpRequest, state: web::Data<State>| {
        let known = known.clone();
        async move { answer_unrouted(&request, &state, &known) }
    }));
}

fn answer_unrouted(request: &HttpRequest, state: &State, known: &KnownPaths) -> Result<HttpResponse, Error> {
    let path = request.path();
    if let Some(allow) = known.allowed(path) {
        return Err(Error::method_not_allowed(allow.to_owned()));
    }
    let is_ours = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if ["/api", "/docs", "/livez", "/readyz"].into_iter().any(is_ours) {
        return Err(Error::not_found());
    }
    if request.method() == Method::OPTIONS {
        return Err(Error::method_not_allowed("GET, HEAD".to_owned()));
    }
    spa::serve(request, &state.app_files)
}

#[cfg(test)]
mod tests;
