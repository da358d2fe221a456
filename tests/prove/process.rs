//! The program as a process of its own: started, asked over sockets that may be cut, killed.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::stand::NOW;

/// The program, serving.
#[derive(Debug)]
pub struct Process {
    child: Child,
    settings: Vec<(String, String)>,
    /// Its base address.
    pub url: String,
}

impl Process {
    /// Starts it and waits until it is ready.
    pub fn start(
        database_url: &str,
        folder: &std::path::Path,
        settings: &[(impl AsRef<str>, impl AsRef<str>)],
    ) -> Self {
        let settings = settings.iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()));
        let settings: Vec<(String, String)> = settings.collect();
        let mut child = run_program()
            .args(["serve", "--listen", "127.0.0.1:0", "--no-migrate", "--now", NOW, "--database-url", database_url])
            .arg("--data-dir")
            .arg(folder)
            .env("RUST_LOG", "error")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let url = first.split_whitespace().last().unwrap_or_default().to_owned();
        assert!(url.starts_with("http://"), "the server did not start: {first:?}");
        // What it still says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        while !is_ready(&url) {
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { child, settings, url }
    }

    /// What it was told beside the database.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// The memory it holds, in MB.
    pub fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1_000.0
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request over a socket of its own, and cuts that without reading the answer.
pub fn send_and_cut(url: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) {
    drop(send(url, path, headers, body).unwrap());
}

/// Posts with a key and waits for the answer's status; none if the server ended before it answered.
pub fn post(url: &str, path: &str, authorization: &str, key: &str, body: &str) -> Option<u16> {
    let headers = [("Authorization", authorization), ("Idempotency-Key", key), ("Connection", "close")];
    let mut stream = send(url, path, &headers, body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    // A connection that is reset has told all it will tell.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

fn send(url: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<TcpStream> {
    let host = url.trim_start_matches("http://");
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    let _ = write!(request, "Content-Length: {}\r\n\r\n", body.len());
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(request.as_bytes())?;
    stream.write_all(body)?;
    Ok(stream)
}

/// Whether the program is there to be started: `cargo xtask` builds it and says where.
pub fn has_program() -> bool {
    program().is_file()
}

/// The program, told nothing that is meant for the proofs.
pub fn run_program() -> Command {
    let mut command = Command::new(program());
    // It refuses settings it does not know.
    command.env_remove("RESELLPORTAL_SERVER").env_remove("RESELLPORTAL_APP_DIR");
    command
}

fn program() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "set by `cargo xtask`")]
    let told = std::env::var("RESELLPORTAL_SERVER").unwrap_or_default();
    PathBuf::from(told)
}

/// Whether a server says that it is ready.
pub fn is_ready(url: &str) -> bool {
    let host = url.trim_start_matches("http://");
    let Ok(mut stream) = TcpStream::connect(host) else { return false };
    let mut answer = String::new();
    let asked = write!(stream, "GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}
