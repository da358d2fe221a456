//! Rebuilds app and server when a file is saved, and starts the server anew; the page reloads itself.
//!
//! Looks at the files' times twice a second: no watcher to install, and the same everywhere.

use crate::{
    app_build::{self, Profile},
    serve, tools,
};
use anyhow::{Context as _, Result};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, SystemTime},
};

const APP: [&str; 2] = ["frontend", "shared"];
const SERVER: [&str; 4] = ["api", "domain", "migrations", "shared"];
const PAUSE: Duration = Duration::from_millis(500);

type Times = BTreeMap<PathBuf, SystemTime>;

/// Builds, serves and follows every change until it is stopped.
pub fn run(options: &serve::Options) -> Result<()> {
    let mut options = options.clone();
    let mut seen = (Times::new(), Times::new());
    let mut program: Option<PathBuf> = None;
    let mut server: Option<Child> = None;
    loop {
        let now = (times(tools::root(), &APP)?, times(tools::root(), &SERVER)?);
        let (has_new_app, has_new_server) = (now.0 != seen.0, now.1 != seen.1);
        seen = now;
        let is_app_built = has_new_app && is_done(&app_build::run(Profile::WasmDev));
        let is_server_built = has_new_server && is_done(&build_server().map(|built| program = Some(built)));
        // The server reads the app when it starts.
        if let Some(program) = program.as_ref().filter(|_| is_app_built || is_server_built) {
            stop(server.take());
            server = Some(serve::command(program, &options).spawn().context("cannot start the server")?);
            // Only the first start asks for fresh data.
            options.fresh = false;
        }
        thread::sleep(PAUSE);
    }
}

fn build_server() -> Result<PathBuf> {
    tools::executable(&tools::build(&["--package", "api"])?, "resellportal")
}

/// A build that fails is told and waited for, not the end.
fn is_done(outcome: &Result<()>) -> bool {
    if let Err(error) = outcome {
        println!("\nxtask: {error:#}\nWaiting for the next save.");
    }
    outcome.is_ok()
}

fn stop(server: Option<Child>) {
    if let Some(mut server) = server {
        // It may have ended by itself, which is as good.
        let _ = server.kill();
        let _ = server.wait();
    }
}

/// When each file in the folders was last written.
fn times(root: &Path, folders: &[&str]) -> Result<Times> {
    let mut times = Times::new();
    for folder in folders {
        for file in tools::files_below(&root.join(folder))? {
            // A file may vanish while an editor replaces it.
            if let Ok(time) = fs::metadata(&file).and_then(|metadata| metadata.modified()) {
                times.insert(file, time);
            }
        }
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_a_new_and_a_removed_file_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("api/main.rs");
        fs::create_dir(folder.path().join("api")).unwrap();
        fs::write(&file, "one").unwrap();
        let take = || times(folder.path(), &["api"]).unwrap();
        let first = take();
        assert_eq!(first, take());
        fs::File::open(&file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let second = take();
        assert_ne!(first, second);
        fs::remove_file(&file).unwrap();
        assert!(take().is_empty());
    }
}
