//! The life of an activation, as a writer sees it: activate, renew, pause, resume, expire, end, and top up.
//!
//! Plain services: each takes the open write transaction and the moment it is to happen, so that requests, renewal runs,
//! imports and demo data all go the same way. `domain` decides; rows, money and events are written here together.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
pub mod words;
