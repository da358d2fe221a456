//! The command line: `resellportal serve`, and what an operator does from a shell.
//!
//! Whatever is wrong is told in one line that names it. Exit code 0: done; 1: it went wrong; 2: a setting or argument is
//! missing or wrong.

mod accounts;
pub mod arguments;
mod backup;
mod data;
mod demo;
mod healthcheck;
mod logs;
mod money;
mod output;
mod renewals;
mod serve;
mod simulate;

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Parser;

use crate::clock::Clock;
use crate::config::{Config, Environment, SettingError};
use crate::db::Db;
use crate::error::Error;
use crate::server;
use arguments::{Arguments, Command, DatabaseSettings};

/// Why a command did not do what it was asked.
#[derive(Debug)]
enum Failure {
    /// A setting or an argument.
    Wrong(String),
    /// Something else.
    Failed(String),
    /// Something else, told already.
    Told,
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self::Wrong(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.cause() {
            Some(cause) => Self::Failed(format!("{}: {cause}", error.code())),
            None => Self::Wrong(error.detail().to_owned()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let environment = Environment::of_process();
    match actix_web::rt::System::new().block_on(run(arguments.command, &environment)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Wrong(why)) => {
            output::error(&why);
            ExitCode::from(2)
        }
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(Failure::Failed(why)) => {
            output::error(&why);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, environment: &Environment) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => Box::pin(serve::run(arguments, environment)).await,
        Command::Migrate(settings) => migrate(&settings, environment).await,
        Command::Openapi => {
            let document =
                crate::app::document().to_pretty_json().map_err(|error| Failure::Failed(error.to_string()))?;
            output::line(&document);
            Ok(())
        }
        Command::Healthcheck(arguments) => healthcheck::run(&arguments, environment),
        Command::Operator(command) => accounts::operator(command, environment).await,
        Command::Reseller(command) => accounts::reseller(command, environment).await,
        Command::Member(command) => accounts::member(command, environment).await,
        Command::Import(arguments) => Box::pin(data::import(&arguments, environment)).await,
        Command::RenewDue(arguments) => renewals::renew_due(&arguments, environment).await,
        Command::Seed(arguments) => data::seed(&arguments, environment).await,
        Command::SimulateUsage(arguments) => simulate::run(&arguments),
        Command::VerifyLedger(arguments) => money::verify_ledger(arguments, environment).await,
        Command::TopUp(command) => Box::pin(money::top_up(command, environment)).await,
        Command::Wallet(command) => Box::pin(money::wallet(command, environment)).await,
        Command::Product(command) => money::product(command, environment).await,
        Command::Price(command) => money::price(command, environment).await,
        Command::Backup(arguments) => backup::run(&arguments, environment).await,
        Command::ApiKey(command) => accounts::api_key(command, environment).await,
    }
}

async fn migrate(settings: &DatabaseSettings, environment: &Environment) -> Result<(), Failure> {
    let config = settings.load(environment)?;
    let db = server::open_database(&config).await?;
    let pending = server::pending_migrations(&db).await?;
    server::migrate(&db).await?;
    match pending {
        0 => output::line("The database is up to date."),
        1 => output::line("1 migration was applied."),
        count => output::line(&format!("{count} migrations were applied.")),
    }
    Ok(())
}

/// What commands that change data need: a database that is up to date, and the time.
struct Workplace {
    config: Config,
    db: Db,
    clock: Clock,
}

impl Workplace {
    async fn open(settings: &DatabaseSettings, environment: &Environment) -> Result<Self, Failure> {
        let config = settings.load(environment)?;
        let db = server::open_database(&config).await?;
        server::migrate(&db).await?;
        Ok(Self { config, db, clock: clock(settings.now) })
    }
}

fn clock(now: Option<DateTime<Utc>>) -> Clock {
    now.map_or_else(Clock::system, Clock::fixed)
}
