//! `import` and `seed`: data that comes in from a shell.

use super::arguments::{ImportArguments, SeedArguments};
use super::{Failure, Workplace, output};
use crate::config::Environment;
use crate::features::{demo, import};

/// `import …`.
pub async fn import(arguments: &ImportArguments, environment: &Environment) -> Result<(), Failure> {
    let place = Workplace::open(&arguments.settings, environment).await?;
    let options = import::Options { is_dry_run: arguments.dry_run, may_update: arguments.update };
    let (db, clock, secrets) = (&place.db, &place.clock, &place.config.secrets);
    match import::run(db, clock, secrets, &arguments.folder, &arguments.reseller, options).await {
        Ok(report) => {
            output::line(&report.to_string());
            if report.changes_nothing() {
                output::line("Nothing is new.");
            }
            Ok(())
        }
        Err(import::Failure::Error(error)) => Err(error.into()),
        Err(import::Failure::Problems(problems)) => {
            for problem in problems.listed() {
                output::error(&problem.to_string());
            }
            let unlisted = problems.count() - problems.listed().len();
            if unlisted > 0 {
                output::error(&format!("and {unlisted} more mistakes"));
            }
            output::error("nothing was imported");
            Err(Failure::Told)
        }
    }
}

/// `seed --demo`.
pub async fn seed(arguments: &SeedArguments, environment: &Environment) -> Result<(), Failure> {
    let place = Workplace::open(&arguments.settings, environment).await?;
    let seeded = demo::seed(&place.db, &place.clock, &place.config.secrets).await?;
    output::line(&format!(
        "The demo account was made: {} activations, {} usage events.",
        seeded.activations, seeded.usage_events
    ));
    output::line(&format!("Log in as {} with the password {}.", demo::OWNER_EMAIL, demo::PASSWORD));
    Ok(())
}
