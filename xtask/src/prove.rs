//! `cargo xtask prove` and `cargo xtask bench`: builds the proofs and the server as they are shipped, and runs one of them.
//!
//! With `--canary` it does so on a copy of the tree that was sabotaged; then the proof must fail. The copy is
//! kept between runs in target/canary with a target folder of its own, so that only what differs is compiled again.

mod canaries;

use crate::tools;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A profile, and the folder in which its programs are.
type Profile = (&'static str, &'static str);

/// Characters of the last line of a proof that a list of canaries shows.
const SHOWN: usize = 160;

/// What is timed is what is shipped.
const SHIPPED: Profile = ("release", "release");

/// What is sabotaged has to fail, not to be quick: most of it is compiled already, and what it does too often is done by the database,
/// which is optimised in every profile.
const SABOTAGED: Profile = ("dev", "debug");

/// What to prove.
#[derive(Args, Debug)]
pub struct Options {
    /// M1, M2, … as `--list` tells them.
    #[arg(required_unless_present_any = ["list", "canaries"])]
    pub id: Option<String>,
    /// Tell which proofs and which canaries there are.
    #[arg(long)]
    pub list: bool,
    /// The short version.
    #[arg(long)]
    pub quick: bool,
    /// On SQLite alone.
    #[arg(long, conflicts_with = "postgres")]
    pub sqlite: bool,
    /// On PostgreSQL alone.
    #[arg(long)]
    pub postgres: bool,
    /// Sabotage a copy of the tree with this canary first.
    #[arg(long, value_name = "NAME")]
    pub canary: Option<String>,
    /// One canary after the other, each with its proof, which must fail; with an id only those of that proof.
    #[arg(long, conflicts_with_all = ["canary", "list"])]
    pub canaries: bool,
}

/// Builds and runs it.
pub fn run(options: &Options) -> Result<()> {
    if options.canaries {
        return run_canaries(options.id.as_deref());
    }
    let mut command = match &options.canary {
        Some(name) => proofs(&sabotaged_copy(canaries::find(name)?)?, SABOTAGED)?,
        None => proofs(tools::root(), SHIPPED)?,
    };
    if options.list {
        tools::run(command.arg("--list"))?;
        canaries::print();
        return Ok(());
    }
    command.args(&options.id);
    for (flag, is_given) in [("--quick", options.quick), ("--sqlite", options.sqlite), ("--postgres", options.postgres)]
    {
        if is_given {
            command.arg(flag);
        }
    }
    tools::run(&mut command)
}

/// Every canary, and a line for each: a proof that passes on a sabotaged tree shows nothing.
fn run_canaries(proof: Option<&str>) -> Result<()> {
    let mut lines = Vec::new();
    let mut missed = Vec::new();
    for canary in canaries::ALL.iter().filter(|canary| proof.is_none_or(|id| canary.proof.eq_ignore_ascii_case(id))) {
        let mut command = proofs(&sabotaged_copy(canary)?, SABOTAGED)?;
        command.arg(canary.proof);
        if canary.is_found_quickly {
            command.arg("--quick");
        }
        println!("\n{} on a tree with {}", canary.proof, canary.name);
        let output = command.stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        // Whole answers may stand in it; its beginning says what failed.
        let last: String = text.lines().last().unwrap_or_default().chars().take(SHOWN).collect();
        println!("{last}");
        // One that could not even begin has found nothing.
        let is_found = !output.status.success() && last.starts_with(&format!("{} FAIL", canary.proof));
        if !is_found {
            missed.push(canary.name);
        }
        lines.push(format!("{:<36} {}", canary.name, if is_found { last.as_str() } else { "MISSED" }));
    }
    println!("\n{}", lines.join("\n"));
    if !missed.is_empty() {
        bail!("not found: {}", missed.join(", "));
    }
    println!("canaries: {} of {} found", lines.len(), lines.len());
    Ok(())
}

/// The program of the proofs of a copy of the tree, told where the server is.
fn proofs(folder: &Path, profile: Profile) -> Result<Command> {
    let (proofs, server) = build(folder, profile)?;
    let mut command = tools::program(proofs);
    command.env("RESELLPORTAL_SERVER", server);
    Ok(command)
}

/// The programs of a tree. A copy has a target folder of its own: cargo knows crates by their path within the workspace, and
/// would take what it built of a sabotaged one for this one's.
fn build(folder: &Path, (profile, output): Profile) -> Result<(PathBuf, PathBuf)> {
    let target = folder.join("target");
    let mut command = Command::new(tools::environment("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.current_dir(folder).env("CARGO_TARGET_DIR", &target).args(["build", "--profile", profile]);
    command.args(["--package", "tests", "--package", "api", "--bin", "prove", "--bin", "resellportal"]);
    command.args(["--features", "api/crash-points"]);
    tools::run(&mut command)?;
    let programs = target.join(output);
    Ok((programs.join("prove"), programs.join("resellportal")))
}

/// Copies the tracked files, as they lie there, and replaces the canary's lines.
fn sabotaged_copy(canary: &canaries::Canary) -> Result<PathBuf> {
    let copy = tools::root().join("target/canary");
    let tracked = tools::output(tools::program("git").args(["ls-files", "-z"]))?;
    for path in tracked.split('\0').filter(|path| !path.is_empty()) {
        let Ok(mut bytes) = std::fs::read(tools::root().join(path)) else { continue };
        for change in canary.changes.iter().filter(|change| change.path == path) {
            bytes = sabotage(&bytes, canary.name, change)?;
        }
        let to = copy.join(path);
        // Only what differs is written: cargo goes by the times of files.
        if std::fs::read(&to).ok().as_ref() != Some(&bytes) {
            std::fs::create_dir_all(to.parent().context("a path without a folder")?)?;
            std::fs::write(&to, bytes)?;
        }
    }
    Ok(copy)
}

fn sabotage(bytes: &[u8], name: &str, change: &canaries::Change) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(bytes)?;
    match text.matches(change.line).count() {
        1 => Ok(text.replacen(change.line, change.sabotage, 1).into_bytes()),
        count => bail!("the canary {name} no longer fits: {} has its line {count} times", change.path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_canary_fits_the_tree() {
        for canary in canaries::ALL {
            for change in canary.changes {
                let bytes = std::fs::read(tools::root().join(change.path)).unwrap();
                let sabotaged = sabotage(&bytes, canary.name, change).unwrap();
                assert_ne!(bytes, sabotaged, "{}", canary.name);
            }
        }
    }
}
