//! Commands and flags, and their help.

#![expect(clippy::doc_markdown, reason = "the comments on flags are help texts, shown as they are written")]

mod accounts;
mod money;
mod simulate;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Environment, Flags, SettingError};

pub use accounts::{ApiKeyCommand, MemberCommand, OperatorCommand, ResellerCommand};
pub use money::{BackupArguments, PriceCommand, ProductCommand, TopUpCommand, VerifyLedgerArguments, WalletCommand};
pub use simulate::SimulateUsageArguments;

/// Everything that can be said to the program.
#[derive(Debug, Parser)]
#[command(
    name = "resellportal",
    version,
    about = "A reseller's control panel: prepaid wallet, activated products, recurring costs, active users",
    long_about = "A reseller's control panel: prepaid wallet, activated products, recurring costs, active users.\n\n\
        One process serves the browser app and the REST API, on an embedded SQLite database or on PostgreSQL. Every setting \
        comes from, in this order: the flag, the environment (RESELLPORTAL_ and the flag's name), a file named by the \
        variable with _FILE (for secrets), the TOML file of --config, the default.",
    after_help = "Start here:\n  \
        resellportal serve\n  \
        resellportal reseller create --name \"Harbour Digital\" --currency EUR --time-zone Europe/Berlin \
        --owner-email mara@example.com"
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the app and the API
    #[command(
        long_about = "Serves the browser app and the API until SIGINT or SIGTERM; requests under way may finish.\n\n\
        On the first start the data directory, its secrets and the database are made. The schema is brought up to date \
        unless --no-migrate is given. Logs go to standard error; RUST_LOG says how much (info by default).",
        after_help = "Examples:\n  \
        resellportal serve\n  \
        resellportal serve --listen 0.0.0.0:8080 --public-url https://portal.example.com\n  \
        DATABASE_URL=postgres://portal:secret@db/portal resellportal serve --data-dir /var/lib/resellportal"
    )]
    Serve(ServeArguments),
    /// Bring the database up to date
    Migrate(DatabaseSettings),
    /// Print the OpenAPI document
    Openapi,
    /// Ask a running server whether it is ready
    #[command(long_about = "Asks the server at the listen address for /readyz. Exit code 0: ready; 1: not.")]
    Healthcheck(HealthcheckArguments),
    /// Manage operators, the people who run the instance
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Manage resellers
    #[command(subcommand)]
    Reseller(ResellerCommand),
    /// Manage members, the people who log in for a reseller
    #[command(subcommand)]
    Member(MemberCommand),
    /// Manage API keys
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Prove that the books agree; a difference blocks the reseller's wallet
    #[command(
        long_about = "Proves from the rows that each reseller's balance is the sum of its ledger, that the ledger has no \
        gap, and that charges, refunds and top-ups are what they refer to. A difference blocks the wallet. Exit code 0: the \
        books agree; 1: they do not."
    )]
    VerifyLedger(VerifyLedgerArguments),
    /// Settle and reject top-ups
    #[command(subcommand)]
    TopUp(TopUpCommand),
    /// Correct balances, lift blocks
    #[command(subcommand)]
    Wallet(WalletCommand),
    /// Manage the catalogue
    #[command(subcommand)]
    Product(ProductCommand),
    /// Manage prices
    #[command(subcommand)]
    Price(PriceCommand),
    /// Write the embedded database and the secrets to a file, while the server runs
    #[command(
        after_help = "Example:\n  resellportal backup /backups/2026-11-22.tar --data-dir /var/lib/resellportal\n\n\
        To restore, unpack the file into an empty data directory: docs/hosting.md."
    )]
    Backup(BackupArguments),
    /// Move a reseller's data in from a folder of CSV files
    #[command(
        long_about = "Moves a reseller's data in from a folder of CSV files: products.csv, prices.csv, clients.csv, \
        activations.csv, balance_movements.csv, usage.csv, each of them optional.\n\nAll or nothing: a mistake is told with \
        file, line and column, and nothing is changed. The same folder twice changes nothing. What happened in the past is \
        replayed in the order of time, so that a top-up in January pays the renewals after it.",
        after_help = "Examples:\n  resellportal import examples/import --reseller \"Harbour Digital\" --dry-run\n  \
        resellportal import examples/import --reseller \"Harbour Digital\"\n\nThe formats are described in docs/import.md."
    )]
    Import(ImportArguments),
    /// Charge the renewals that are due
    #[command(
        name = "renew-due",
        long_about = "Does what is due by now: renewals, ends of grace, terms and pauses. `serve` does the same by itself; both \
        may run at once.\n\nMore than three periods due at once on one activation look like a wrong clock: they are held, the \
        service goes on. --release charges them, in order.",
        after_help = "Examples:\n  resellportal renew-due\n  resellportal renew-due --reseller \"Harbour Digital\" --release"
    )]
    RenewDue(RenewDueArguments),
    /// Fill an empty database with the demo account
    #[command(
        long_about = "Fills an empty database with the demo account: a reseller with eighteen months of business, every date \
        relative to today. It is the same for everybody who does so on the same day.",
        after_help = "Example:\n  resellportal seed --demo --data-dir data/demo"
    )]
    Seed(SeedArguments),
    /// Send made-up usage to a server under development
    #[command(
        name = "simulate-usage",
        long_about = "Sends a stream of usage to a running server, as an integrator would: people who return, busy working \
        hours, quiet weekends, some events late and some sent again. Reads the activations that are on over the API. For \
        development: what it sends cannot be taken back.",
        after_help = "Examples:\n  resellportal simulate-usage --api-key rsp_live_… --rate 50 --seconds 60\n  \
        resellportal simulate-usage --api-key rsp_live_… --count 10000 --rate 1000 --days 14"
    )]
    SimulateUsage(SimulateUsageArguments),
}

/// Settings of every command that opens the database.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct DatabaseSettings {
    /// TOML file with settings by name, such as listen = "0.0.0.0:8080" [env: RESELLPORTAL_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the embedded database and of generated secrets [env: RESELLPORTAL_DATA_DIR] [default: data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// sqlite://path/to/file.db or postgres://user:password@host/database; in the environment rather than here if it
    /// holds a password [env: RESELLPORTAL_DATABASE_URL, DATABASE_URL] [default: sqlite://DATA_DIR/resellportal.db]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Connections to the database at most [env: RESELLPORTAL_MAX_CONNECTIONS] [default: 16]
    #[arg(long, value_name = "NUMBER")]
    pub max_connections: Option<String>,
    /// The address people see; https makes cookies Secure [env: RESELLPORTAL_PUBLIC_URL] [default: where it listens]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Where the server listens; port 0 takes any free one [env: RESELLPORTAL_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Stops the clock at this moment: for tests and pictures.
    #[arg(long, hide = true)]
    pub now: Option<DateTime<Utc>>,
}

impl DatabaseSettings {
    /// The flags that were given, by the names of their settings.
    pub fn flags(&self) -> Flags {
        let given = [
            ("data_dir", &self.data_dir),
            ("database_url", &self.database_url),
            ("max_connections", &self.max_connections),
            ("public_url", &self.public_url),
            ("listen", &self.listen),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }

    /// The configuration.
    pub fn load(&self, environment: &Environment) -> Result<Config, SettingError> {
        Config::load(&self.flags(), environment, self.config.as_deref())
    }
}

/// `renew-due`.
#[derive(Debug, Args)]
pub struct RenewDueArguments {
    /// Id (res_…) or exact name of a reseller; everybody without it
    #[arg(long)]
    pub reseller: Option<String>,
    /// Charge what is held because too many periods were due at once
    #[arg(long)]
    pub release: bool,
    /// Of the database.
    #[command(flatten)]
    pub settings: DatabaseSettings,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Serve the demo account, from a folder of its own (data/demo) that is filled anew every day
    #[arg(long)]
    pub demo: bool,
    /// With --demo: fill it anew now
    #[arg(long, requires = "demo")]
    pub fresh: bool,
    /// Refuse to start on a database that is not up to date, instead of migrating it
    #[arg(long)]
    pub no_migrate: bool,
    /// Of the database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// Folder of the built app [env: RESELLPORTAL_APP_DIR] [default: the app inside the binary, else dist]
    #[arg(long, value_name = "DIR", help_heading = "Settings")]
    pub app_dir: Option<String>,
    /// Log as JSON lines [env: RESELLPORTAL_LOG_JSON] [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", help_heading = "Settings")]
    pub log_json: Option<String>,
    /// Let cookies cross the network on plain http [env: RESELLPORTAL_ALLOW_HTTP] [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", help_heading = "Settings")]
    pub allow_http: Option<String>,
    /// Take the caller's address from the last entry of X-Forwarded-For, which a proxy of yours must write
    /// [env: RESELLPORTAL_BEHIND_PROXY] [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", help_heading = "Settings")]
    pub behind_proxy: Option<String>,
    /// Look for renewals that are due every so many seconds; 0 leaves that to another process
    /// [env: RESELLPORTAL_RENEWAL_TICK_SECONDS] [default: 10]
    #[arg(long, value_name = "SECONDS", help_heading = "Settings")]
    pub renewal_tick_seconds: Option<String>,
}

impl ServeArguments {
    /// The configuration.
    pub fn load(&self, environment: &Environment) -> Result<Config, SettingError> {
        let mut flags = self.database.flags();
        let given = [
            ("app_dir", &self.app_dir),
            ("log_json", &self.log_json),
            ("allow_http", &self.allow_http),
            ("behind_proxy", &self.behind_proxy),
            ("renewal_tick_seconds", &self.renewal_tick_seconds),
        ];
        flags.extend(given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        Config::load(&flags, environment, self.database.config.as_deref())
    }
}

/// `healthcheck`.
#[derive(Debug, Args)]
pub struct HealthcheckArguments {
    /// TOML file with settings by name [env: RESELLPORTAL_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the server listens [env: RESELLPORTAL_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

impl HealthcheckArguments {
    /// The flags that were given.
    pub fn flags(&self) -> Flags {
        self.listen.iter().map(|listen| ("listen", listen.clone())).collect()
    }
}

/// `import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The folder with the files
    pub folder: PathBuf,
    /// Id (res_…) or exact name of the reseller
    #[arg(long)]
    pub reseller: String,
    /// Do everything, tell what would come of it, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Let changed rows change names, emails, addresses and notes
    #[arg(long)]
    pub update: bool,
    /// Of the database.
    #[command(flatten)]
    pub settings: DatabaseSettings,
}

/// `seed`.
#[derive(Debug, Args)]
pub struct SeedArguments {
    /// The demo account: the one thing there is to fill in
    #[arg(long, required = true)]
    pub demo: bool,
    /// Of the database.
    #[command(flatten)]
    pub settings: DatabaseSettings,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_flag_without_value_is_on() {
        let parsed = Arguments::try_parse_from(["resellportal", "serve", "--log-json", "--listen", "127.0.0.1:0"]);
        let Command::Serve(serve) = parsed.unwrap().command else { panic!("another command") };
        assert_eq!(serve.log_json.as_deref(), Some("true"));
        assert_eq!(serve.database.flags()["listen"], "127.0.0.1:0");
    }

    #[test]
    fn every_command_explains_itself() {
        fn check(command: &clap::Command) {
            for inner in command.get_subcommands() {
                assert!(inner.get_about().is_some(), "{}", inner.get_name());
                check(inner);
            }
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                let is_explained = argument.get_help().is_some() || argument.get_long_help().is_some();
                assert!(is_explained, "{} of {}", argument.get_id(), command.get_name());
            }
        }
        check(&Arguments::command());
    }
}
