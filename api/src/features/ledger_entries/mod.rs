//! Reading the ledger: the list with its running balance, one entry with both sides, sums, CSV.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
