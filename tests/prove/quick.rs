//! The short versions, so that no proof rots.

use crate::report::{Proof, Report, Size};

fn holds(proof: &Proof) {
    let report = Report::of(proof, Size::Quick);
    assert!(report.is_passed(), "{report}");
}

#[test]
fn m1_exactly_k() {
    holds(&crate::m1_exactly_k::PROOF);
}

#[test]
fn m2_duplicates() {
    holds(&crate::m2_duplicates::PROOF);
}

#[test]
fn m3_kills() {
    holds(&crate::m3_kills::PROOF);
}

#[test]
fn m4_crash_points() {
    holds(&crate::m4_crash_points::PROOF);
}

#[test]
fn m5_renewals() {
    holds(&crate::m5_renewals::PROOF);
}

#[test]
fn a_year_is_the_calendars() {
    holds(&crate::year::PROOF);
}

#[test]
fn m6_calendar() {
    holds(&crate::m6_calendar::PROOF);
}

#[test]
fn m7_clock() {
    holds(&crate::m7_clock::PROOF);
}

#[test]
fn m8_sequences() {
    holds(&crate::m8_sequences::PROOF);
}

#[test]
fn m9_verifier() {
    holds(&crate::m9_verifier::PROOF);
}

#[test]
fn m11_usage() {
    holds(&crate::m11_usage::PROOF);
}

#[test]
fn p1_dashboard() {
    holds(&crate::p1_dashboard::PROOF);
}

#[test]
fn p3_growth() {
    holds(&crate::p3_growth::PROOF);
}

#[test]
fn p5_ingestion() {
    holds(&crate::p5_ingestion::PROOF);
}

#[test]
fn p6_start() {
    holds(&crate::p6_start::PROOF);
}

#[test]
fn s1_strangers() {
    holds(&crate::s1_strangers::PROOF);
}

#[test]
fn the_dashboard_is_quick_at_size() {
    holds(&crate::dashboard::PROOF);
}
