//! The API from outside: one process, one file for each part of the address space. Tests read as stories.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on panics")]

mod activations;
mod active_users;
mod authorization;
mod backup;
mod catalogue;
mod clients;
mod compression;
mod dashboard;
mod due;
mod events;
mod example;
mod forecast;
mod held;
mod idempotency;
mod low_balance;
mod migrations;
mod one_time_links;
mod openapi;
mod operator_keys;
mod outage;
mod plans;
mod reports;
mod session;
mod set_ups;
mod software;
mod top_ups;
mod usage_events;
mod wallet;
mod wrong_input;
