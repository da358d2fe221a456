//! One folder a section of the product; in each, the file name says the layer: `routes` (HTTP in), `service` (what
//! happens), `store` (SQL), `dto` (from rows to answers).

pub mod accounts;
pub mod activations;
pub mod active_users;
pub mod catalogue;
pub mod clients;
pub mod dashboard;
pub mod demo;
pub mod end_users;
pub mod explanations;
pub mod forecast;
pub mod health;
pub mod import;
pub mod ledger;
pub mod ledger_entries;
pub mod lifecycle;
pub mod low_balance;
pub mod markers;
pub mod notes;
pub mod operator;
pub mod overview;
pub mod products;
pub mod promotions;
pub mod recurring_costs;
pub mod renewals;
pub mod reports;
pub mod session;
pub mod set_ups;
pub mod summaries;
pub mod top_ups;
pub mod usage;
pub mod wallet;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation.
pub fn routes(app: &mut ServiceConfig) {
    health::routes::register(app);
    session::routes::register(app);
    dashboard::routes::register(app);
    overview::routes::register(app);
    recurring_costs::routes::register(app);
    forecast::routes::register(app);
    renewals::routes::register(app);
    renewals::operator_routes::register(app);
    reports::routes::register(app);
    explanations::routes::register(app);
    active_users::routes::register(app);
    markers::routes::register(app);
    end_users::routes::register(app);
    notes::routes::register(app);
    usage::routes::register(app);
    lifecycle::routes::register(app);
    activations::routes::register(app);
    products::routes::register(app);
    clients::routes::register(app);
    wallet::routes::register(app);
    low_balance::routes::register(app);
    ledger_entries::routes::register(app);
    top_ups::routes::register(app);
    top_ups::operator_routes::register(app);
    operator::routes::register(app);
    set_ups::routes::register(app);
    catalogue::routes::register(app);
    promotions::routes::register(app);
}
