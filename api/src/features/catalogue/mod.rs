//! What can be bought, and what operators do about it: products, prices, price migrations.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
