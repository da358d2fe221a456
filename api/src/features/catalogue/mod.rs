//! What can be bought: products and their prices, shared by all resellers. This is the writing side.

pub mod store;
