//! What the command line says. The only place of the server that writes to the standard streams.

use std::io::Write;

/// A line on standard output.
pub fn line(text: &str) {
    // Whoever closed the other end (`| head`) does not want to read more.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// What went wrong, in one line on standard error.
pub fn error(text: &str) {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr(), "resellportal: {line}");
}
