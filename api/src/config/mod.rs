//! Configuration, read once: flag, then environment, then `*_FILE`, then the TOML file, then the default.

mod secrets;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::SecretString;

pub use secrets::Secrets;
pub use sources::{Environment, SettingError};

use sources::Sources;

const DEFAULT_DATA_DIR: &str = "data";
/// The embedded database, inside the data directory.
pub const DATABASE_FILE: &str = "resellportal.db";
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);
const DEFAULT_MAX_CONNECTIONS: u32 = 16;
const DEFAULT_RENEWAL_TICK_SECONDS: u32 = 10;
/// Shorter secrets could be guessed.
const MIN_SECRET_BYTES: usize = 32;

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
    /// The address people see, which decides about cookie names and links. Empty: where the server turns out to listen.
    pub public_url: String,
    /// Where the built app lies; none to use the one inside the binary.
    pub app_dir: Option<PathBuf>,
    /// Secrets of the instance.
    pub secrets: Secrets,
    /// Logs as JSON lines.
    pub log_json: bool,
    /// Whether the last address in `X-Forwarded-For` is the caller's.
    pub behind_proxy: bool,
    /// How often the server looks for renewals that are due; none to leave that to another process.
    pub renewal_tick_seconds: Option<NonZeroU32>,
}

/// Flags by the names of their settings.
pub type Flags = BTreeMap<&'static str, String>;

impl Config {
    /// Reads all sources, makes the data directory and secrets that are missing, and checks every value.
    pub fn load(flags: &Flags, environment: &Environment, file: Option<&Path>) -> Result<Self, SettingError> {
        let sources = Sources::read(flags, environment, file)?;
        let data_dir = text(&sources, "data_dir")?.map_or_else(|| PathBuf::from(DEFAULT_DATA_DIR), PathBuf::from);
        let listen = listen_of(&sources)?;
        let allow_http = parsed(&sources, "allow_http", "true or false")?.unwrap_or(false);
        let public_url = match sources.find("public_url")? {
            Some(given) => checked_public_url(&given.text, allow_http)
                .map_err(|why| SettingError::new(given.origin, format!("{:?} {why}", given.text)))?,
            None => String::new(),
        };
        let database_url = match sources.find("database_url")? {
            Some(given) => checked_database_url(given.text).map_err(|why| SettingError::new(given.origin, why))?,
            None => sqlite_url(&data_dir),
        };
        let log_json = parsed(&sources, "log_json", "true or false")?.unwrap_or(false);
        let behind_proxy = parsed(&sources, "behind_proxy", "true or false")?.unwrap_or(false);
        let renewal_tick_seconds: u32 = parsed(&sources, "renewal_tick_seconds", "a number of seconds, or 0")?
            .unwrap_or(DEFAULT_RENEWAL_TICK_SECONDS);
        let max_connections: Option<NonZeroU32> = parsed(&sources, "max_connections", "a number from 1 upwards")?;
        let app_dir = text(&sources, "app_dir")?.map(PathBuf::from);
        if let Some(folder) = app_dir.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(SettingError::new("app_dir", format!("{} is not a folder", folder.display())));
        }
        let (token, cursor, end_user) = (
            secret(&sources, "token_secret")?,
            secret(&sources, "cursor_secret")?,
            secret(&sources, "end_user_secret")?,
        );
        std::fs::create_dir_all(&data_dir)
            .map_err(|error| SettingError::new("data_dir", format!("cannot make {}: {error}", data_dir.display())))?;
        let secrets = Secrets::load_or_create(&data_dir, token, cursor, end_user).map_err(|error| {
            SettingError::new("data_dir", format!("cannot keep secrets in {}: {error}", data_dir.display()))
        })?;
        Ok(Self {
            database_url,
            max_connections: max_connections.map_or(DEFAULT_MAX_CONNECTIONS, NonZeroU32::get),
            data_dir,
            listen,
            public_url,
            app_dir: app_dir.or_else(default_app_dir),
            secrets,
            log_json,
            behind_proxy,
            renewal_tick_seconds: NonZeroU32::new(renewal_tick_seconds),
        })
    }

    /// A configuration for a server inside another program, such as a test: any free port of this machine, secrets that
    /// last as long as the process, no app.
    pub fn embedded(data_dir: &Path, database_url: Option<SecretString>) -> Self {
        Self {
            database_url: database_url.unwrap_or_else(|| sqlite_url(data_dir)),
            max_connections: DEFAULT_MAX_CONNECTIONS,
            data_dir: data_dir.to_owned(),
            listen: SocketAddr::new(DEFAULT_LISTEN.ip(), 0),
            public_url: String::new(),
            app_dir: None,
            secrets: Secrets::ephemeral(),
            log_json: false,
            behind_proxy: false,
            renewal_tick_seconds: None,
        }
    }

    /// Whether cookies are Secure and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The address people see, where the server listens at `address` unless told otherwise.
    pub fn public_url_at(&self, address: SocketAddr) -> String {
        match self.public_url.as_str() {
            "" if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
            "" => format!("http://{address}"),
            given => given.to_owned(),
        }
    }
}

/// Where the server of this configuration listens, without touching the data directory.
pub fn listen_address(
    flags: &Flags,
    environment: &Environment,
    file: Option<&Path>,
) -> Result<SocketAddr, SettingError> {
    listen_of(&Sources::read(flags, environment, file)?)
}

fn listen_of(sources: &Sources) -> Result<SocketAddr, SettingError> {
    Ok(parsed(sources, "listen", "an address such as 127.0.0.1:8080")?.unwrap_or(DEFAULT_LISTEN))
}

fn sqlite_url(data_dir: &Path) -> SecretString {
    SecretString::from(format!("sqlite://{}", data_dir.join(DATABASE_FILE).display()))
}

/// In development the app lies where `cargo xtask` builds it; a binary that carries the app needs no folder.
fn default_app_dir() -> Option<PathBuf> {
    if cfg!(feature = "embed-app") { None } else { Some(PathBuf::from("dist")) }
}

fn text(sources: &Sources, name: &'static str) -> Result<Option<String>, SettingError> {
    Ok(sources.find(name)?.map(|given| given.text))
}

fn parsed<T: FromStr>(sources: &Sources, name: &'static str, expected: &str) -> Result<Option<T>, SettingError> {
    let Some(given) = sources.find(name)? else { return Ok(None) };
    let refused = |_| SettingError::new(&given.origin, format!("{:?} is not {expected}", given.text));
    given.text.parse().map(Some).map_err(refused)
}

fn secret(sources: &Sources, name: &'static str) -> Result<Option<SecretString>, SettingError> {
    let Some(given) = sources.find(name)? else { return Ok(None) };
    if given.text.len() < MIN_SECRET_BYTES {
        let why = format!("must have at least {MIN_SECRET_BYTES} characters, chosen at random");
        return Err(SettingError::new(given.origin, why));
    }
    Ok(Some(SecretString::from(given.text)))
}

fn checked_database_url(url: String) -> Result<SecretString, &'static str> {
    // The URL itself is not repeated: it may hold a password.
    if url.starts_with("sqlite:") && url.contains(":memory:") {
        return Err("an in-memory database would give each connection its own; name a file");
    }
    if ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        Ok(SecretString::from(url))
    } else {
        Err("must be sqlite://path/to/file.db or postgres://user:password@host/database")
    }
}

fn checked_public_url(url: &str, allow_http: bool) -> Result<String, &'static str> {
    let url = url.trim_end_matches('/');
    let (scheme, authority) = url.split_once("://").ok_or("must start with https:// or http://")?;
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
        return Err("must be scheme and host alone, such as https://portal.example.com");
    }
    let is_local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match scheme {
        "https" => Ok(url.to_owned()),
        "http" if is_local || allow_http => Ok(url.to_owned()),
        "http" => Err("is http: cookies would cross the network unencrypted; use https, or set allow_http"),
        _ => Err("must start with https:// or http://"),
    }
}
