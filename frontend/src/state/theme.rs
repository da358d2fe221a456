//! Light, dark, or as the system has it. The choice is kept in this browser.

use crate::state::watch;
use leptos::prelude::*;

/// What the user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system has it.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl ThemeChoice {
    /// Every choice, in the order in which it is offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The word that is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// Reads a stored word; anything else is the system's.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|choice| choice.as_str() == word).unwrap_or(Self::System)
    }
}

/// The same key as the boot script, which sets the theme before the first paint.
const KEY: &str = "resellportal.theme";
const DARK: &str = "(prefers-color-scheme: dark)";

/// The theme of the page.
#[derive(Debug, Clone, Copy)]
pub struct ThemeState {
    choice: RwSignal<ThemeChoice>,
}

impl ThemeState {
    /// Made once, by the app.
    pub(crate) fn new() -> Self {
        let stored = storage().and_then(|storage| storage.get_item(KEY).ok()?);
        let choice = RwSignal::new(stored.map_or(ThemeChoice::System, |word| ThemeChoice::from_word(&word)));
        let state = Self { choice };
        let is_dark = super::viewport::matches(DARK);
        watch(move || apply(choice.get(), is_dark.get()));
        state
    }

    /// What the user chose.
    pub fn choice(self) -> ThemeChoice {
        self.choice.get()
    }

    /// Follows a choice and keeps it.
    pub fn choose(self, choice: ThemeChoice) {
        if let Some(storage) = storage() {
            // A browser that stores nothing still shows the choice until it is closed.
            let _ = match choice {
                ThemeChoice::System => storage.remove_item(KEY),
                other => storage.set_item(KEY, other.as_str()),
            };
        }
        self.choice.set(choice);
    }
}

fn apply(choice: ThemeChoice, is_system_dark: bool) {
    let is_dark = match choice {
        ThemeChoice::System => is_system_dark,
        other => other == ThemeChoice::Dark,
    };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", if is_dark { "dark" } else { "light" });
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_word_is_read_as_it_was_written_and_nonsense_is_the_system() {
        for choice in ThemeChoice::ALL {
            assert_eq!(ThemeChoice::from_word(choice.as_str()), choice);
        }
        assert_eq!(ThemeChoice::from_word("purple"), ThemeChoice::System);
    }
}
