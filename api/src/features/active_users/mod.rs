//! Distinct end users over time, from counters that ingestion keeps: exact at any size.

pub mod by_client;
pub mod dto;
mod figures;
pub mod filter;
pub mod routes;
pub mod selection;
pub mod service;
pub mod store;
