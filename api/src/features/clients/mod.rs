//! The reseller's customers.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
mod writing;
