//! The three figures at the top of the dashboard: active users, active software, balance.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
