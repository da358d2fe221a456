//! Many callers that ask one thing again and again, each over a connection of its own that stays open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Callers at the same time.
const CALLERS: usize = 16;

/// Answers a second to a GET of a path, over all servers alike, and how many there were. Any other status than 200 panics.
pub fn answers_per_second(urls: &[String], path: &str, cookie: &str, lasting: Duration) -> (f64, u64) {
    let started = Instant::now();
    let done = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let host = urls[caller % urls.len()].trim_start_matches("http://").to_owned();
                scope.spawn(move || {
                    let mut connection = Connection::open(&host, path, cookie);
                    let mut count = 0_u64;
                    while started.elapsed() < lasting {
                        connection.ask();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum::<u64>()
    });
    (f64::from(u32::try_from(done).unwrap()) / started.elapsed().as_secs_f64(), done)
}

/// One connection and its one question.
struct Connection {
    stream: BufReader<TcpStream>,
    question: Vec<u8>,
    body: Vec<u8>,
}

impl Connection {
    fn open(host: &str, path: &str, cookie: &str) -> Self {
        let stream = TcpStream::connect(host).unwrap();
        stream.set_nodelay(true).unwrap();
        let question = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n").into_bytes();
        Self { stream: BufReader::with_capacity(64 << 10, stream), question, body: Vec::new() }
    }

    fn ask(&mut self) {
        self.stream.get_mut().write_all(&self.question).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).unwrap();
    }
}
