//! One folder a page: `mod.rs` is what it looks like, `model.rs` what it says, in plain Rust.

pub mod activations;
pub mod dashboard;
pub mod login;
pub mod not_found;
pub mod operator;
