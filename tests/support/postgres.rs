//! A private PostgreSQL server for the tests of one process.
//!
//! Takes `TEST_DATABASE_URL` where it is set. Otherwise finds the server's programs, makes a cluster in a temporary folder
//! as an unprivileged user (PostgreSQL refuses root) and stops it when the process ends, however it ends. Where neither is
//! there, the tests run on SQLite alone.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Ends the server when its standard input closes, which happens when this process ends.
const KEEPER: &str = r#""$0/postgres" -D "$1/data" >"$1/log" 2>&1 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$1""#;

/// A server of its own, in a temporary folder that goes with it.
#[derive(Debug)]
pub struct Cluster {
    /// Its URL, without a database name at its end.
    pub url: String,
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    keeper: Child,
}

/// Whether the server waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing survives a power cut: for tests.
    Off,
    /// Every commit is synced, as in use.
    On,
}

impl Cluster {
    /// Starts one; none where PostgreSQL is not installed.
    pub fn start(durability: Durability, more_settings: &str) -> Option<Self> {
        let programs = programs()?;
        // Made by the server's user, so that it may remove it again.
        let made =
            as_user(Path::new("/bin/mktemp")).args(["-d", "/tmp/resellportal-postgres.XXXXXX"]).output().unwrap();
        let folder = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim());
        let made = as_user(&programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let sync = match durability {
            Durability::Off => "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n",
            Durability::On => "",
        };
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 300\n\
             {sync}{more_settings}\n"
        );
        // Owned by the server's user, so it is written by appending through a shell of that user.
        let written = as_user(Path::new("/bin/sh"))
            .args(["-c", r#"printf '%s' "$1" >> "$0""#])
            .arg(folder.join("data/postgresql.conf"))
            .arg(settings)
            .status()
            .unwrap();
        assert!(written.success());
        let keeper = keep(&programs, &folder, port);
        Some(Self { url: format!("postgres://postgres@127.0.0.1:{port}"), programs, folder, port, keeper })
    }

    /// Ends the server at once, without a checkpoint, as a crash would.
    pub fn stop_at_once(&self) {
        let stopped = as_user(&self.programs.join("pg_ctl"))
            .args(["stop", "-m", "immediate", "-D"])
            .arg(self.folder.join("data"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(stopped.success());
    }

    /// The file in which the server logs.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Starts it again after that.
    pub fn start_again(&mut self) {
        // The old keeper would take the folder away; the next one will.
        self.keeper.kill().unwrap();
        self.keeper.wait().unwrap();
        self.keeper = keep(&self.programs, &self.folder, self.port);
    }
}

/// The URL of a server to make databases on, without a database name at its end; none where there is no PostgreSQL.
pub fn server_url() -> Option<&'static str> {
    static SERVER: OnceLock<Option<(String, Option<Cluster>)>> = OnceLock::new();
    let start = || {
        #[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
        if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
            return Some((url.trim_end_matches('/').to_owned(), None));
        }
        let cluster = Cluster::start(Durability::Off, "")?;
        Some((cluster.url.clone(), Some(cluster)))
    };
    SERVER.get_or_init(start).as_ref().map(|(url, _)| url.as_str())
}

/// Starts the server, to be ended with its keeper's standard input, and waits until it listens.
fn keep(programs: &Path, folder: &Path, port: u16) -> Child {
    let keeper = as_user(Path::new("/bin/sh"))
        .args(["-c", KEEPER])
        .arg(programs)
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "PostgreSQL did not start; see {}", folder.join("log").display());
        std::thread::sleep(Duration::from_millis(10));
    }
    keeper
}

/// A command that runs as the server's user.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let (Some(user), Some(group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    command
}

/// Where PostgreSQL's programs are; none where it is not installed.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> =
        versions.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).collect();
    found.sort();
    found.pop()
}

/// User and group to run the server as; none where this process is unprivileged itself.
fn unprivileged() -> (Option<u32>, Option<u32>) {
    if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) {
        return (None, None);
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse::<u32>);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    };
    let (user, group) = find("postgres").or_else(|| find("nobody")).unwrap_or((65534, 65534));
    (Some(user), Some(group))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
