//! Who may log in or call: resellers, their members and API keys, operators, and the links where passwords are set.

pub mod service;
mod store;

pub use service::{Account, NewMember, NewReseller};
