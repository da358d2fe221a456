//! Every URL of the API as a constant or a function, used by the server, the app and the tests.

use crate::vocab::{
    ActivationAction, ActivationId, ClientId, Figure, LedgerEntryId, NoteId, ProductId, PromotionId, ResellerId,
    TopUpId,
};

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
/// What happened on the days of a series (GET).
pub const ACTIVE_USERS_MARKERS: &str = "/api/v1/active-users/markers";
/// The people behind a figure (GET).
pub const END_USERS: &str = "/api/v1/end-users";
/// The same people as CSV (GET).
pub const END_USERS_CSV: &str = "/api/v1/end-users.csv";
/// When it is told that the balance is low (GET, PUT).
pub const LOW_BALANCE_ALERTS: &str = "/api/v1/wallet/low-balance-alerts";
/// The notes (GET), or write one (POST).
pub const NOTES: &str = "/api/v1/notes";
/// Send usage events (POST).
pub const USAGE_EVENTS: &str = "/api/v1/usage-events";
/// The activations (GET); put a product in service (POST).
pub const ACTIVATIONS: &str = "/api/v1/activations";
/// How many activations there are by status, product and interval (GET).
pub const ACTIVATION_COUNTS: &str = "/api/v1/activations/counts";
/// What a new activation would cost (POST).
pub const ACTIVATIONS_QUOTE: &str = "/api/v1/activations/quote";
/// One action on many activations (POST).
pub const ACTIVATIONS_BULK: &str = "/api/v1/activations/bulk";
/// What one action on many activations would do (POST).
pub const ACTIVATIONS_BULK_QUOTE: &str = "/api/v1/activations/bulk/quote";
/// The catalogue in the reseller's currency (GET).
pub const PRODUCTS: &str = "/api/v1/products";
/// The clients (GET); add one (POST).
pub const CLIENTS: &str = "/api/v1/clients";
/// The wallet: balance and what is due (GET).
pub const WALLET: &str = "/api/v1/wallet";
/// Whether the books agree, check by check (GET).
pub const WALLET_PROOF: &str = "/api/v1/wallet/proof";
/// The ledger entries (GET).
pub const LEDGER_ENTRIES: &str = "/api/v1/ledger-entries";
/// The same entries as CSV (GET).
pub const LEDGER_ENTRIES_CSV: &str = "/api/v1/ledger-entries.csv";
/// What the same entries add up to (GET).
pub const LEDGER_TOTALS: &str = "/api/v1/ledger-entries/totals";
/// The top-ups (GET), or request one (POST).
pub const TOP_UPS: &str = "/api/v1/top-ups";
/// For operators: the resellers (GET).
pub const OPERATOR_RESELLERS: &str = "/api/v1/operator/resellers";
/// For operators: top-ups of all resellers (GET).
pub const OPERATOR_TOP_UPS: &str = "/api/v1/operator/top-ups";
/// For operators: the catalogue (GET), or add a product (POST).
pub const OPERATOR_PRODUCTS: &str = "/api/v1/operator/products";
/// For operators: what waits to be set up (GET).
pub const OPERATOR_SET_UPS: &str = "/api/v1/operator/set-ups";
/// For operators: what is held of whom (GET).
pub const OPERATOR_HELD_RENEWALS: &str = "/api/v1/operator/held-renewals";
/// For operators: price migrations (GET), or announce one (POST).
pub const OPERATOR_PRICE_MIGRATIONS: &str = "/api/v1/operator/price-migrations";
/// For operators: promotions and launches (GET), or announce one (POST).
pub const OPERATOR_PROMOTIONS: &str = "/api/v1/operator/promotions";
/// How far the wallet reaches, and the projected balance day by day (GET).
pub const FORECAST: &str = "/api/v1/forecast";
/// The renewals of the next days, each covered or not (GET).
pub const UPCOMING_RENEWALS: &str = "/api/v1/upcoming-renewals";
/// What the reseller's renewal runs did (GET).
pub const RENEWAL_RUNS: &str = "/api/v1/renewal-runs";
/// What everybody's renewal runs did, for operators (GET).
pub const OPERATOR_RENEWAL_RUNS: &str = "/api/v1/operator/renewal-runs";
/// Activations that nobody uses (GET).
pub const REPORT_UNUSED: &str = "/api/v1/reports/unused-activations";
/// The same rows as CSV (GET).
pub const REPORT_UNUSED_CSV: &str = "/api/v1/reports/unused-activations.csv";
/// Use before and after activations (GET).
pub const REPORT_IMPACT: &str = "/api/v1/reports/activation-impact";
/// The same rows as CSV (GET).
pub const REPORT_IMPACT_CSV: &str = "/api/v1/reports/activation-impact.csv";
/// What an active user costs (GET).
pub const REPORT_COST_PER_USER: &str = "/api/v1/reports/cost-per-active-user";
/// The same rows as CSV (GET).
pub const REPORT_COST_PER_USER_CSV: &str = "/api/v1/reports/cost-per-active-user.csv";
/// Products by new activations (GET).
pub const REPORT_DEMAND: &str = "/api/v1/reports/demand";
/// The same rows as CSV (GET).
pub const REPORT_DEMAND_CSV: &str = "/api/v1/reports/demand.csv";
/// Renewals that are due, with what to do about them (GET).
pub const REPORT_DECISIONS: &str = "/api/v1/reports/renewal-decisions";
/// The same rows as CSV (GET).
pub const REPORT_DECISIONS_CSV: &str = "/api/v1/reports/renewal-decisions.csv";
/// Messages about renewals (GET).
pub const NOTICES: &str = "/api/v1/notices";
/// Mark messages as read (POST).
pub const NOTICES_READ: &str = "/api/v1/notices/read";

/// One activation (GET); its auto-renew and priority (PATCH).
pub fn activation(id: ActivationId) -> String {
    format!("{ACTIVATIONS}/{id}")
}

/// One activation's timeline (GET).
pub fn activation_history(id: ActivationId) -> String {
    format!("{ACTIVATIONS}/{id}/history")
}

/// What an action on an activation would do (POST).
pub fn activation_quote(id: ActivationId) -> String {
    format!("{ACTIVATIONS}/{id}/quote")
}

/// An action on an activation (POST).
pub fn activation_action(id: ActivationId, action: ActivationAction) -> String {
    // Words in addresses are joined by hyphens.
    format!("{ACTIVATIONS}/{id}/{}", action.as_str().replace('_', "-"))
}

/// One client (GET, PATCH).
pub fn client(id: ClientId) -> String {
    format!("{CLIENTS}/{id}")
}

/// One note (GET, PATCH, DELETE).
pub fn note(id: NoteId) -> String {
    format!("{NOTES}/{id}")
}

/// For operators: one promotion or launch (GET, PATCH, DELETE).
pub fn operator_promotion(id: PromotionId) -> String {
    format!("{OPERATOR_PROMOTIONS}/{id}")
}

/// One ledger entry with both sides (GET).
pub fn ledger_entry(id: LedgerEntryId) -> String {
    format!("{LEDGER_ENTRIES}/{id}")
}

/// One top-up (GET).
pub fn top_up(id: TopUpId) -> String {
    format!("{TOP_UPS}/{id}")
}

/// Withdraw a top-up that is pending (POST).
pub fn top_up_cancel(id: TopUpId) -> String {
    format!("{TOP_UPS}/{id}/cancel")
}

/// For operators: one reseller (GET).
pub fn operator_reseller(id: ResellerId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}")
}

/// For operators: correct a reseller's balance (POST).
pub fn operator_adjustments(id: ResellerId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}/adjustments")
}

/// For operators: whether a reseller's books agree (GET).
pub fn operator_proof(id: ResellerId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}/proof")
}

/// For operators: charge what is held of a reseller (POST).
pub fn operator_release_held(id: ResellerId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}/release-held")
}

/// For operators: lift the block of a wallet whose books agree again (POST).
pub fn operator_unblock_wallet(id: ResellerId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}/unblock-wallet")
}

/// For operators: put an activation in service (POST).
pub fn operator_provision(id: ResellerId, activation_id: ActivationId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}/activations/{activation_id}/provision")
}

/// For operators: give the set-up of an activation up (POST).
pub fn operator_fail(id: ResellerId, activation_id: ActivationId) -> String {
    format!("{OPERATOR_RESELLERS}/{id}/activations/{activation_id}/fail")
}

/// For operators: the money has come (POST).
pub fn operator_settle_top_up(id: TopUpId) -> String {
    format!("{OPERATOR_TOP_UPS}/{id}/settle")
}

/// For operators: refuse a top-up (POST).
pub fn operator_reject_top_up(id: TopUpId) -> String {
    format!("{OPERATOR_TOP_UPS}/{id}/reject")
}

/// For operators: one product with all its prices (GET).
pub fn operator_product(id: ProductId) -> String {
    format!("{OPERATOR_PRODUCTS}/{id}")
}

/// For operators: take a product out of the catalogue (POST).
pub fn operator_retire_product(id: ProductId) -> String {
    format!("{OPERATOR_PRODUCTS}/{id}/retire")
}

/// For operators: add a price to a product (POST).
pub fn operator_product_prices(id: ProductId) -> String {
    format!("{OPERATOR_PRODUCTS}/{id}/prices")
}

/// Put a client away (POST).
pub fn client_archive(id: ClientId) -> String {
    format!("{CLIENTS}/{id}/archive")
}

/// Bring an archived client back (POST).
pub fn client_restore(id: ClientId) -> String {
    format!("{CLIENTS}/{id}/restore")
}

/// What a figure means and which rows it counts (GET).
pub fn explanation(figure: Figure) -> String {
    format!("{BASE}/explanations/{figure}")
}
