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

struct Server {
    url: String,
    _keeper: Option<Child>,
}

/// The URL of a server to make databases on, without a database name at its end; none where there is no PostgreSQL.
pub fn server_url() -> Option<&'static str> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref().map(|server| server.url.as_str())
}

fn start() -> Option<Server> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        let url = url.trim_end_matches('/').to_owned();
        return Some(Server { url, _keeper: None });
    }
    let programs = programs()?;
    let (user, group) = unprivileged();
    let as_user = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let (Some(user), Some(group)) = (user, group) {
            command.uid(user).gid(group);
        }
        command
    };
    // Made by the server's user, so that it may remove it again.
    let made = as_user(Path::new("/bin/mktemp")).args(["-d", "/tmp/resellportal-postgres.XXXXXX"]).output().unwrap();
    let folder = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim());
    let made = as_user(&programs.join("initdb"))
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
        .arg(folder.join("data"))
        .output()
        .unwrap();
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    let port = free_port();
    let settings = format!(
        "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 300\nfsync = off\n\
         synchronous_commit = off\nfull_page_writes = off\n"
    );
    // Owned by the server's user, so it is written by appending through a shell of that user.
    let written = as_user(Path::new("/bin/sh"))
        .args(["-c", r#"printf '%s' "$1" >> "$0""#])
        .arg(folder.join("data/postgresql.conf"))
        .arg(settings)
        .status()
        .unwrap();
    assert!(written.success());
    let keeper = as_user(Path::new("/bin/sh"))
        .args(["-c", KEEPER])
        .arg(&programs)
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "PostgreSQL did not start; see {}", folder.join("log").display());
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(Server { url: format!("postgres://postgres@127.0.0.1:{port}"), _keeper: Some(keeper) })
}

fn programs() -> Option<PathBuf> {
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
