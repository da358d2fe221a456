//! Whether the sums that the database keeps with every write are what the rows add up to.
//!
//! Triggers keep them (see the migration `add_summaries`), so there is nothing here that writes.

pub mod store;

pub use store::differences;
