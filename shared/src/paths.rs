//! Every URL of the API as a constant or a function, used by the server, the app and the tests.

use crate::vocab::ActivationId;

/// What every path of this version starts with.
pub const BASE: &str = "/api/v1";
/// The OpenAPI document.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Log in (POST), who am I (GET), log out (DELETE).
pub const SESSION: &str = "/api/v1/session";
/// Exchange the refresh cookie for a new access cookie (POST).
pub const SESSION_REFRESH: &str = "/api/v1/session/refresh";
/// Log out everywhere (POST).
pub const SESSION_REVOKE_ALL: &str = "/api/v1/session/revoke-all";
/// Change one's password (POST).
pub const SESSION_PASSWORD: &str = "/api/v1/session/password";
/// Whose link it is (POST).
pub const ONE_TIME_LINK_INSPECT: &str = "/api/v1/one-time-links/inspect";
/// Set a password with a link (POST).
pub const ONE_TIME_LINK_REDEEM: &str = "/api/v1/one-time-links/redeem";
/// The composite of the dashboard (GET).
pub const DASHBOARD: &str = "/api/v1/dashboard";
/// The KPI figures (GET).
pub const OVERVIEW: &str = "/api/v1/overview";
/// Cost cards by billing interval (GET).
pub const RECURRING_COSTS: &str = "/api/v1/recurring-costs";
/// The active-users series (GET).
pub const ACTIVE_USERS: &str = "/api/v1/active-users";
/// The same series as CSV (GET).
pub const ACTIVE_USERS_CSV: &str = "/api/v1/active-users.csv";
/// The people behind a figure (GET).
pub const END_USERS: &str = "/api/v1/end-users";
/// The activations (GET).
pub const ACTIVATIONS: &str = "/api/v1/activations";
/// How many activations there are by status, product and interval (GET).
pub const ACTIVATION_COUNTS: &str = "/api/v1/activations/counts";
/// The catalogue in the reseller's currency (GET).
pub const PRODUCTS: &str = "/api/v1/products";
/// The clients (GET).
pub const CLIENTS: &str = "/api/v1/clients";

/// One activation (GET).
pub fn activation(id: ActivationId) -> String {
    format!("{ACTIVATIONS}/{id}")
}

/// One activation's timeline (GET).
pub fn activation_history(id: ActivationId) -> String {
    format!("{ACTIVATIONS}/{id}/history")
}

/// One client (GET).
pub fn client(id: crate::vocab::ClientId) -> String {
    format!("{CLIENTS}/{id}")
}
