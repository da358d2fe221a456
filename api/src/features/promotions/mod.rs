//! Promotions and launches of the operator. They belong to no reseller; each sees those for all and those for it.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
