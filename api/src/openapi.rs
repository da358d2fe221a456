//! The OpenAPI document, generated from the routes that serve, and what answers where no route does.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;

use crate::app::State;
use crate::error::Error;
use crate::http::spa;

/// Fills in what is the same for the whole document.
pub fn complete(document: &mut OpenApi) {
    document.info.title = "ResellPortal".to_owned();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
}

/// The methods of every path template of the document.
#[derive(Debug, Clone, Default)]
struct KnownPaths(Arc<Vec<(Vec<String>, String)>>);

impl KnownPaths {
    fn of(document: &OpenApi) -> Self {
        let known = document.paths.paths.iter().map(|(template, item)| {
            let mut methods: BTreeMap<&str, ()> = BTreeMap::new();
            for (name, operation) in [
                ("GET", &item.get),
                ("HEAD", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ] {
                if operation.is_some() {
                    methods.insert(name, ());
                }
            }
            let allow = methods.into_keys().collect::<Vec<_>>().join(", ");
            (template.split('/').map(str::to_owned).collect(), allow)
        });
        Self(Arc::new(known.collect()))
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
pub fn fallback(app: &mut web::ServiceConfig, document: OpenApi) {
    let known = KnownPaths::of(&document);
    let document: Arc<str> = document.to_json().unwrap_or_default().into();
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
    let is_api = path == "/api" || path.starts_with("/api/");
    if is_api || path.starts_with("/livez") || path.starts_with("/readyz") {
        return Err(Error::not_found());
    }
    if request.method() == Method::OPTIONS {
        return Err(Error::method_not_allowed("GET, HEAD".to_owned()));
    }
    spa::serve(request, &state.app_files)
}
