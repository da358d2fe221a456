//! Runs other programs and finds paths of the repository.
//!
//! Every command that takes time is printed before it runs, so that it can be repeated by hand, and again when it
//! fails. Knows nothing of what the commands are for.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

/// A file that cargo has built.
#[derive(Debug)]
pub struct Artifact {
    /// Name of the target: `resellportal`, `frontend`, …
    pub target: String,
    /// The program, where the target is one.
    pub executable: PathBuf,
}

/// The folder of the workspace. Cargo says where it is when it starts this program; where it was compiled may be another
/// clone, or the same one before it was moved.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let xtask = environment("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned());
        PathBuf::from(xtask).parent().map(Path::to_path_buf).unwrap_or_default()
    });
    &ROOT
}

/// An environment variable of the tool itself.
#[expect(clippy::disallowed_methods, reason = "xtask has no configuration; the rule is about the server")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Cargo, the one that started this program, in the folder of the workspace.
pub fn cargo() -> Command {
    program(environment("CARGO").unwrap_or_else(|| "cargo".to_owned()))
}

/// Any program, in the folder of the workspace.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// Whether a program of that name is on the search path.
pub fn is_installed(name: &str) -> bool {
    let folders = environment("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
}

/// Prints the command, runs it with its output shown, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command.status().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", line(command));
    }
    Ok(())
}

/// Runs the command silently and returns what it wrote to standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` wrote something that is not UTF-8", line(command)))
}

/// Runs `cargo build` with these arguments and returns the programs it made, wherever the target directory is.
pub fn build(arguments: &[&str]) -> Result<Vec<Artifact>> {
    let mut command = cargo();
    command.arg("build").args(arguments);
    println!("$ {}", line(&command));
    let messages = output(command.arg("--message-format=json-render-diagnostics"))?;
    Ok(messages.lines().filter_map(artifact).collect())
}

/// The path of the program `target` among the artifacts.
pub fn executable(artifacts: &[Artifact], target: &str) -> Result<PathBuf> {
    artifacts
        .iter()
        .find(|artifact| artifact.target == target)
        .map(|artifact| artifact.executable.clone())
        .with_context(|| format!("cargo built no program named `{target}`"))
}

/// One line of cargo's JSON messages, if it tells of a program that is not a test harness.
fn artifact(message: &str) -> Option<Artifact> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
        target: Target,
        profile: BuildProfile,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    #[derive(Deserialize)]
    struct BuildProfile {
        test: bool,
    }
    let message: Message = serde_json::from_str(message).ok()?;
    let executable = message.executable?;
    (!message.profile.test).then_some(Artifact { target: message.target.name, executable })
}

/// The command as one would type it: the program by its file name, then its arguments.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name).chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// A path relative to the workspace, with forward slashes, for messages and rules.
pub fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// All files below a folder in a settled order; a folder that is not there has none.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_among_cargos_messages_and_a_test_harness_is_not() {
        let program = r#"{"reason":"compiler-artifact","target":{"name":"resellportal"},"profile":{"test":false},"executable":"/t/resellportal"}"#;
        let harness = r#"{"reason":"compiler-artifact","target":{"name":"resellportal"},"profile":{"test":true},"executable":"/t/resellportal-1"}"#;
        let found = artifact(program).unwrap();
        assert_eq!(found.executable, Path::new("/t/resellportal"));
        assert!(artifact(harness).is_none());
        assert!(artifact(r#"{"reason":"build-finished","success":true}"#).is_none());
        assert!(executable(&[found], "frontend").is_err());
    }

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["build", "-p", "api"]);
        assert_eq!(line(&command), "cargo build -p api");
    }

    #[test]
    fn a_failing_command_is_an_error_that_names_it() {
        let error = run(program("false").arg("--now")).unwrap_err();
        assert!(error.to_string().contains("`false --now` failed"));
        assert!(output(&mut program("no-such-program")).is_err());
    }
}
