//! Top-ups: a reseller says that money is coming, an operator says that it came or that it will not.
//!
//! Each is settled at most once. How money arrives is a [`provider::PaymentProvider`]'s business.

pub mod dto;
pub mod operator_routes;
pub mod provider;
pub mod routes;
pub mod service;
pub mod store;
