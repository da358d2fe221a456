//! Where a setting's text comes from: flag, then environment, then `*_FILE`, then the TOML file.
//!
//! Knows the names of the settings, not what they mean. Whatever is not known by name is refused, so that a misspelt
//! setting cannot be silently without effect.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every setting, by its name in the TOML file.
const NAMES: [&str; 13] = [
    "allow_http",
    "app_dir",
    "behind_proxy",
    "cursor_secret",
    "data_dir",
    "database_url",
    "end_user_secret",
    "listen",
    "log_json",
    "max_connections",
    "public_url",
    "renewal_tick_seconds",
    "token_secret",
];
/// Those that may lie in a file of their own, named by `<VARIABLE>_FILE`.
const SECRET_NAMES: [&str; 4] = ["cursor_secret", "database_url", "end_user_secret", "token_secret"];
const PREFIX: &str = "RESELLPORTAL_";
const CONFIG: &str = "RESELLPORTAL_CONFIG";
/// Set by orchestrators for a service of our name.
const FOREIGN: [&str; 2] = ["RESELLPORTAL_SERVICE_", "RESELLPORTAL_PORT"];

/// A missing or wrong setting, in one line that names it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(String);

impl SettingError {
    /// An error about a setting of this name, or about where it came from.
    pub fn new(what: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        // One line, whatever a library says.
        Self(format!("{what}: {why}").split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// The environment, as given to the process.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// What the process was started with.
    pub fn of_process() -> Self {
        let readable = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self(readable.map(|(name, value)| (name, value.to_string_lossy().into_owned())).collect())
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// A setting's text and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As written.
    pub text: String,
    /// For error messages: `--listen`, `RESELLPORTAL_LISTEN`, `listen in resellportal.toml`.
    pub origin: String,
}

/// All sources of settings.
#[derive(Debug)]
pub struct Sources<'a> {
    flags: &'a BTreeMap<&'static str, String>,
    environment: &'a Environment,
    file: BTreeMap<String, String>,
    file_name: String,
}

impl<'a> Sources<'a> {
    /// Reads the TOML file, if there is one, and refuses names that are not known.
    pub fn read(
        flags: &'a BTreeMap<&'static str, String>,
        environment: &'a Environment,
        file: Option<&Path>,
    ) -> Result<Self, SettingError> {
        check_names(environment)?;
        let file = file.map(PathBuf::from).or_else(|| environment.get(CONFIG).map(PathBuf::from));
        let file_name = file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        let file = match file {
            Some(path) => read_file(&path, &file_name)?,
            None => BTreeMap::new(),
        };
        Ok(Self { flags, environment, file, file_name })
    }

    /// The text of a setting, from the first source that has it.
    pub fn find(&self, name: &'static str) -> Result<Option<Given>, SettingError> {
        if let Some(text) = self.flags.get(name) {
            let origin = format!("--{}", name.replace('_', "-"));
            return Ok(Some(Given { text: text.clone(), origin }));
        }
        let mut variables = vec![format!("{PREFIX}{}", name.to_uppercase())];
        if name == "database_url" {
            // What hosting platforms set.
            variables.push("DATABASE_URL".to_owned());
        }
        for variable in &variables {
            if let Some(text) = self.environment.get(variable) {
                return Ok(Some(Given { text: text.to_owned(), origin: variable.clone() }));
            }
        }
        if SECRET_NAMES.contains(&name) {
            for variable in variables.iter().map(|variable| format!("{variable}_FILE")) {
                if let Some(path) = self.environment.get(&variable) {
                    let text = std::fs::read_to_string(path)
                        .map_err(|error| SettingError::new(&variable, format!("cannot read {path}: {error}")))?;
                    return Ok(Some(Given { text: text.trim().to_owned(), origin: variable }));
                }
            }
        }
        let in_file = |text: &String| Given { text: text.clone(), origin: format!("{name} in {}", self.file_name) };
        Ok(self.file.get(name).map(in_file))
    }
}

fn check_names(environment: &Environment) -> Result<(), SettingError> {
    let variables = environment.0.keys().filter(|name| name.starts_with(PREFIX) && *name != CONFIG);
    for variable in variables.filter(|name| !FOREIGN.iter().any(|foreign| name.starts_with(foreign))) {
        let name = variable[PREFIX.len()..].to_lowercase();
        let is_secret_file = name.strip_suffix("_file").is_some_and(|name| SECRET_NAMES.contains(&name));
        if !is_secret_file && !NAMES.contains(&name.as_str()) {
            let known = closest(&name).map(|name| format!("{PREFIX}{}", name.to_uppercase()));
            return Err(unknown(variable, known));
        }
    }
    Ok(())
}

fn read_file(path: &Path, file_name: &str) -> Result<BTreeMap<String, String>, SettingError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| SettingError::new("config", format!("cannot read {file_name}: {error}")))?;
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| SettingError::new(file_name, error.message()))?;
    let mut settings = BTreeMap::new();
    for (name, value) in table {
        if !NAMES.contains(&name.as_str()) {
            return Err(unknown(&format!("{name} in {file_name}"), closest(&name).map(str::to_owned)));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            _ => return Err(SettingError::new(format!("{name} in {file_name}"), "must be a text, a number or a flag")),
        };
        settings.insert(name, text);
    }
    Ok(settings)
}

fn closest(name: &str) -> Option<&'static str> {
    let likeness = |known: &str| strsim::jaro_winkler(name, known);
    let best = NAMES.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|known| likeness(known) > 0.8)
}

fn unknown(what: &str, meant: Option<String>) -> SettingError {
    match meant {
        Some(meant) => SettingError::new(what, format!("is not a setting; did you mean {meant}?")),
        None => SettingError::new(what, format!("is not a setting; there are {}", NAMES.join(", "))),
    }
}
