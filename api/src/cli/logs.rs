//! Logs on standard error: lines for people, or JSON for machines; `RUST_LOG` says how much.

use tracing_subscriber::EnvFilter;

use crate::config::{Environment, SettingError};

const VARIABLE: &str = "RUST_LOG";
const DEFAULT: &str = "info";

/// Starts logging.
pub fn start(environment: &Environment, is_json: bool) -> Result<(), SettingError> {
    let text = environment.get(VARIABLE).unwrap_or(DEFAULT);
    let filter = EnvFilter::try_new(text).map_err(|error| SettingError::new(VARIABLE, error))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = if is_json {
        builder.json().flatten_event(true).try_init()
    } else {
        let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        builder.with_ansi(is_terminal).compact().try_init()
    };
    started.map_err(|error| SettingError::new("logs", error))
}
