//! Setting up by hand: what resellers activated and operators have to put in service, or give up.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
