//! Builds the one file to ship: the server with the app inside.

use crate::{
    app_build::{self, Profile},
    tools,
};
use anyhow::{Context as _, Result};
use std::fs;

/// Builds `target/dist/resellportal`.
pub fn run() -> Result<()> {
    app_build::run(Profile::WasmRelease)?;
    let artifacts = tools::build(&["--package", "api", "--release", "--features", "embed-app"])?;
    let program = tools::executable(&artifacts, "resellportal")?;
    let folder = tools::root().join("target/dist");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let name = program.file_name().context("the server has no file name")?;
    let target = folder.join(name);
    let bytes = fs::copy(&program, &target).with_context(|| format!("cannot write {}", target.display()))?;
    println!("{} ({} MB)", tools::relative(&target), bytes / 1_000_000);
    Ok(())
}
