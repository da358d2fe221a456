//! P6: how soon a server is ready on a database of size, and how much memory it takes while it waits.

use std::time::{Duration, Instant};

use shared::vocab::BillingInterval;
use tests::Engine;

use crate::m9_verifier::fill;
use crate::measure::probes;
use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{Stand, at, engines};

/// Soon, and small.
pub const PROOF: Proof = Proof {
    id: "P6",
    claim: "with 1,000,000 ledger entries a server is ready within 300 ms on SQLite and 1 s on PostgreSQL, and takes at most 60 MB \
            while it waits",
    run: |report, size| tests::block_on(run(report, size)),
};

const MOST_IDLE_MB: f64 = 60.0;
const STARTS: usize = 5;

async fn run(report: &mut Report, size: Size) {
    if !has_program() {
        let text = "without the program there is nothing to start: `cargo xtask` builds it and says where";
        Report::line(text);
        report.check(size == Size::Quick, text);
        return;
    }
    for engine in engines() {
        let rows = size.pick(1_000_000, 1_000);
        let stand = Stand::without_server(engine).await;
        let product = stand.product("writer", 1).await;
        let account = stand.account_in("long", 1, chrono_tz::Tz::UTC).await;
        let moment = at("2026-01-01T09:00:00Z");
        crate::business::put_in_service(&stand, &account, product, &[BillingInterval::Monthly], &[moment]).await;
        fill(&stand, &account, rows).await;
        let limit = Duration::from_millis(if engine == Engine::Sqlite { 300 } else { 1_000 });
        let mut best = Duration::MAX;
        let mut idle_mb = f64::MAX;
        for _ in 0..size.pick(STARTS, 2) {
            let started = Instant::now();
            let process = stand.process(&[]);
            best = best.min(started.elapsed());
            // What starting itself took has been given back, or will not be.
            std::thread::sleep(Duration::from_millis(size.pick(3_000, 100)));
            idle_mb = idle_mb.min(process.resident_mb());
        }
        let milliseconds = best.as_secs_f64() * 1_000.0;
        let is_judged = size == Size::Full;
        report.check(best <= limit || !is_judged, format!("{engine:?}: ready after {milliseconds:.0} ms"));
        report.check(idle_mb <= MOST_IDLE_MB || !is_judged, format!("{engine:?}: {idle_mb:.0} MB while it waits"));
        report.figure(format!(
            "{engine:?}: {rows} entries, ready after {milliseconds:.0} ms (limit {}), {idle_mb:.0} MB (limit {MOST_IDLE_MB:.0})",
            limit.as_millis()
        ));
    }
    report.figure(probes());
}
