//! `seed`: data that comes in from a shell.

use super::arguments::SeedArguments;
use super::{Failure, Workplace, output};
use crate::config::Environment;
use crate::features::demo;

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
