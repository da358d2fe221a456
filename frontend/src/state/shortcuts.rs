//! Whether single keys act. The choice is kept in this browser; they do unless they were switched off.

const KEY: &str = "resellportal.single-keys";
const OFF: &str = "off";

/// Whether single keys act.
pub fn are_on() -> bool {
    stored().as_deref() != Some(OFF)
}

/// Switches them on or off.
pub fn switch(is_on: bool) {
    if let Some(storage) = storage() {
        // Where nothing is stored, they stay on.
        let _ = if is_on { storage.remove_item(KEY) } else { storage.set_item(KEY, OFF) };
    }
}

fn stored() -> Option<String> {
    storage()?.get_item(KEY).ok()?
}

fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok()?
}
