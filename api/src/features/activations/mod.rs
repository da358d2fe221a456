//! The activations of a reseller: the list with its filters, sorts and pages, how many there are, one of them, its timeline.
//!
//! Reads only; what changes an activation lies in the features that move money.

pub mod dto;
pub mod filter;
pub mod routes;
pub mod service;
pub mod store;

#[cfg(test)]
mod tests;
