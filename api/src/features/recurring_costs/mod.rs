//! What renews, by billing interval: four cards and their footer.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
