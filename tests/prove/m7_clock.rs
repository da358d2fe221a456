//! M7: a clock that jumps. What a period costs is charged when the server's clock says that it has begun, once, whatever
//! the clock said before; and a clock that is off by a year charges nobody by itself.

use api::clock::Clock;
use api::features::renewals::service::{run_by_hand, tick};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::{BillingInterval, RunTrigger};
use tests::{Dice, Engine};
use uuid::Uuid;

use crate::business::{Placed, charges, portfolio};
use crate::copies::written;
use crate::m6_calendar::{civil, model_day};
use crate::m8_model::{Hour, hour_of};
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, at, engines};

/// The clock may jump.
pub const PROOF: Proof = Proof {
    id: "M7",
    claim: "a clock that jumps by ±1 h, ±1 d, +40 d or flutters charges nothing early, twice or never; +400 d is held, then \
            released in order",
    run: |report, size| tests::block_on(run(report, size)),
};

const START: &str = "2026-01-31T05:00:00Z";
const PRICE_MINOR: i64 = 1_000;
/// More periods due at once than these are held (docs/domain.md §6).
const MOST_AT_ONCE: usize = 3;

/// How far the clock is off, at the number of a tick.
type Offset = fn(i64, &mut Dice) -> TimeDelta;

const JUMPS: [(&str, Offset); 6] = [
    ("+1 h", |tick, _| if tick % 7 < 3 { TimeDelta::hours(1) } else { TimeDelta::zero() }),
    ("-1 h", |tick, _| if tick % 7 < 3 { TimeDelta::hours(-1) } else { TimeDelta::zero() }),
    ("+1 d", |tick, _| if tick % 11 < 4 { TimeDelta::days(1) } else { TimeDelta::zero() }),
    ("-1 d", |tick, _| if tick % 11 < 4 { TimeDelta::days(-1) } else { TimeDelta::zero() }),
    ("+40 d", |tick, _| if tick % 50 == 20 { TimeDelta::days(40) } else { TimeDelta::zero() }),
    ("flutter", |_, dice| TimeDelta::minutes(i64::try_from(dice.below(2_880)).unwrap() - 1_440)),
];

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        let (mut early, mut doubled, mut missed, mut ticks) = (0, 0, 0, 0);
        for (name, offset) in JUMPS {
            let wrong = jump(report, engine, size, name, offset).await;
            ticks += wrong.ticks;
            (early, doubled, missed) = (early + wrong.early, doubled + wrong.doubled, missed + wrong.missed);
        }
        report.figure(format!(
            "{engine:?}: {} kinds of jump, {ticks} ticks: {early} early, {doubled} doubled, {missed} missed",
            JUMPS.len()
        ));
        far_ahead(report, engine, size, true).await;
        far_ahead(report, engine, size, false).await;
    }
}

/// What should not be.
#[derive(Debug, Default)]
struct Wrong {
    ticks: i64,
    early: usize,
    doubled: usize,
    missed: usize,
}

/// A reseller in UTC, whose periods an independent calendar knows.
async fn business(stand: &Stand, activations: i64) -> (Account, Vec<Placed>) {
    let product = stand.product("writer", PRICE_MINOR).await;
    let moments: Vec<_> = (0..activations).map(|number| at(START) - TimeDelta::days(number / 4 % 31)).collect();
    portfolio(stand, product, Tz::UTC, (BillingInterval::ALL, &moments)).await
}

/// The periods after the first that begin by an hour.
fn begun(placed: &[Placed], by: Hour) -> Vec<(Uuid, i64)> {
    let mut begun = Vec::new();
    for placed in placed {
        let (anchor, months) = (civil(hour_of(placed.at).div_euclid(24)), placed.interval.months());
        let of_one = (1..).take_while(|n| model_day(anchor, n * months) * 24 <= by);
        begun.extend(of_one.map(|n| (placed.id.0, i64::from(n))));
    }
    begun.sort_unstable();
    begun
}

/// Charged periods in the order of the ledger, and when each was charged.
async fn charged(stand: &Stand, account: &Account) -> Vec<(Uuid, i64, DateTime<Utc>)> {
    let sql = format!(
        "SELECT activation_id, period_no, occurred_at FROM ledger_entries WHERE reseller_id = {} AND kind = 'renewal_charge' \
         ORDER BY sequence",
        written(stand.engine, account.reseller.id.0)
    );
    let rows = stand.db.pool().query_all_raw(Statement::from_string(stand.db.backend(), sql)).await.unwrap();
    let read = |row: sea_orm::QueryResult| {
        let id: Uuid = row.try_get("", "activation_id").unwrap();
        (id, row.try_get("", "period_no").unwrap(), row.try_get("", "occurred_at").unwrap())
    };
    rows.into_iter().map(read).collect()
}

fn sorted(charged: &[(Uuid, i64, DateTime<Utc>)]) -> Vec<(Uuid, i64)> {
    let mut periods: Vec<_> = charged.iter().map(|(id, period_no, _)| (*id, *period_no)).collect();
    periods.sort_unstable();
    periods
}

fn without<'a>(these: &'a [(Uuid, i64)], those: &[(Uuid, i64)]) -> Vec<&'a (Uuid, i64)> {
    these.iter().filter(|period| those.binary_search(period).is_err()).collect()
}

/// Four months in which the clock jumps. After every tick exactly those periods are charged that have begun by the latest
/// time the server was ever told.
async fn jump(report: &mut Report, engine: Engine, size: Size, name: &str, offset: Offset) -> Wrong {
    let stand = Stand::without_server(engine).await;
    let (account, placed) = business(&stand, size.pick(124, 31)).await;
    let (clock, mut dice, mut wrong) = (Clock::fixed(at(START)), Dice::new(7), Wrong::default());
    let (step, ticks) = size.pick((TimeDelta::hours(5), 600), (TimeDelta::hours(31), 70));
    let mut latest = at(START);
    for number in 0..ticks {
        // The last one is right again.
        let off = if number + 1 == ticks { TimeDelta::zero() } else { offset(number, &mut dice) };
        let told = at(START) + step * i32::try_from(number).unwrap() + off;
        latest = latest.max(told);
        clock.set(told);
        tick(&stand.db, &clock).await.unwrap();
        wrong.ticks += 1;
        let (expected, found) = (begun(&placed, hour_of(latest)), charged(&stand, &account).await);
        let found = sorted(&found);
        let (early, missed) = (without(&found, &expected).len(), without(&expected, &found).len());
        wrong.early += early;
        wrong.missed += missed;
        report.check(
            (early, missed) == (0, 0),
            format!("{engine:?}, {name}, tick {number} at {told}: {early} early, {missed} missed"),
        );
        if !report.is_passed() {
            break;
        }
    }
    wrong.doubled = usize::try_from(charges(&stand).await.1).unwrap();
    report.check(wrong.doubled == 0, format!("{engine:?}, {name}: {} doubled", wrong.doubled));
    for (id, period_no, at) in charged(&stand, &account).await {
        let placed = placed.iter().find(|placed| placed.id.0 == id).unwrap();
        let anchor = civil(hour_of(placed.at).div_euclid(24));
        let start = model_day(anchor, u32::try_from(period_no).unwrap() * placed.interval.months()) * 24;
        report.check(hour_of(at) >= start, format!("{engine:?}, {name}: {id} period {period_no} was charged at {at}"));
    }
    for difference in stand.differences(&account).await {
        report.fail(format!("{engine:?}, {name}: {difference}"));
    }
    wrong
}

/// +400 days: what has too many periods due is held and not charged. Then either the clock was right, and everything is
/// released in order; or it is put right, and a release charges what has really begun.
async fn far_ahead(report: &mut Report, engine: Engine, size: Size, is_right: bool) {
    let name = format!("{engine:?}, +400 d{}", if is_right { "" } else { " and back" });
    let stand = Stand::without_server(engine).await;
    let (account, placed) = business(&stand, size.pick(124, 31)).await;
    let ahead = at(START) + TimeDelta::days(400);
    let clock = Clock::fixed(ahead);
    for _ in 0..3 {
        tick(&stand.db, &clock).await.unwrap();
    }
    let due = begun(&placed, hour_of(ahead));
    let due_of = |id: Uuid| due.iter().filter(|(of, _)| *of == id).count();
    let (held, few): (Vec<_>, Vec<_>) = due.iter().copied().partition(|(id, _)| due_of(*id) > MOST_AT_ONCE);
    let found = sorted(&charged(&stand, &account).await);
    report
        .check(found == few, format!("{name}: {} charged, {} may be; {} are held", found.len(), few.len(), held.len()));
    report.check(!held.is_empty(), format!("{name}: nothing was to be held"));
    let now = if is_right { ahead } else { at(START) + TimeDelta::days(61) };
    clock.set(now);
    tick(&stand.db, &clock).await.unwrap();
    let before = charged(&stand, &account).await.len();
    report.check(before == few.len(), format!("{name}: {} were charged before the release", before - few.len()));
    run_by_hand(&stand.db, &clock, None, RunTrigger::Release).await.unwrap();
    let all = charged(&stand, &account).await;
    let mut expected = begun(&placed, hour_of(now));
    expected.extend(&few);
    expected.sort_unstable();
    expected.dedup();
    let found = sorted(&all);
    let (early, missed) = (without(&found, &expected).len(), without(&expected, &found).len());
    report.check((early, missed) == (0, 0), format!("{name}, released: {early} early, {missed} missed"));
    let order: Vec<_> = all[before..].iter().map(|(id, period_no, _)| place(&placed, *id, *period_no)).collect();
    report.check(order.is_sorted(), format!("{name}: the release was not in the order of due date, priority, id"));
    // From now on it renews by itself again.
    clock.set(ahead + TimeDelta::days(40));
    tick(&stand.db, &clock).await.unwrap();
    if is_right {
        let (expected, found) = (begun(&placed, hour_of(ahead) + 40 * 24), sorted(&charged(&stand, &account).await));
        report.check(found == expected, format!("{name}: {} of {} a month later", found.len(), expected.len()));
    }
    for difference in stand.differences(&account).await {
        report.fail(format!("{name}: {difference}"));
    }
    report.figure(format!(
        "{name}: {} held, {} charged by the release in order, {early} early, {missed} missed",
        held.len(),
        all.len() - before
    ));
}

/// The place of a charge in a run.
fn place(placed: &[Placed], id: Uuid, period_no: i64) -> (i64, i16, Uuid) {
    let placed = placed.iter().find(|placed| placed.id.0 == id).unwrap();
    let anchor = civil(hour_of(placed.at).div_euclid(24));
    let months = u32::try_from(period_no).unwrap() * placed.interval.months();
    (model_day(anchor, months), placed.priority, id)
}
