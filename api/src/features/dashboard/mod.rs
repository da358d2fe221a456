//! Everything the dashboard shows in one answer: each section stands on its own, all are of one moment.

pub mod dto;
pub mod kept;
pub mod routes;
pub mod service;
