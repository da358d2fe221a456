//! What the server does by itself while it serves.
//!
//! Any number of replicas may run the same jobs at once: nothing depends on which of them does the work.

pub mod renewals;
pub mod usage_rebuilds;
