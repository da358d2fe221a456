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

use leptos::prelude::*;
use std::time::Duration;

/// Takes the place of the painted shell: first the frame, behind it, then the page in a turn of its own, so that the browser
/// can answer in between.
pub fn run() {
    let shell = document().get_element_by_id("shell");
    if let Some(shell) = &shell {
        let _ = shell.set_attribute("data-leaving", "");
    }
    let is_framed = RwSignal::new(false);
    leptos::mount::mount_to_body(move || view! { <app::App is_framed=is_framed/> });
    set_timeout(
        move || {
            is_framed.set(true);
            if let Some(shell) = shell {
                shell.remove();
            }
            set_timeout(format::prepare, Duration::ZERO);
        },
        Duration::ZERO,
    );
}
