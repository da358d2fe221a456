//! Pages for people who integrate: the API in a browser, and what each problem means. Nothing inline, so the strict content
//! security policy holds.

use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use shared::problem::ProblemCode;
use utoipa_swagger_ui::Config;

use crate::error::{Error, status_of};

const INDEX: &str = include_str!("docs/index.html");
const API: &str = include_str!("docs/api.html");
const INITIALIZER: &str = include_str!("docs/initializer.js");
const STYLE: &str = include_str!("docs/docs.css");

/// Registers the pages.
pub fn register(app: &mut web::ServiceConfig) {
    app.route("/docs", web::get().to(|| async { page("text/html; charset=utf-8", INDEX) }))
        .route("/docs/docs.css", web::get().to(|| async { page("text/css; charset=utf-8", STYLE) }))
        .route("/docs/errors", web::get().to(|| async { page("text/html; charset=utf-8", &errors()) }))
        .route("/docs/api", web::get().to(|| async { page("text/html; charset=utf-8", API) }))
        .route(
            "/docs/api/initializer.js",
            web::get().to(|| async { page("text/javascript; charset=utf-8", INITIALIZER) }),
        )
        .route("/docs/api/{file}", web::get().to(swagger_file));
}

fn page(media_type: &str, text: &str) -> HttpResponse {
    HttpResponse::Ok().content_type(media_type).insert_header((header::CACHE_CONTROL, "no-cache")).body(text.to_owned())
}

/// A file of Swagger UI. Its own index page and initializer are not served: ours take their place.
async fn swagger_file(name: web::Path<String>) -> Result<HttpResponse, Error> {
    if !matches!(name.as_str(), "swagger-ui.css" | "swagger-ui-bundle.js") {
        return Err(Error::not_found());
    }
    let file = utoipa_swagger_ui::serve(&name, Arc::new(Config::default()));
    let file = file.map_err(|error| Error::internal(error.to_string()))?.ok_or_else(Error::not_found)?;
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type).insert_header((header::CACHE_CONTROL, "public, max-age=86400"));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(file.bytes.into_owned()))
}

/// What each problem means, with an anchor that `type` links to.
fn errors() -> String {
    let mut rows = String::new();
    for code in ProblemCode::ALL {
        let status = status_of(*code);
        let meaning = code.meaning().split_once(": ").map_or(code.meaning(), |(_, meaning)| meaning);
        let _ = write!(
            rows,
            "<section id=\"{code}\">\n<h2><code>{code}</code></h2>\n<p class=\"status\">{} {}</p>\n<p><strong>{}.</strong> {}</p>\n</section>\n",
            status.as_u16(),
            status.canonical_reason().unwrap_or_default(),
            html(code.title()),
            html(meaning)
        );
    }
    include_str!("docs/errors.html").replace("<!-- codes -->", &rows)
}

/// Text as HTML; what stands between backticks becomes code. The first letter is raised.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut html = String::new();
    for (index, part) in escaped.split('`').enumerate() {
        let _ = if index % 2 == 0 { write!(html, "{part}") } else { write!(html, "<code>{part}</code>") };
    }
    let mut letters = html.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_anchor_status_and_meaning() {
        let page = errors();
        for code in ProblemCode::ALL {
            assert!(page.contains(&format!("<section id=\"{code}\">")), "{code}");
            let status = status_of(*code).as_u16().to_string();
            assert!(code.meaning().starts_with(&format!("{status}: ")), "{code} says {}", code.meaning());
        }
    }

    #[test]
    fn nothing_on_the_pages_is_inline() {
        for page in [INDEX.to_owned(), API.to_owned(), errors()] {
            assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onload="), "{page}");
            assert!(!page.replace("<script src=", "").contains("<script"), "{page}");
        }
    }

    #[actix_web::test]
    async fn the_files_that_the_page_names_are_there() {
        for name in ["swagger-ui.css", "swagger-ui-bundle.js"] {
            assert!(API.contains(&format!("/docs/api/{name}")));
            assert!(swagger_file(web::Path::from(name.to_owned())).await.is_ok(), "{name}");
        }
        assert!(swagger_file(web::Path::from("index.html".to_owned())).await.is_err());
    }
}
