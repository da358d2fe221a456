//! Distinct end users over time, from counters that ingestion keeps: exact at any size.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
