//! Everything that must pass before a change lands, cheapest first, with the time of each step.

use crate::{
    app_build::{self, Profile},
    openapi, test, tidy, tools,
};
use anyhow::Result;
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Crates whose documentation is built; the app's own is code for one reader, the browser.
const DOCUMENTED: [&str; 6] = ["api", "domain", "migrations", "shared", "tests", "xtask"];

/// Runs every step and stops at the first that fails.
pub fn run() -> Result<()> {
    let mut times = Times::default();
    let outcome = steps(&mut times);
    println!("\n{}", times.table());
    outcome
}

fn steps(times: &mut Times) -> Result<()> {
    times.measure("fmt", || tools::run(tools::cargo().args(["fmt", "--all", "--check"])))?;
    times.measure("tidy", tidy::run)?;
    times.measure("clippy", || {
        tools::run(tools::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })?;
    times.measure("clippy wasm", || {
        app_build::install_target()?;
        let mut command = tools::cargo();
        command.args([
            "clippy",
            "--package",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "wasm-dev",
        ]);
        tools::run(command.args(["--", "-D", "warnings"]))
    })?;
    times.measure("docs", || {
        let mut command = tools::cargo();
        command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        tools::run(command.args(DOCUMENTED.iter().flat_map(|name| ["--package", name])))
    })?;
    let server = times.measure("build", test::build)?;
    times.measure("openapi", || openapi::run_with(&server, true))?;
    times.measure("app", || app_build::run(Profile::WasmRelease))?;
    times.measure("embedded app", || {
        tools::run(tools::cargo().args([
            "clippy",
            "--package",
            "api",
            "--features",
            "embed-app",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    times.measure("test", || test::run_with(&server, &test::Options::default()))
}

#[derive(Debug, Default)]
struct Times {
    steps: Vec<(&'static str, Duration, bool)>,
}

impl Times {
    fn measure<Answer>(&mut self, name: &'static str, step: impl FnOnce() -> Result<Answer>) -> Result<Answer> {
        println!("\n=== {name} ===");
        let started = Instant::now();
        let outcome = step();
        self.steps.push((name, started.elapsed(), outcome.is_ok()));
        outcome
    }

    fn table(&self) -> String {
        let mut table = String::new();
        for (name, time, has_passed) in &self.steps {
            let verdict = if *has_passed { "ok" } else { "FAILED" };
            let _ = writeln!(table, "{name:<14}{:>7} s  {verdict}", time.as_secs());
        }
        let all: Duration = self.steps.iter().map(|(_, time, _)| *time).sum();
        let _ = write!(table, "{:<14}{:>7} s", "all", all.as_secs());
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_step_and_the_one_that_failed() {
        let mut times = Times::default();
        times.measure("fmt", || Ok(())).unwrap();
        assert!(times.measure("tidy", || anyhow::bail!("no") as Result<()>).is_err());
        let table = times.table();
        assert!(table.contains("fmt") && table.contains("ok"));
        assert!(table.lines().any(|line| line.starts_with("tidy") && line.ends_with("FAILED")));
    }
}
