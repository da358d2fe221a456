//! What happened on the days of a series: activations, pauses and ends, changes of price, promotions, notes.
//!
//! It tells what coincides with a figure, never a cause.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
