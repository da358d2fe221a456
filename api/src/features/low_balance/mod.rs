//! Telling a reseller that the balance fell below an amount of their choice.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
