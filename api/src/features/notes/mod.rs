//! What members note on a day. A personal note is seen by its author alone, a team's by everybody of the reseller.

pub mod dto;
pub mod routes;
pub mod service;
pub mod store;
