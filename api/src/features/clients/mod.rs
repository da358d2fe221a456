//! The reseller's customers. This is the writing side.

pub mod store;
