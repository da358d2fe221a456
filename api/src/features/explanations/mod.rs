//! Explains a figure: what it means, the days it looks at, and the list whose rows it counts.

pub mod definitions;
pub mod dto;
pub mod routes;
pub mod service;
