//! `serve --demo`: a folder of its own, filled anew every day, that never touches other data.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::Failure;
use super::arguments::ServeArguments;
use crate::app::State;
use crate::config::SettingError;
use crate::features::demo;

const FOLDER: &str = "data/demo";
const DATABASE: &str = "demo.db";
/// Says when the database beside it was filled; without it that database is made anew.
const MARKER: &str = "demo-filled-at";
/// The dates of the demo are relative to the day it was filled.
const FRESH_FOR: TimeDelta = TimeDelta::days(1);

/// Where the demo lives.
#[derive(Debug)]
pub struct DemoFolder(PathBuf);

impl DemoFolder {
    /// Points the settings at the folder and throws an old demo away.
    pub fn prepare(arguments: &mut ServeArguments, now: DateTime<Utc>) -> Result<Self, Failure> {
        if arguments.database.database_url.is_some() {
            return Err(SettingError::new("database_url", "the demo has a database of its own: leave it out").into());
        }
        let folder = PathBuf::from(arguments.database.data_dir.clone().unwrap_or_else(|| FOLDER.to_owned()));
        let this = Self(folder);
        let database = this.0.join(DATABASE);
        arguments.database.data_dir = Some(this.0.display().to_string());
        arguments.database.database_url = Some(format!("sqlite://{}", database.display()));
        if arguments.fresh || !this.is_fresh(now) {
            this.clear().map_err(|error| SettingError::new("data_dir", error))?;
        }
        Ok(this)
    }

    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let filled_at = std::fs::read_to_string(self.0.join(MARKER)).ok().and_then(|text| text.trim().parse().ok());
        filled_at.is_some_and(|filled_at: DateTime<Utc>| (TimeDelta::zero()..FRESH_FOR).contains(&(now - filled_at)))
    }

    fn clear(&self) -> std::io::Result<()> {
        for name in [MARKER, DATABASE, "demo.db-wal", "demo.db-shm"] {
            remove(&self.0.join(name))?;
        }
        Ok(())
    }

    /// Fills the database unless it is filled already.
    pub async fn fill(&self, state: &State) -> Result<(), Failure> {
        let marker = self.0.join(MARKER);
        if !marker.exists() {
            demo::seed(&state.db, &state.clock, &state.config.secrets).await?;
            let now = state.clock.system_now().to_rfc3339();
            std::fs::write(marker, now).map_err(|error| SettingError::new("data_dir", error))?;
        }
        Ok(())
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
