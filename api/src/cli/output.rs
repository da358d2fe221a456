//! What the command line says. The only place of the server that prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks through its standard streams")]

/// A line on standard output.
pub fn line(text: &str) {
    println!("{text}");
}

/// What went wrong, in one line on standard error.
pub fn error(text: &str) {
    eprintln!("resellportal: {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
}
