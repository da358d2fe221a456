//! The writes of `/activations`: quotes, actions, bulk, settings, and what happens when many come at once.

mod actions;
mod bulk;
mod changing;
mod quotes;
mod races;
mod settings;
mod strangers;
