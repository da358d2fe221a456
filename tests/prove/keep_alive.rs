//! A caller that costs next to nothing: one connection that stays open, requests that are put together by hand.
//!
//! It shares its processors with the server that it asks.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to a server.
#[derive(Debug)]
pub struct KeepAlive {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl KeepAlive {
    /// Connects to a base address.
    pub async fn open(url: &str) -> Self {
        let stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, answer: Vec::new() }
    }

    /// Posts JSON under a key and waits for the whole answer: its status, and its text.
    pub async fn post(&mut self, path: &str, authorization: &str, key: &str, body: &str) -> (u16, String) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.answer.clear();
        loop {
            let count = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(count > 0, "the server hung up");
            if let Some(answer) = whole(&self.answer) {
                return answer;
            }
        }
    }
}

/// Status and body of an answer that has come in full.
fn whole(bytes: &[u8]) -> Option<(u16, String)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let status = head.split(' ').nth(1)?.parse().unwrap();
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map(|(_, value)| value.trim().parse().unwrap()).next().unwrap();
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some((status, String::from_utf8(body.to_vec()).unwrap()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_the_last_of_its_body() {
        let answer = b"HTTP/1.1 409 Conflict\r\ncontent-length: 4\r\nx-a: 1\r\n\r\n{}\n\n";
        assert_eq!(whole(answer), Some((409, "{}\n\n".to_owned())));
        for missing in 1..answer.len() {
            assert_eq!(whole(&answer[..answer.len() - missing]), None, "{missing}");
        }
    }
}
