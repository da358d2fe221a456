//! The rules of the product: calendar, money, states and counting.
//!
//! Pure functions and values. No I/O, no async, no floats, and no present moment: time comes in as an argument. Knows
//! neither HTTP nor SQL; the words come from [`shared::vocab`], the rules are written down in `docs/domain.md`.
#![deny(clippy::float_arithmetic)]

pub mod activation;
pub mod active_users;
pub mod billing_calendar;
pub mod forecast;
pub mod ledger;
pub mod overview;
pub mod recurring_costs;
pub mod reports;
