//! Reports as the API shows them, and the same rows as CSV.

pub mod csv;
mod rows;

pub use rows::{Shown, costs, decisions, demand, impacts, unused};
