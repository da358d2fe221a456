//! Reports that lead to a decision: what nobody uses, what an activation changed, what a user costs, what is in demand, and
//! which renewals are worth it.
//!
//! Each is read in a fixed number of statements whatever the number of activations, put in order here and cut into pages.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
