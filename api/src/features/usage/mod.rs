//! Taking in usage events, and keeping the counters that make every figure exact at any size.
//!
//! The reading side adds up what is counted here. Imports and the API come through [`service::ingest`] alike.

mod counters;
mod dto;
pub mod labels;
pub mod rebuild;
pub mod routes;
pub mod service;
pub mod store;
