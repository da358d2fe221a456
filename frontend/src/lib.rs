//! The reseller's browser app: a single page over the platform's own REST API.
//!
//! Layers, from the outside in: [`app`] (routes), `pages` (one folder a page, its words in plain Rust beside it),
//! `components` and [`chart`], `state`, `api`. Types of the API are the shared ones; rules are the server's.

pub mod api;
pub mod app;
pub mod chart;
pub mod components;
pub mod format;
pub mod pages;
mod parts;
pub mod places;
pub mod state;
mod url;

/// Takes the place of the painted shell.
pub fn run() {
    leptos::mount::mount_to_body(app::App);
    if let Some(shell) = leptos::prelude::document().get_element_by_id("shell") {
        shell.remove();
    }
}
