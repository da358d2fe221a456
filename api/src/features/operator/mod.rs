//! What operators see and do about resellers: read them, correct a balance, prove the books, lift a block.
//!
//! An operator never acts as a member.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
