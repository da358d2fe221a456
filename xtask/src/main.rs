//! The one entry to tooling: `cargo xtask <command>`.
//!
//! Builds the browser app, runs the server, tests and checks. It needs cargo and rustup and nothing else; what it
//! cannot find (a browser, PostgreSQL) it names and goes on without. It knows no rule of the product.
#![expect(clippy::print_stdout, reason = "a command line tool reports on standard output")]

mod app_build;
mod ci;
mod dev;
mod dist;
mod openapi;
mod prove;
mod serve;
mod test;
mod tidy;
mod tokens;
mod tools;

use app_build::Profile;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Build, run and check the product.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the app and the server, and serve both from one process.
    Serve(serve::Options),
    /// Run all tests; browser and PostgreSQL tests as far as those are installed.
    Test(test::Options),
    /// Show one of the figures of docs/figures.md.
    Prove(prove::Options),
    /// Time something, and compare with its limit.
    Bench(prove::Options),
    /// Rebuild and reload on every save.
    Dev(serve::Options),
    /// Everything that must pass before a change lands: format, lints, docs, tidy, document, tests.
    Ci,
    /// Check the rules of ARCHITECTURE.md that no compiler checks.
    Tidy,
    /// Write openapi/openapi.json from the routes.
    Openapi {
        /// Compare only; fail when the committed file differs.
        #[arg(long)]
        check: bool,
    },
    /// Build the browser app into dist/.
    App {
        /// Cargo profile of the WebAssembly build.
        #[arg(long, value_enum, default_value_t = Profile::WasmRelease)]
        profile: Profile,
    },
    /// Build one release binary with the app embedded: target/dist/resellportal.
    Dist,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(options) => serve::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Prove(options) | Command::Bench(options) => prove::run(&options),
        Command::Dev(options) => dev::run(&options),
        Command::Ci => ci::run(),
        Command::Tidy => tidy::run(),
        Command::Openapi { check } => openapi::run(check),
        Command::App { profile } => app_build::run(profile),
        Command::Dist => dist::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
