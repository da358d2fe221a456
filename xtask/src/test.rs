//! Runs all tests, with the optimised app and the server that they need.

use crate::{
    app_build::{self, Profile},
    tools,
};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};

/// Which tests to run.
#[derive(Args, Debug, Default)]
pub struct Options {
    /// Only tests whose name contains this text.
    #[arg(long)]
    pub filter: Option<String>,
    /// Arguments for the test programs, after `--`: `--nocapture`, `--test-threads 1`, …
    #[arg(last = true)]
    pub extra: Vec<String>,
}

/// Builds what the tests need and runs them.
pub fn run(options: &Options) -> Result<()> {
    app_build::run(Profile::WasmRelease)?;
    let server = build()?;
    run_with(&server, options)
}

/// Builds every test, and the server with the features the tests have it with, so that nothing is compiled twice.
/// This tool is left out: cargo is running it.
pub fn build() -> Result<PathBuf> {
    let artifacts = tools::build(&["--workspace", "--exclude", "xtask", "--all-targets"])?;
    tools::executable(&artifacts, "resellportal")
}

/// Runs the tests with an app and a server that are built already.
pub fn run_with(server: &Path, options: &Options) -> Result<()> {
    for line in missing(tools::is_installed, Path::new("/usr/lib/postgresql")) {
        println!("{line}");
    }
    for selection in [["--workspace", "--exclude", "xtask"].as_slice(), ["--package", "xtask"].as_slice()] {
        let mut command = tools::cargo();
        command.arg("test").args(selection).args(&options.filter);
        if !options.extra.is_empty() {
            command.arg("--").args(&options.extra);
        }
        tools::run(command.env("RESELLPORTAL_APP_DIR", app_build::folder()).env("RESELLPORTAL_SERVER", server))?;
    }
    Ok(())
}

/// One line for each part of the tests that this machine cannot run.
fn missing(is_installed: impl Fn(&str) -> bool, postgresql: &Path) -> Vec<&'static str> {
    let mut lines = Vec::new();
    if !(is_installed("chromium") && is_installed("chromedriver")) {
        lines.push("Without the browser tests: chromium and chromedriver are not installed.");
    }
    if !(is_installed("postgres") || postgresql.is_dir()) {
        lines.push("Without PostgreSQL, on SQLite only: no PostgreSQL server is installed.");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_run_is_told_in_a_line_each() {
        let nowhere = Path::new("/nowhere");
        assert!(missing(|_| true, nowhere).is_empty());
        assert_eq!(missing(|_| false, nowhere).len(), 2);
        assert_eq!(missing(|name| name == "chromium" || name == "postgres", nowhere).len(), 1);
    }
}
