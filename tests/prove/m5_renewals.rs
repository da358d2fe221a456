//! M5: renewals at size, schedulers that race and die, and a year of many that is compared with the calendar entry by entry.

use std::time::{Duration, Instant};

use api::clock::Clock;
use api::features::renewals::service::tick;
use chrono::{Months, TimeDelta};
use chrono_tz::Tz;
use shared::vocab::BillingInterval;
use tests::{Dice, Engine};

use crate::business::{agree, charges, portfolio};
use crate::copies::copy_reseller;
use crate::measure::probes;
use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{NOW, Stand, at, engines};
use crate::year::compare_year;

/// Renewals are quick, and each is charged once.
pub const PROOF: Proof = Proof {
    id: "M5",
    claim: "100,000 due renewals within 60 s; 3 schedulers, one killed every 500 ms, charge each period once; a year of \
            40,000 activations is the calendar's, entry by entry",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const SPEED_LIMIT: Duration = Duration::from_mins(1);

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        speed(report, engine, size).await;
        race(report, engine, size).await;
        // How long a year takes is a figure of its own.
        compare_year(report, engine, size.pick(1_000, 20), size.pick(39, 1)).await;
    }
    report.figure(probes());
}

/// Three months in a row, of which the quickest counts: in each, everything is due at once.
async fn speed(report: &mut Report, engine: Engine, size: Size) {
    let name = format!("{engine:?}");
    let (resellers, each) = (size.pick(1_000_u32, 6), size.pick(100, 20));
    let stand = Stand::durable(engine, "").await;
    let product = stand.product("writer", PRICE_MINOR).await;
    let moments: Vec<_> = (0..each).map(|number| at("2026-10-22T08:00:00Z") - TimeDelta::days(number % 12)).collect();
    let (account, _) = portfolio(&stand, product, Tz::Europe__Berlin, (&[BillingInterval::Monthly], &moments)).await;
    copy_reseller(&stand, account.reseller.id, resellers - 1).await;
    let due = i64::from(resellers) * each;
    let (clock, mut seconds) = (Clock::fixed(at(NOW)), Vec::new());
    for month in 0..3 {
        clock.set(at(NOW) + Months::new(month));
        let started = Instant::now();
        let done = tick(&stand.db, &clock).await.unwrap();
        seconds.push(started.elapsed().as_secs_f64());
        Report::line(format!("{name}: {} renewals in {:.1} s", done.charged, seconds[seconds.len() - 1]));
        let wanted = u64::try_from(due).unwrap();
        report.check(done.charged == wanted, format!("{name}: {} of {wanted} were charged", done.charged));
    }
    let (all, doubled) = charges(&stand).await;
    report.check((all, doubled) == (due * 3, 0), format!("{name}: {all} charges, {doubled} of them doubled"));
    agree(report, &stand, &name, &account, resellers - 1).await;
    let best = seconds.iter().copied().fold(f64::INFINITY, f64::min);
    // An unoptimised server among other tests is timed, and not judged.
    let is_quick = size == Size::Quick || best <= SPEED_LIMIT.as_secs_f64();
    report.check(is_quick, format!("{name}: {due} renewals took {best:.1} s"));
    report.figure(format!("{name}: {due} due renewals of {resellers} resellers in {best:.1} s, best of 3"));
}

/// Three processes on one database, and every half second one of them is killed.
async fn race(report: &mut Report, engine: Engine, size: Size) {
    if !has_program() {
        let text = "without the program there is nobody to race: `cargo xtask` builds it and says where";
        Report::line(text);
        report.check(size == Size::Quick, text);
        return;
    }
    let name = format!("{engine:?}");
    let (resellers, each) = (size.pick(300_u32, 40), size.pick(100, 30));
    let mut stand = Stand::durable(engine, "").await;
    let product = stand.product("writer", PRICE_MINOR).await;
    // Three months behind: more would be held.
    let moments: Vec<_> = (0..each).map(|number| at("2026-08-20T08:00:00Z") - TimeDelta::hours(number % 200)).collect();
    let (account, _) = portfolio(&stand, product, Tz::Europe__Berlin, (&[BillingInterval::Monthly], &moments)).await;
    copy_reseller(&stand, account.reseller.id, resellers - 1).await;
    let due = i64::from(resellers) * each * 3;
    stand.serve(3, &[("RESELLPORTAL_RENEWAL_TICK_SECONDS", "1")]);
    let (started, mut kills, mut dice) = (Instant::now(), 0_usize, Dice::new(5));
    let deadline = Duration::from_mins(5);
    while charges(&stand).await.0 < due && started.elapsed() < deadline {
        tokio::time::sleep(Duration::from_millis(size.pick(500, 60))).await;
        stand.kill_and_restart(dice.below(3));
        kills += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    // Whoever still has a batch in hand would double it now.
    tokio::time::sleep(Duration::from_secs(2)).await;
    stand.stop_serving();
    let (all, doubled) = charges(&stand).await;
    report.check((all, doubled) == (due, 0), format!("{name}, racing: {all} charges of {due}, {doubled} doubled"));
    report.check(kills > 0, format!("{name}, racing: it was over before anybody was killed"));
    agree(report, &stand, &name, &account, resellers - 1).await;
    report.figure(format!(
        "{name}: 3 schedulers, {kills} kills, {all} charges of {due} in {seconds:.0} s, {doubled} doubled"
    ));
}
