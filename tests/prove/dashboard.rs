//! Every call the dashboard and its screens make, one after the other, on a reseller of size.

use std::time::{Duration, Instant};

use api::features::import;
use shared::paths;
use shared::vocab::Role;
use tests::{Caller, Engine, TestApp};

use crate::measure::{self, Timings};
use crate::portfolio::Portfolio;
use crate::report::{Proof, Report, Size};

/// Reading is quick at size.
pub const PROOF: Proof = Proof {
    id: "dashboard",
    claim: "every call of the dashboard answers within 20 ms, every report within 100, at 10,000 activations and 100,000 usage \
            events",
    run: |report, size| tests::block_on(run(report, size)),
};

const LIMIT_MS: f64 = 20.0;
/// A report reads everything there is, and is read now and then.
const REPORT_LIMIT_MS: f64 = 100.0;

async fn run(report: &mut Report, size: Size) {
    let portfolio = Portfolio {
        activations: size.pick(10_000, 60),
        usage_rows: size.pick(100_000, 2_000),
        last_day: "2026-11-21".parse().unwrap(),
    };
    let rounds = size.pick(50, 5);
    let app = TestApp::start(Engine::Sqlite).await;
    let reseller = app.reseller("Harbour").await;
    let owner = app.logged_in(reseller, "owner@example.com", Role::Owner).await;
    let folder = tempfile::tempdir().unwrap();
    portfolio.write(folder.path());
    for part in [folder.path().to_path_buf(), folder.path().join("usage")] {
        let started = Instant::now();
        let options = import::Options { is_dry_run: false, may_update: false };
        let secrets = &app.server.state.config.secrets;
        if let Err(error) = import::run(app.db(), app.clock(), secrets, &part, "Harbour", options).await {
            report.fail(format!("import: {error:?}").chars().take(2_000).collect::<String>());
            return;
        }
        Report::line(format!("imported in {:.1} s", started.elapsed().as_secs_f64()));
    }
    Report::line(measure::probes());
    let first: serde_json::Value = owner.read(paths::ACTIVATIONS).await;
    let row = &first["items"][0];
    let id = |what: &str| row[what]["id"].as_str().unwrap_or_default().to_owned();
    let calls = calls(row["id"].as_str().unwrap(), &id("product"), &id("client"));
    let baseline = time(&owner, "/livez", rounds).await;
    Report::line(format!("{:>8.2} {:>8.2}  /livez (ms: p50, p95)", baseline.percentile(50), baseline.percentile(95)));
    for (calls, limit) in [(calls, LIMIT_MS), (REPORTS.map(str::to_owned).to_vec(), REPORT_LIMIT_MS)] {
        let mut slowest = (0.0, String::new());
        for path in &calls {
            let timings = time(&owner, path, rounds).await;
            let (p50, p95) = (timings.percentile(50), timings.percentile(95));
            Report::line(format!("{p50:>8.2} {p95:>8.2}  {path}"));
            if p50 > slowest.0 {
                slowest = (p50, path.clone());
            }
            // The tests run it unoptimised, where only the calls themselves can be checked.
            report.check(p50 <= limit || size == Size::Quick, format!("{path}: p50 {p50:.1} ms"));
        }
        report.figure(format!(
            "{} calls, slowest p50 {:.1} ms ({}), limit {limit} ms",
            calls.len(),
            slowest.0,
            slowest.1
        ));
    }
    report.figure(format!("/livez p50 {:.2} ms", baseline.percentile(50)));
    report.figure(format!("{rounds} rounds, SQLite"));
    report.figure(format!("{} activations, {} usage events", portfolio.activations, portfolio.usage_rows));
}

const REPORTS: [&str; 7] = [
    paths::REPORT_DECISIONS,
    paths::REPORT_UNUSED,
    paths::REPORT_IMPACT,
    paths::REPORT_COST_PER_USER,
    "/api/v1/reports/cost-per-active-user?by=client",
    paths::REPORT_DEMAND,
    paths::REPORT_DECISIONS_CSV,
];

/// What the screens ask for.
fn calls(activation: &str, product: &str, client: &str) -> Vec<String> {
    let mut calls = vec![paths::SESSION.to_owned(), paths::OVERVIEW.to_owned(), paths::RECURRING_COSTS.to_owned()];
    for range in ["7d", "30d", "6m"] {
        calls.push(format!("{}?range={range}", paths::DASHBOARD));
        calls.push(format!("{}?range={range}", paths::ACTIVE_USERS));
        calls.push(format!("{}?activation={activation}&range={range}", paths::ACTIVE_USERS));
    }
    calls.push(format!("{}?limit=25&include_total=true", paths::END_USERS));
    calls.push(paths::ACTIVATION_COUNTS.to_owned());
    for query in [
        "",
        "&sort=product",
        "&sort=client",
        "&sort=status",
        "&sort=-status",
        "&sort=activated_at",
        "&sort=renews_at",
        "&sort=-renews_at",
        "&sort=price",
        "&sort=-price",
        "&status=active",
        "&status=active,paused",
        "&status=deactivated&sort=-price",
        "&billing_state=grace",
        "&billing_interval=yearly&renewing=true",
        "&billing_interval=monthly&renewing=true&sort=renews_at",
        "&activated_from=2026-06-01&activated_to=2026-08-31",
        "&q=harbour",
        "&q=lind%20prod&sort=client",
        "&q=c17",
    ] {
        calls.push(format!("{}?limit=25&include_total=true{query}", paths::ACTIVATIONS));
    }
    calls.push(format!("{}?limit=25&include_total=true&product={product}&sort=renews_at", paths::ACTIVATIONS));
    calls.push(format!("{}?limit=25&include_total=true&client={client}", paths::ACTIVATIONS));
    calls.push(format!("{}/{activation}", paths::ACTIVATIONS));
    calls.push(format!("{}/{activation}/history?limit=50", paths::ACTIVATIONS));
    calls.push(format!("{}?limit=25&include_total=true", paths::CLIENTS));
    calls.push(paths::PRODUCTS.to_owned());
    calls.push(paths::WALLET.to_owned());
    calls.push(paths::FORECAST.to_owned());
    calls.push(paths::UPCOMING_RENEWALS.to_owned());
    calls.push(format!("{}?limit=25", paths::LEDGER_ENTRIES));
    calls.push(format!("{}?limit=25", paths::TOP_UPS));
    calls
}

async fn time(caller: &Caller, path: &str, rounds: usize) -> Timings {
    // What a first call loads is there for the others.
    caller.get(path).await.is_done();
    let mut samples: Vec<Duration> = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let started = Instant::now();
        caller.get(path).await.is_done();
        samples.push(started.elapsed());
    }
    Timings::new(samples)
}
