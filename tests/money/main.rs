//! Money, the life of activations, usage and data that is moved in: the services themselves, on both databases.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on panics")]

mod commits;
mod demo;
mod import;
mod lifecycle;
mod posting;
mod price_migration;
mod renewal_speed;
mod renewals;
mod stage;
mod summaries;
mod tampering;
mod usage;
mod usage_zones;
