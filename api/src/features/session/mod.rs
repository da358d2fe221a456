//! Logging in and out, who am I, changing one's password, and one-time links.

pub mod dto;
pub mod routes;
pub mod service;
mod store;
