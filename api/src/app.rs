//! One function builds the app: for the server, the tests and the OpenAPI document.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, web};
use utoipa_actix_web::AppExt;

use crate::auth::authentication_layer;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::features;
use crate::features::dashboard::kept::Answers;
use crate::features::forecast::service::Outlooks;
use crate::http::cursor::CursorSigner;
use crate::http::request_layer::request_layer;
use crate::http::security_headers::ContentSecurityPolicy;
use crate::http::spa::AppFiles;

/// What every handler can reach.
#[derive(Debug, Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Arc<Config>,
    /// Signs cursors.
    pub cursors: CursorSigner,
    /// Logging in.
    pub auth: Arc<crate::auth::AuthState>,
    /// The app's files.
    pub app_files: AppFiles,
    /// What renews of resellers that wrote nothing since.
    pub outlooks: Outlooks,
    /// Dashboards that are still true.
    pub dashboards: Answers,
}

/// Requests larger than this are 413.
const MAX_BODY_BYTES: usize = 1 << 20;

/// The OpenAPI document of every route, for which no database is needed.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut document) = App::new().into_utoipa_app().configure(features::routes).split_for_parts();
    crate::openapi::complete(&mut document);
    document
}

/// The app with every route.
pub fn build(
    state: State,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let policy = ContentSecurityPolicy::new(state.app_files.style_hashes());
    let (app, mut document) = App::new()
        .into_utoipa_app()
        // The layer that is added last runs first. What carries its own encoding, as the app's files do, stays as it is.
        .map(|app| app.wrap(Compress::default()).wrap(from_fn(authentication_layer)).wrap(from_fn(request_layer)))
        .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
        .app_data(web::Data::new(policy))
        .app_data(web::Data::new(state))
        .configure(features::routes)
        .split_for_parts();
    crate::openapi::complete(&mut document);
    app.configure(move |app| crate::openapi::fallback(app, &document))
}
