//! `serve`.

use super::arguments::ServeArguments;
use super::demo::DemoFolder;
use super::{Failure, clock, logs, output};
use crate::config::Environment;
use crate::features::accounts::service as accounts;
use crate::features::demo;
use crate::jobs;
use crate::server::{self, Bound, Migrations, Stop};

const FIRST_STEPS: &str = "\
Nobody can log in yet. In another shell, with the same settings:
  resellportal operator create --email YOU
  resellportal reseller create --name NAME --currency EUR --time-zone Europe/Berlin --owner-email OWNER
Each prints a one-time link where the password is set.";

/// Serves until a signal.
pub async fn run(mut arguments: ServeArguments, environment: &Environment) -> Result<(), Failure> {
    let clock = clock(arguments.database.now);
    let folder = if arguments.demo { Some(DemoFolder::prepare(&mut arguments, clock.system_now())?) } else { None };
    let config = arguments.load(environment)?;
    logs::start(environment, config.log_json)?;
    let migrations = if arguments.no_migrate { Migrations::Refuse } else { Migrations::Run };
    let bound = Bound::new(config)?;
    let state = server::state(bound.config().clone(), clock, migrations).await?;
    if let Some(folder) = &folder {
        folder.fill(&state).await?;
    }
    let has_app = !state.app_files.is_empty();
    let is_new = !accounts::has_accounts(&state.db).await?;
    let (address, public_url) = (bound.address(), state.config.public_url.clone());
    jobs::renewals::start(&state);
    jobs::usage_rebuilds::start(&state);
    let server = bound.serve(state, Stop::AtSignal)?;
    tracing::info!(%address, %public_url, "listening");
    output::line(&format!("ResellPortal is at {public_url}"));
    if !has_app {
        output::line("The browser app is not built, only the API answers; `cargo xtask serve` builds both.");
    }
    if folder.is_some() {
        output::line(&format!("Log in as {} with the password {}.", demo::OWNER_EMAIL, demo::PASSWORD));
    }
    if is_new {
        output::line(FIRST_STEPS);
    }
    server.await?;
    tracing::info!("stopped");
    Ok(())
}
