//! A year, day by day: what the renewal run leaves in the ledger is what the calendar says, entry by entry, and it is quick.

use std::time::{Duration, Instant};

use api::clock::Clock;
use api::features::renewals::service::tick;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::BillingInterval;
use tests::Engine;
use uuid::Uuid;

use crate::business::{Placed, agree, portfolio};
use crate::copies::{copied, copy_reseller, written};
use crate::m6_calendar::{civil, model_day};
use crate::m8_model::{hour_of, moment_of};
use crate::measure::probes;
use crate::report::{Proof, Report, Size};
use crate::stand::{Stand, at, engines};

/// A year of one reseller is over in seconds.
pub const PROOF: Proof = Proof {
    id: "year",
    claim: "a year of 1,000 activations, advanced day by day, is the calendar's, entry by entry, within 10 s",
    run: |report, size| tests::block_on(run(report, size)),
};

const PRICE_MINOR: i64 = 1_000;
const LIMIT: Duration = Duration::from_secs(10);

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        let mut best = Duration::MAX;
        for _ in 0..size.pick(3, 1) {
            best = best.min(compare_year(report, engine, size.pick(1_000, 40), 0).await);
        }
        // An unoptimised server among other tests is timed, and not judged.
        let is_quick = size == Size::Quick || best <= LIMIT;
        report.check(is_quick, format!("{engine:?}: a year took {:.1} s", best.as_secs_f64()));
    }
    report.figure(probes());
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

/// 365 days, one tick in each, over every interval and every anchor day. Returns how long the ticks took.
pub async fn compare_year(report: &mut Report, engine: Engine, activations: i64, copies: u32) -> Duration {
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
    report.check(compared > 0, format!("{name}, year: nothing was compared"));
    agree(report, &stand, &name, &account, copies).await;
    report.figure(format!(
        "{name}: a year of {} activations day by day in {:.1} s, {differing} of {compared} entries differ",
        activations * i64::from(copies + 1),
        elapsed.as_secs_f64()
    ));
    elapsed
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
