//! Builds app and server and serves both from one process.

use crate::{
    app_build::{self, Profile},
    tools,
};
use anyhow::{Context as _, Result};
use clap::Args;
use std::{path::Path, process::Command};

/// What the server shall serve.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Serve the demo account from data/demo, filled when it is missing or older than a day.
    #[arg(long)]
    pub demo: bool,
    /// Rebuild the demo account first.
    #[arg(long, requires = "demo")]
    pub fresh: bool,
    /// Further arguments for `resellportal serve`, after `--`.
    #[arg(last = true)]
    pub extra: Vec<String>,
}

/// Builds what has changed and becomes the server.
pub fn run(options: &Options) -> Result<()> {
    app_build::run(Profile::WasmRelease)?;
    let artifacts = tools::build(&["--package", "api", "--profile", "serve"])?;
    let server = tools::executable(&artifacts, "resellportal")?;
    become_program(&mut command(&server, options))
}

/// The command that starts the server.
pub fn command(server: &Path, options: &Options) -> Command {
    let data = tools::root().join(if options.demo { "data/demo" } else { "data" });
    let mut command = tools::program(server);
    command.arg("serve").arg("--app-dir").arg(app_build::folder()).arg("--data-dir").arg(data);
    if options.demo {
        command.arg("--demo");
    }
    if options.fresh {
        command.arg("--fresh");
    }
    command.args(&options.extra);
    command
}

/// Replaces this process, so that signals reach the server itself and it can stop gracefully.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).context("cannot start the server")
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    tools::run(command).context("the server stopped")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(options: &Options) -> Vec<String> {
        let command = command(Path::new("resellportal"), options);
        command.get_args().map(|argument| tools::relative(argument.as_ref())).collect()
    }

    #[test]
    fn demo_data_have_a_folder_of_their_own() {
        let options = Options { demo: true, fresh: true, extra: vec!["--listen".into(), "0.0.0.0:80".into()] };
        let expected =
            ["serve", "--app-dir", "dist", "--data-dir", "data/demo", "--demo", "--fresh", "--listen", "0.0.0.0:80"];
        assert_eq!(arguments(&options), expected);
        assert_eq!(arguments(&Options::default()), ["serve", "--app-dir", "dist", "--data-dir", "data"]);
    }
}
