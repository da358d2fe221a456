//! How far the wallet reaches: runway, shortfall, recommended top-ups, and which renewals are covered.
//!
//! Reads the groups that the database keeps of all that renews; single activations only where their order decides.

pub mod cover;
pub mod dto;
pub mod next;
pub mod outlook;
pub mod routes;
pub mod service;
pub mod store;
pub mod upcoming;
