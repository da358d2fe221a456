//! Asks a running server whether it is ready: for containers and supervisors, without needing `curl`.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::arguments::HealthcheckArguments;
use super::{Failure, output};
use crate::config::{Environment, listen_address};

const TIMEOUT: Duration = Duration::from_secs(3);

/// Exit code 0 if it is ready.
pub fn run(arguments: &HealthcheckArguments, environment: &Environment) -> Result<(), Failure> {
    let listen = listen_address(&arguments.flags(), environment, arguments.config.as_deref())?;
    let address = reachable(listen);
    let status = ask(address).map_err(|error| Failure::Failed(format!("no answer from {address}: {error}")))?;
    if status != 200 {
        return Err(Failure::Failed(format!("{address} answers {status}")));
    }
    output::line("ready");
    Ok(())
}

/// A server that listens everywhere is asked on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), listen.port()),
        IpAddr::V6(address) if address.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), listen.port()),
        _ => listen,
    }
}

fn ask(address: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::Error::other("not an HTTP answer"))
}
