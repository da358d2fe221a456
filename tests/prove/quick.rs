//! The short versions, so that no proof rots.

use crate::report::{Proof, Report, Size};

fn holds(proof: &Proof) {
    let report = Report::of(proof, Size::Quick);
    assert!(report.is_passed(), "{report}");
}

#[test]
fn the_dashboard_is_quick_at_size() {
    holds(&crate::dashboard::PROOF);
}
