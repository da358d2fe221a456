//! `backup`.

use super::arguments::BackupArguments;
use super::{Failure, output};
use crate::backup::{self, BackupError};
use crate::config::Environment;

/// `backup FILE`.
pub async fn run(arguments: &BackupArguments, environment: &Environment) -> Result<(), Failure> {
    let config = arguments.settings.load(environment)?;
    let (target, what) = (
        &arguments.file,
        if arguments.secrets_only { "The secrets, and no database," } else { "The database and the secrets" },
    );
    let written = if arguments.secrets_only {
        backup::write_secrets(&config, target)
    } else {
        backup::write(&config, target).await
    };
    let bytes = written.map_err(|error| match error {
        BackupError::Exists(_) | BackupError::Postgres | BackupError::Setting(_) => Failure::Wrong(error.to_string()),
        BackupError::Copy(_) | BackupError::Write(_) => Failure::Failed(error.to_string()),
    })?;
    output::line(&format!(
        "{what} are in {}, {bytes} bytes. Whoever has the file has everything: keep it safe.",
        target.display()
    ));
    Ok(())
}
