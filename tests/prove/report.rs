//! What a proof says in the end.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// A figure to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    /// Its short name: `M1`.
    pub id: &'static str,
    /// What it shows, in a sentence.
    pub claim: &'static str,
    /// Shows it.
    pub run: fn(&mut Report, Size),
}

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As the figure is stated.
    Full,
    /// Seconds, for the tests.
    Quick,
}

impl Size {
    /// The number for this size.
    pub fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// Figures and failures as they come up.
#[derive(Debug)]
pub struct Report {
    id: &'static str,
    figures: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    /// Runs a proof.
    pub fn of(proof: &Proof, size: Size) -> Self {
        let started = Instant::now();
        let mut report = Self { id: proof.id, figures: Vec::new(), failures: Vec::new() };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (proof.run)(&mut report, size))) {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason");
            report.fail(format!("panicked: {}", text.lines().next().unwrap_or_default()));
        }
        report.figure(format!("{:.1} s", started.elapsed().as_secs_f64()));
        report
    }

    /// Notes what was measured.
    pub fn figure(&mut self, text: impl Into<String>) {
        self.figures.push(text.into());
    }

    /// Tells how it goes, on a line of its own.
    pub fn line(text: impl fmt::Display) {
        println!("  {text}");
    }

    /// Notes what must not be.
    pub fn fail(&mut self, text: impl Into<String>) {
        let text = text.into();
        Self::line(format!("FAILED: {text}"));
        self.failures.push(text);
    }

    /// Notes a failure unless it holds.
    pub fn check(&mut self, holds: bool, text: impl Into<String>) {
        if !holds {
            self.fail(text);
        }
    }

    /// Whether nothing failed.
    pub fn is_passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures.join(" · ");
        match self.failures.as_slice() {
            [] => write!(formatter, "{} PASS {figures}", self.id),
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
                write!(formatter, "{} FAIL {first}{more} · {figures}", self.id)
            }
        }
    }
}
