//! The catalogue as a reseller sees it: what is priced in its currency.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
