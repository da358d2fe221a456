//! How wide the window is, in the steps of the design.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Follows the breakpoints that need other markup, not only other style.
#[derive(Debug, Clone, Copy)]
pub struct Viewport {
    /// Below 640 px: lists instead of tables, a docked tooltip.
    pub is_narrow: ReadSignal<bool>,
}

impl Viewport {
    /// Made once, by the app.
    pub(crate) fn new() -> Self {
        Self { is_narrow: matches("(max-width: 639.98px)") }
    }
}

pub(super) fn matches(query: &str) -> ReadSignal<bool> {
    let (is_matching, set_matching) = signal(false);
    if let Ok(Some(list)) = window().match_media(query) {
        set_matching.set(list.matches());
        let watched = list.clone();
        let changed = Closure::<dyn Fn()>::new(move || set_matching.set(watched.matches()));
        list.set_onchange(Some(changed.as_ref().unchecked_ref()));
        // Both live as long as the app.
        changed.forget();
        std::mem::forget(list);
    }
    is_matching
}
