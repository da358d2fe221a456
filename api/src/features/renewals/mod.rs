//! Renewal runs: when they come, what they did, and the notices they leave.
//!
//! What a run does to an activation lies in `lifecycle`; here is when, for whom, and how it is told.

pub mod dto;
pub mod held;
pub mod notices;
pub mod operator_routes;
pub mod routes;
pub mod service;
pub mod store;
