//! Distinct end users over time, from counters that ingestion keeps: exact at any size.

pub mod dto;
mod figures;
pub mod filter;
pub mod routes;
pub mod scope;
pub mod selection;
pub mod service;
pub mod store;
