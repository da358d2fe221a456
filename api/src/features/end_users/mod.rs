//! The people behind a figure of active users, under stable pseudonyms.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
