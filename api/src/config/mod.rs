//! Configuration, read once: flag, then environment, then `*_FILE`, then the TOML file, then the default.

mod secrets;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;

pub use secrets::Secrets;

/// Everything the server needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: SecretString,
    /// Connections at most.
    pub max_connections: u32,
    /// Where the embedded database and generated secrets live.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people see, which decides about cookie names and links.
    pub public_url: String,
    /// Where the built app lies; none to use the one inside the binary.
    pub app_dir: Option<PathBuf>,
    /// Secrets of the instance.
    pub secrets: Secrets,
    /// Logs as JSON lines.
    pub log_json: bool,
}

impl Config {
    /// Whether cookies are Secure and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
