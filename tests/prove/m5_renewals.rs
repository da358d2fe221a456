//! M5: renewals at size, schedulers that race and die, and a year that is compared with the calendar entry by entry.

use std::time::{Duration, Instant};

use api::clock::Clock;
use api::features::renewals::service::tick;
use chrono::{DateTime, Months, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::BillingInterval;
use tests::Engine;
use uuid::Uuid;

use crate::business::{Placed, charges, portfolio};
use crate::copies::{copied, copy_reseller, written};
use crate::m6_calendar::{civil, model_day};
use crate::m8_model::{hour_of, moment_of};
use crate::measure::probes;
use crate::portfolio::Dice;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, NOW, Stand, at, engines, has_program};

/// Renewals are quick, and each is charged once.
pub const PROOF: Proof = Proof {
    id: "M5",
    claim: "100,000 due renewals within 60 s; 3 schedulers, one killed every 500 ms, charge each period once; a year of \
            40,000 activations is the calendar's, entry by entry",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const SPEED_LIMIT: Duration = Duration::from_mins(1);
const YEAR_LIMIT: Duration = Duration::from_secs(10);

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        speed(report, engine, size).await;
        race(report, engine, size).await;
        // One reseller against the limit in time, then many against the calendar alone.
        year(report, engine, size, size.pick(1_000, 40), 0).await;
        if size == Size::Full {
            year(report, engine, size, 1_000, 39).await;
        }
    }
    report.figure(probes());
}

async fn agree(report: &mut Report, stand: &Stand, name: &str, account: &Account, copies: u32) {
    for number in [0, 1, copies / 2, copies].into_iter().filter(|number| *number <= copies) {
        let id = account.reseller.id.0;
        let id = if number == 0 { id } else { copied(id, number) };
        let verify = api::features::ledger::verify::verify(stand.db.pool(), shared::vocab::ResellerId(id));
        for difference in verify.await.unwrap() {
            report.fail(format!("{name}: {difference}"));
        }
    }
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

/// One charge, as the calendar wants it and as the ledger has it.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    activation_id: Uuid,
    period_no: i64,
    amount_minor: i64,
    occurred_at: DateTime<Utc>,
    start_day: i64,
    end_day: i64,
    sequence: i64,
    balance_after_minor: i64,
}

/// 365 days, one tick in each, over every interval and every anchor day.
async fn year(report: &mut Report, engine: Engine, size: Size, activations: i64, copies: u32) {
    let name = format!("{engine:?}");
    let stand = Stand::without_server(engine).await;
    let product = stand.product("writer", PRICE_MINOR).await;
    let moments: Vec<_> = (0..activations)
        .map(|number| at("2026-01-01T09:00:00Z") + TimeDelta::days(number / 4 % 31) + TimeDelta::minutes(number % 60))
        .collect();
    let (account, placed) = portfolio(&stand, product, Tz::UTC, (BillingInterval::ALL, &moments)).await;
    copy_reseller(&stand, account.reseller.id, copies).await;
    let last_before = last_entry(&stand, account.reseller.id.0).await;
    let first_tick = at("2026-02-01T06:00:00Z");
    let clock = Clock::fixed(first_tick);
    let started = Instant::now();
    for day in 0..365 {
        clock.set(first_tick + TimeDelta::days(day));
        tick(&stand.db, &clock).await.unwrap();
    }
    let elapsed = started.elapsed();
    let (mut compared, mut differing) = (0, 0);
    for number in 0..=copies {
        let of = |id: Uuid| if number == 0 { id } else { copied(id, number) };
        let expected = expected(&placed, of, last_before, first_tick);
        let found = entries(&stand, of(account.reseller.id.0)).await;
        compared += expected.len();
        let differences = expected.len().abs_diff(found.len())
            + expected.iter().zip(&found).filter(|(expected, found)| expected != found).count();
        if differences > 0 {
            differing += differences;
            let first = expected.iter().zip(&found).find(|(expected, found)| expected != found);
            report.fail(format!(
                "{name}, year: {} entries, the calendar says {}; first difference {first:?}",
                found.len(),
                expected.len()
            ));
        }
    }
    agree(report, &stand, &name, &account, copies).await;
    let is_judged = size == Size::Full && copies == 0;
    report.check(!is_judged || elapsed <= YEAR_LIMIT, format!("{name}: a year took {:.1} s", elapsed.as_secs_f64()));
    report.figure(format!(
        "{name}: a year of {} activations day by day in {:.1} s, {differing} of {compared} entries differ",
        activations * i64::from(copies + 1),
        elapsed.as_secs_f64()
    ));
}

/// Sequence and balance of a wallet.
async fn last_entry(stand: &Stand, reseller: Uuid) -> (i64, i64) {
    let wallet = api::features::ledger::store::find_wallet(stand.db.pool(), shared::vocab::ResellerId(reseller));
    let wallet = wallet.await.unwrap().unwrap();
    (wallet.last_sequence, wallet.balance_minor)
}

/// The closed form: of each activation every period that begins within the year, charged at the first tick from then on;
/// at one tick in the order of due date, priority, id.
fn expected(
    placed: &[Placed],
    of: impl Fn(Uuid) -> Uuid,
    (mut sequence, mut balance_minor): (i64, i64),
    first_tick: DateTime<Utc>,
) -> Vec<Entry> {
    let last_hour = hour_of(first_tick) + 364 * 24;
    let mut charges = Vec::new();
    for placed in placed {
        let (anchor, months) = (civil(hour_of(placed.at).div_euclid(24)), placed.interval.months());
        for n in 1.. {
            let start_day = model_day(anchor, n * months);
            if start_day * 24 > last_hour {
                break;
            }
            charges.push((start_day, placed.priority, of(placed.id.0), n, model_day(anchor, (n + 1) * months), months));
        }
    }
    // A tick takes what begins on its day, and nothing begins before the first.
    charges.sort_unstable();
    let first_hour = hour_of(first_tick);
    let entry = |(start_day, _, activation_id, n, end_day, months): (i64, i16, Uuid, u32, i64, u32)| {
        let amount_minor = PRICE_MINOR * i64::from(months);
        sequence += 1;
        balance_minor -= amount_minor;
        let hour = start_day * 24 + first_hour.rem_euclid(24);
        Entry {
            activation_id,
            period_no: i64::from(n),
            amount_minor,
            occurred_at: moment_of(hour.max(first_hour)),
            start_day,
            end_day,
            sequence,
            balance_after_minor: balance_minor,
        }
    };
    charges.into_iter().map(entry).collect()
}

async fn entries(stand: &Stand, reseller: Uuid) -> Vec<Entry> {
    let sql = format!(
        "SELECT e.activation_id, e.period_no, e.amount_minor, e.occurred_at, e.sequence, e.balance_after_minor, p.start_on, \
         p.end_on FROM ledger_entries e JOIN periods p ON p.reseller_id = e.reseller_id AND p.charge_entry_id = e.id \
         AND p.activation_id = e.activation_id AND p.term_no = e.term_no AND p.period_no = e.period_no \
         WHERE e.reseller_id = {} AND e.kind = 'renewal_charge' ORDER BY e.sequence",
        written(stand.engine, reseller)
    );
    let rows = stand.db.pool().query_all_raw(Statement::from_string(stand.db.backend(), sql)).await.unwrap();
    let entry = |row: sea_orm::QueryResult| {
        let day = |name: &str| {
            let on: chrono::NaiveDate = row.try_get("", name).unwrap();
            on.signed_duration_since(chrono::NaiveDate::default()).num_days()
        };
        let number = |name: &str| row.try_get::<i64>("", name).unwrap();
        Entry {
            activation_id: row.try_get("", "activation_id").unwrap(),
            period_no: number("period_no"),
            amount_minor: number("amount_minor"),
            occurred_at: row.try_get("", "occurred_at").unwrap(),
            start_day: day("start_on"),
            end_day: day("end_on"),
            sequence: number("sequence"),
            balance_after_minor: number("balance_after_minor"),
        }
    };
    rows.into_iter().map(entry).collect()
}
