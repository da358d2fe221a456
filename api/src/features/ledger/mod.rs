//! Moving money between a reseller's accounts, and proving that the books agree.
//!
//! [`service::post`] is the only way to write an entry. Knows nothing of activations beyond what an entry refers to.

pub mod service;
pub mod store;
pub mod verify;
