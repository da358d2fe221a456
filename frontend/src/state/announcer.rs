//! One polite live region for the whole app.

use leptos::prelude::*;

/// Says things to assistive technology.
#[derive(Debug, Clone, Copy)]
pub struct Announcer {
    message: RwSignal<String>,
}

impl Announcer {
    /// Made once, by the app.
    pub(crate) fn new() -> Self {
        Self { message: RwSignal::new(String::new()) }
    }

    /// Says `text` when the reader is done with what it says now.
    pub fn say(self, text: &str) {
        // The same text twice would not be a change, so it would not be read: tell them apart by a space.
        self.message.update(|message| {
            let is_same = message.as_str() == text;
            text.clone_into(message);
            if is_same {
                message.push('\u{a0}');
            }
        });
    }

    /// What the live region holds.
    pub fn message(self) -> Signal<String> {
        self.message.into()
    }
}
