//! One folder a section of the product; in each, the file name says the layer: `routes` (HTTP in), `service` (what
//! happens), `store` (SQL).

pub mod accounts;
pub mod catalogue;
pub mod clients;
pub mod health;
pub mod ledger;
pub mod lifecycle;
pub mod session;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation.
pub fn routes(app: &mut ServiceConfig) {
    health::routes::register(app);
    session::routes::register(app);
}
