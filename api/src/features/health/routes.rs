//! `/livez` and `/readyz`.

use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::State;
use crate::error::Error;

/// Registers the operations.
pub fn register(app: &mut ServiceConfig) {
    app.service(livez).service(readyz);
}

/// The process runs.
#[utoipa::path(tag = "health", operation_id = "get_livez", summary = "The process runs", security(()),
    description = "For whoever restarts a process that hangs. Asks nothing of the database.",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain", example = "ok")))]
#[get("/livez")]
async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").insert_header(("cache-control", "no-store")).body("ok")
}

/// The database answers, so requests can be served.
#[utoipa::path(tag = "health", operation_id = "get_readyz", summary = "Requests can be served", security(()),
    description = "For whoever sends traffic here: asks the database, and answers 503 while it does not answer.",
    responses((status = 200, description = "They can.", body = String, content_type = "text/plain", example = "ok")))]
#[get("/readyz")]
async fn readyz(state: web::Data<State>) -> Result<HttpResponse, Error> {
    state.db.ping().await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("cache-control", "no-store"))
        .body("ok"))
}
