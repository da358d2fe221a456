//! Secrets of the instance: given from outside, or generated once into the data directory.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};

/// The secrets of an instance. All replicas must share them.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Signs access tokens.
    pub token: SecretString,
    /// Signs cursors.
    pub cursor: SecretString,
    /// Keys the hash of end-user keys. Losing it loses who is who.
    pub end_user: SecretString,
}

impl Secrets {
    /// Takes each secret as given, else from the data directory, where it is made on the first start.
    pub fn load_or_create(
        data_dir: &Path,
        token: Option<SecretString>,
        cursor: Option<SecretString>,
        end_user: Option<SecretString>,
    ) -> std::io::Result<Self> {
        let resolve = |name: &str, given: Option<SecretString>| match given {
            Some(secret) => Ok(secret),
            None => from_file(&data_dir.join("secrets").join(name)),
        };
        Ok(Self {
            token: resolve("token_secret", token)?,
            cursor: resolve("cursor_secret", cursor)?,
            end_user: resolve("end_user_secret", end_user)?,
        })
    }

    /// Each secret by the name of its file in the data directory's `secrets`.
    pub fn named(&self) -> [(&'static str, &SecretString); 3] {
        [("token_secret", &self.token), ("cursor_secret", &self.cursor), ("end_user_secret", &self.end_user)]
    }

    /// Secrets that last as long as the process, for the OpenAPI document and tests.
    pub fn ephemeral() -> Self {
        Self { token: generate(), cursor: generate(), end_user: generate() }
    }
}

fn generate() -> SecretString {
    let bytes: [u8; 32] = rand::rng().random();
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

fn from_file(path: &Path) -> std::io::Result<SecretString> {
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(SecretString::from(text.trim().to_owned())),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Err(_) => {}
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let secret = generate();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(secret.expose_secret().as_bytes())?;
            file.sync_all()?;
            Ok(secret)
        }
        // Another process was quicker.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => from_file(path),
        Err(error) => Err(error),
    }
}
