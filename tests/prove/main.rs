//! The figures of docs/figures.md, each shown by one command: `cargo xtask prove <ID>` or `cargo xtask bench <ID>`.
//!
//! Arguments: an id or `--list`, `--quick` for a short version, `--sqlite` or `--postgres` for one database alone. The last line is `<ID> PASS|FAIL <figure>`, and the exit
//! status agrees. A proof that panics has failed. The short versions also run as tests of this program.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a tool that cannot go on panics")]

mod business;
mod copies;
mod dashboard;
mod keep_alive;
mod load;
mod m10_script;
mod m10_speed;
mod m11_usage;
mod m1_exactly_k;
mod m2_duplicates;
mod m3_kills;
mod m4_crash_points;
mod m4_operations;
mod m5_renewals;
mod m6_calendar;
mod m7_clock;
mod m8_model;
mod m8_sequences;
mod m9_verifier;
mod measure;
mod p1_dashboard;
mod p3_growth;
mod p5_ingestion;
mod p6_start;
mod portfolio;
mod process;
#[cfg(test)]
mod quick;
mod report;
mod s1_strangers;
mod stand;
mod year;

use std::process::ExitCode;

use report::{Proof, Report, Size};
use tests::Engine;

/// Every proof there is.
const PROOFS: &[Proof] = &[
    m1_exactly_k::PROOF,
    m2_duplicates::PROOF,
    m3_kills::PROOF,
    m4_crash_points::PROOF,
    m5_renewals::PROOF,
    year::PROOF,
    m6_calendar::PROOF,
    m7_clock::PROOF,
    m8_sequences::PROOF,
    m9_verifier::PROOF,
    m10_speed::PROOF,
    m11_usage::PROOF,
    p1_dashboard::PROOF,
    p3_growth::PROOF,
    p5_ingestion::PROOF,
    p6_start::PROOF,
    s1_strangers::PROOF,
    dashboard::PROOF,
];

const FLAGS: [&str; 4] = ["--list", "--quick", "--sqlite", "--postgres"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (flags, words): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.starts_with("--"));
    let has = |name: &str| flags.iter().any(|flag| *flag == name);
    if let Some(flag) = flags.iter().find(|flag| !FLAGS.contains(&flag.as_str())) {
        println!("There is no flag {flag}.");
        return ExitCode::from(2);
    }
    if has("--list") {
        for proof in PROOFS {
            println!("{:<10} {}", proof.id, proof.claim);
        }
        return ExitCode::SUCCESS;
    }
    let size = if has("--quick") { Size::Quick } else { Size::Full };
    let only = [("--sqlite", Engine::Sqlite), ("--postgres", Engine::Postgres)].into_iter().find(|(flag, _)| has(flag));
    let Some(proof) = words.first().and_then(|id| PROOFS.iter().find(|proof| proof.id.eq_ignore_ascii_case(id))) else {
        println!("Name a proof; --list tells which there are.");
        return ExitCode::from(2);
    };
    println!("{}: {}", proof.id, proof.claim);
    if let Some((_, engine)) = only {
        stand::only(engine);
    }
    let mut report = Report::of(proof, size);
    if let Some((_, engine)) = only {
        report.figure(format!("on {engine:?} alone"));
    }
    println!("{report}");
    if report.is_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
