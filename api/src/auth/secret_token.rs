//! Random secrets that are handed out once and kept as a hash only.
//!
//! 32 random bytes (or 190 bits of letters and digits) cannot be guessed, so a plain SHA-256 is enough at rest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// What every API key starts with, so that scanners of public code recognise a leaked one.
pub const API_KEY_PREFIX: &str = "rsp_live_";
const API_KEY_LETTERS: usize = 32;
/// How many letters of a key are kept and shown, prefix included.
const API_KEY_START: usize = API_KEY_PREFIX.len() + 4;
const BASE_62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 32 bytes in base 64 without padding.
const TOKEN_LETTERS: usize = 43;

/// A new token for links and refresh cookies: 32 random bytes, written in 43 letters.
pub fn new_token() -> SecretString {
    let bytes: [u8; 32] = rand::rng().random();
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// A new API key.
pub fn new_api_key() -> SecretString {
    let mut random = rand::rng();
    let letters = (0..API_KEY_LETTERS).map(|_| char::from(BASE_62[random.random_range(0..BASE_62.len())]));
    SecretString::from(API_KEY_PREFIX.chars().chain(letters).collect::<String>())
}

/// What is stored of a token or key.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The first letters of a key, enough for its owner to recognise it.
pub fn key_start(key: &SecretString) -> String {
    key.expose_secret().chars().take(API_KEY_START).collect()
}

/// Whether a text has the form of a token; others need no look at the database.
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LETTERS && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether a text has the form of an API key.
pub fn is_api_key(text: &str) -> bool {
    text.strip_prefix(API_KEY_PREFIX).is_some_and(|letters| {
        letters.len() == API_KEY_LETTERS && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_has_the_form_that_is_asked_for() {
        let (token, key) = (new_token(), new_api_key());
        assert!(is_token(token.expose_secret()));
        assert!(is_api_key(key.expose_secret()), "{}", key.expose_secret());
        assert_eq!(key_start(&key).len(), 13);
        assert_ne!(new_token().expose_secret(), token.expose_secret());
        assert_ne!(new_api_key().expose_secret(), key.expose_secret());
    }

    #[test]
    fn other_forms_are_refused() {
        let key = new_api_key().expose_secret().to_owned();
        for wrong in ["", "rsp_live_", &key[..40], &format!("{key}a"), &key.replace("live", "test"), &key[9..]] {
            assert!(!is_api_key(wrong), "{wrong}");
        }
        let token = new_token().expose_secret().to_owned();
        for wrong in ["", &token[1..], &format!("{token}="), &token.replace(&token[..1], "%")] {
            assert!(!is_token(wrong), "{wrong}");
        }
    }
}
