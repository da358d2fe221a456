//! The wallet: what it holds and what is due, and the proof that its books agree.
//!
//! A proof that fails blocks the wallet; an operator lifts the block once the books agree again.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
