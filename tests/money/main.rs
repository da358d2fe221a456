//! Money, the life of activations, usage and data that is moved in: the services themselves, on both databases.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod lifecycle;
mod posting;
mod stage;
mod usage;
