//! One folder a page: `mod.rs` is what it looks like, `model.rs` what it says, in plain Rust.

pub mod activate;
pub mod activation;
pub mod activations;
pub mod active_users_report;
pub mod clients;
pub mod dashboard;
pub mod invite;
pub mod login;
pub mod not_found;
pub mod operator;
pub mod product_usage;
pub mod reports;
pub mod security;
pub mod wallet;
