//! `cargo xtask prove` and `cargo xtask bench`: builds the proofs and the server optimised, and runs one of them.
//!
//! With `--canary` it does so on a copy of the tree in which one line was sabotaged; then the proof must fail. The copy is
//! kept between runs in target/canary, so that only what differs is compiled again.

mod canaries;

use crate::tools;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What to prove.
#[derive(Args, Debug)]
pub struct Options {
    /// M1, M2, … as `--list` tells them.
    #[arg(required_unless_present = "list")]
    pub id: Option<String>,
    /// Tell which proofs and which canaries there are.
    #[arg(long)]
    pub list: bool,
    /// The short version.
    #[arg(long)]
    pub quick: bool,
    /// Sabotage a copy of the tree with this canary first.
    #[arg(long, value_name = "NAME")]
    pub canary: Option<String>,
}

/// Builds and runs it.
pub fn run(options: &Options) -> Result<()> {
    let folder = match &options.canary {
        Some(name) => sabotaged_copy(name)?,
        None => tools::root().to_path_buf(),
    };
    let (proofs, server) = build(&folder)?;
    let mut command = tools::program(proofs);
    command.env("RESELLPORTAL_SERVER", server);
    if options.list {
        tools::run(command.arg("--list"))?;
        canaries::print();
        return Ok(());
    }
    command.args(&options.id);
    if options.quick {
        command.arg("--quick");
    }
    tools::run(&mut command)
}

/// The programs of a copy of the tree, in the target folder of this one.
fn build(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let target = tools::root().join("target");
    let mut command = Command::new(tools::environment("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.current_dir(folder).env("CARGO_TARGET_DIR", &target).args(["build", "--profile", "serve"]);
    command.args(["--package", "tests", "--package", "api", "--bin", "prove", "--bin", "resellportal"]);
    tools::run(&mut command)?;
    let programs = target.join("serve");
    Ok((programs.join("prove"), programs.join("resellportal")))
}

/// Copies the tracked files, as they lie there, and replaces the canary's line.
fn sabotaged_copy(name: &str) -> Result<PathBuf> {
    let canary = canaries::find(name)?;
    let copy = tools::root().join("target/canary");
    let tracked = tools::output(tools::program("git").args(["ls-files", "-z"]))?;
    for path in tracked.split('\0').filter(|path| !path.is_empty()) {
        let Ok(mut bytes) = std::fs::read(tools::root().join(path)) else { continue };
        if path == canary.path {
            bytes = sabotage(&bytes, &canary)?;
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

fn sabotage(bytes: &[u8], canary: &canaries::Canary) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(bytes)?;
    match text.matches(canary.line).count() {
        1 => Ok(text.replacen(canary.line, canary.sabotage, 1).into_bytes()),
        count => bail!("the canary {} no longer fits: {} has its line {count} times", canary.name, canary.path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_canary_fits_the_tree() {
        for canary in canaries::ALL {
            let bytes = std::fs::read(tools::root().join(canary.path)).unwrap();
            let sabotaged = sabotage(&bytes, canary).unwrap();
            assert_ne!(bytes, sabotaged, "{}", canary.name);
        }
    }
}
