//! The list of activations.

/// The id of the search field.
pub const SEARCH_ID: &str = "activation-search";
