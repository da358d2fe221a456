//! Whether the browser has a connection.

use leptos::prelude::*;

/// Follows the browser's own idea of being online.
pub fn is_online() -> ReadSignal<bool> {
    let (is_online, set_online) = signal(window().navigator().on_line());
    // Both listeners live as long as the app.
    window_event_listener(leptos::ev::online, move |_| set_online.set(true));
    window_event_listener(leptos::ev::offline, move |_| set_online.set(false));
    is_online
}
