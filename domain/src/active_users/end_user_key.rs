//! The key by which a sender names an end user.

use unicode_normalization::UnicodeNormalization;

/// The longest key, in characters after normalisation.
pub const MAX_KEY_CHARS: usize = 254;

/// Why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEndUserKey {
    /// Nothing, or white space only.
    #[error("the end-user key is empty")]
    Empty,
    /// More than [`MAX_KEY_CHARS`] characters.
    #[error("the end-user key is longer than {MAX_KEY_CHARS} characters")]
    TooLong,
    /// Tabs, line breaks and the like inside the key.
    #[error("the end-user key contains a control character")]
    ControlCharacter,
}

/// A normalised key: trimmed, NFC, lower-cased if it contains `@` (docs/domain.md §8).
///
/// It may be a mail address; only its keyed hash is ever stored, so it is not printed either.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EndUserKey(String);

impl EndUserKey {
    /// Normalises what a sender gave. Two spellings of one person give equal keys.
    pub fn normalise(given: &str) -> Result<Self, InvalidEndUserKey> {
        let composed: String = given.trim().nfc().collect();
        let key = if composed.contains('@') { composed.to_lowercase().nfc().collect() } else { composed };
        if key.is_empty() {
            return Err(InvalidEndUserKey::Empty);
        }
        if key.chars().any(char::is_control) {
            return Err(InvalidEndUserKey::ControlCharacter);
        }
        if key.chars().count() > MAX_KEY_CHARS {
            return Err(InvalidEndUserKey::TooLong);
        }
        Ok(Self(key))
    }

    /// The normalised text, to be hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for EndUserKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("EndUserKey(…)")
    }
}
