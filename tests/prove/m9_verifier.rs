//! M9: the verifier is quick over a million entries, and finds whatever was changed past the triggers.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use api::auth::Actor;
use api::error::Error;
use api::features::ledger::verify::prove;
use api::features::lifecycle::service::{self as lifecycle, Context};
use chrono::{Datelike, Months, TimeDelta};
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;
use shared::vocab::{BillingInterval, TakesEffect};
use tests::{Dice, Engine};

use crate::business::portfolio;
use crate::copies::written;
use crate::measure::probes;
use crate::process::has_program;
use crate::report::{Proof, Report, Size};
use crate::stand::{Account, Stand, at, engines};

/// The books are proven, quickly.
pub const PROOF: Proof = Proof {
    id: "M9",
    claim: "verify-ledger over 1,000,000 entries within 5 s; of 1,000 changes past the triggers, in a ledger of 10,000 \
            entries, 1,000 are found",
    run: |report, size| tests::block_on(run(report, size)),
};

const LIMIT: Duration = Duration::from_secs(5);
const PRICE_MINOR: i64 = 1_000;
const CHARGES: &str = "kind IN ('activation_charge', 'renewal_charge')";

async fn run(report: &mut Report, size: Size) {
    for engine in engines() {
        speed(report, engine, size.pick(1_000_000, 3_000), size).await;
        tampering(report, engine, size).await;
    }
    report.figure(probes());
}

/// A ledger of that length: every other entry is a charge with its period, and the wallet goes up and down by one.
pub async fn fill(stand: &Stand, account: &Account, rows: i64) {
    let (reseller, fresh) = match stand.engine {
        Engine::Sqlite => (written(stand.engine, account.reseller.id.0), "randomblob(16)"),
        Engine::Postgres => (written(stand.engine, account.reseller.id.0), "gen_random_uuid()"),
    };
    // The first rows are read once, not again for each that is added after them.
    let no = format!(
        "WITH RECURSIVE n(no) AS (SELECT 1 UNION ALL SELECT no + 1 FROM n WHERE no < {rows} - 2), \
         p AS MATERIALIZED (SELECT * FROM periods WHERE reseller_id = {reseller}), \
         e AS MATERIALIZED (SELECT * FROM ledger_entries WHERE reseller_id = {reseller} AND kind = 'activation_charge')"
    );
    let statements = [
        format!(
            "INSERT INTO periods (reseller_id, activation_id, term_no, period_no, id, start_on, end_on, starts_at, ends_at, price_minor, \
            charge_entry_id, charged_at, credit_minor) {no} SELECT p.reseller_id, p.activation_id, p.term_no, p.period_no + no / 2, {fresh}, \
            p.end_on, p.end_on, p.ends_at, p.ends_at, 1, {fresh}, p.charged_at, 0 FROM p, n WHERE no % 2 = 0"
        ),
        format!(
            "INSERT INTO ledger_entries (reseller_id, id, sequence, kind, debit_account, credit_account, amount_minor, currency, wallet_minor, \
            balance_after_minor, occurred_at, recorded_at, reason, actor_kind, activation_id, term_no, period_no) {no} \
            SELECT e.reseller_id, COALESCE(q.charge_entry_id, {fresh}), 2 + no, CASE no % 2 WHEN 1 THEN 'top_up' ELSE 'renewal_charge' END, \
            CASE no % 2 WHEN 1 THEN 'top_up_clearing' ELSE 'wallet' END, CASE no % 2 WHEN 1 THEN 'wallet' ELSE 'revenue' END, 1, e.currency, \
            CASE no % 2 WHEN 1 THEN 1 ELSE -1 END, no % 2, e.occurred_at, e.recorded_at, 'filled', 'system', q.activation_id, q.term_no, q.period_no \
            FROM n CROSS JOIN e LEFT JOIN periods q ON no % 2 = 0 AND q.reseller_id = e.reseller_id \
            AND q.activation_id = e.activation_id AND q.term_no = e.term_no AND q.period_no = e.period_no + no / 2"
        ),
        format!(
            "UPDATE ledger_accounts SET last_sequence = {rows}, balance_minor = 0 WHERE kind = 'wallet' AND reseller_id = {reseller}"
        ),
    ];
    // Periods of no length: the calendar is not what is measured.
    let filled: Result<(), Error> = stand
        .db
        .write_shared(async |tx| {
            match stand.engine {
                Engine::Sqlite => {
                    tx.execute_unprepared("PRAGMA ignore_check_constraints = ON").await?;
                }
                Engine::Postgres => {
                    tx.execute_unprepared(&drop_checks(&["periods"])).await?;
                    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
                }
            }
            for statement in &statements {
                tx.execute_unprepared(statement).await?;
                if stand.engine == Engine::Postgres {
                    tx.execute_unprepared("ANALYZE periods").await?;
                }
            }
            if stand.engine == Engine::Sqlite {
                tx.execute_unprepared("PRAGMA ignore_check_constraints = OFF").await?;
            }
            Ok(())
        })
        .await;
    filled.unwrap();
    if stand.engine == Engine::Postgres {
        stand.db.pool().execute_unprepared("VACUUM ANALYZE").await.unwrap();
    }
}

/// Takes the checks off these tables of PostgreSQL.
fn drop_checks(tables: &[&str]) -> String {
    let tables: Vec<_> = tables.iter().map(|table| format!("'{table}'::regclass")).collect();
    format!(
        "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint \
         WHERE contype = 'c' AND conrelid IN ({}) \
         LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$;",
        tables.join(", ")
    )
}

/// `verify-ledger` as an operator runs it, with the start of the program; the best of three.
async fn speed(report: &mut Report, engine: Engine, rows: i64, size: Size) {
    let name = format!("{engine:?}");
    let stand = Stand::without_server(engine).await;
    let product = stand.product("writer", PRICE_MINOR).await;
    let moment = at("2026-01-01T09:00:00Z");
    let account = stand.account_in("long", PRICE_MINOR, Tz::UTC).await;
    crate::business::put_in_service(&stand, &account, product, &[BillingInterval::Monthly], &[moment]).await;
    fill(&stand, &account, rows).await;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        if has_program() {
            let output = stand.command(&["verify-ledger"]).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let is_whole = text.contains("verify-ledger PASS") && text.contains(&format!("{rows} entries"));
            report.check(output.status.success() && is_whole, format!("{name}: {}", text.replace('\n', " ")));
        } else {
            let proof = stand.db.read(async |tx| prove(tx, account.reseller.id).await).await.unwrap();
            report.check(proof.is_proven() && proof.entry_count == rows, format!("{name}: {:?}", proof.differences()));
        }
        best = best.min(started.elapsed());
    }
    let is_quick = size == Size::Quick || best <= LIMIT;
    report.check(is_quick, format!("{name}: {rows} entries took {:.1} s", best.as_secs_f64()));
    report.figure(format!("{name}: {rows} entries verified in {:.2} s, best of 3", best.as_secs_f64()));
}

/// A year of business: top-ups, charges, renewals and refunds.
async fn busy(stand: &Stand, activations: i64) -> Account {
    let product = stand.product("writer", PRICE_MINOR).await;
    let moments: Vec<_> =
        (0..activations).map(|number| at("2026-01-01T09:00:00Z") + TimeDelta::days(number % 28)).collect();
    let (account, placed) = portfolio(stand, product, Tz::UTC, (&[BillingInterval::Monthly], &moments)).await;
    let actor = Actor::system();
    for month in 1..=12 {
        let now = at("2026-01-31T09:00:00Z") + Months::new(month);
        let context = Context::new(&account.reseller, now, &actor);
        // Some leave within the days in which there is a refund.
        let leaving = placed.iter().filter(|placed| {
            let days = (now - placed.at).num_days();
            days > 0 && placed.priority == 9 && placed.at.day() % 12 == month % 12
        });
        let leaving: Vec<_> = leaving.map(|placed| placed.id).collect();
        let write = async |tx: &api::db::WriteTx| {
            lifecycle::run_due(tx, &context).await?;
            for id in &leaving {
                lifecycle::deactivate(tx, &context, *id, TakesEffect::Now).await?;
            }
            lifecycle::top_up(tx, &context, 500, "Bank transfer", None).await?;
            lifecycle::adjust(tx, &context, -1, "Correction", None).await
        };
        stand.db.write(account.reseller.id, write).await.unwrap();
    }
    account
}

/// What stands in the way of somebody with access to the database: triggers, checks, unique keys.
async fn disarm(stand: &Stand) {
    let indexes = "DROP INDEX ledger_entries_charge; DROP INDEX ledger_entries_sequence; DROP INDEX periods_charge; \
                   DROP INDEX top_ups_entry;";
    let sql = match stand.engine {
        Engine::Sqlite => {
            format!("DROP TRIGGER ledger_entries_refuse_update; DROP TRIGGER ledger_entries_refuse_delete; {indexes}")
        }
        Engine::Postgres => {
            let checks = drop_checks(&["ledger_entries", "ledger_accounts", "periods", "top_ups"]);
            format!("ALTER TABLE ledger_entries DISABLE TRIGGER USER; {indexes} {checks}")
        }
    };
    stand.db.pool().execute_unprepared(&sql).await.unwrap();
    // Not unique any more, but as quick as before.
    let index = "CREATE INDEX ledger_entries_any_sequence ON ledger_entries (reseller_id, sequence)";
    stand.db.pool().execute_unprepared(index).await.unwrap();
    stand.db.pool().execute_unprepared("ANALYZE").await.unwrap();
}

async fn tampering(report: &mut Report, engine: Engine, size: Size) {
    let name = format!("{engine:?}");
    let stand = Stand::without_server(engine).await;
    let account = busy(&stand, size.pick(900, 30)).await;
    let proof = stand.db.read(async |tx| prove(tx, account.reseller.id).await).await.unwrap();
    report.check(proof.is_proven(), format!("{name}, before: {:?}", proof.differences()));
    disarm(&stand).await;
    let (entries, rounds) = (usize::try_from(proof.entry_count).unwrap(), size.pick(1_000, 40));
    report.check(size == Size::Quick || entries >= 10_000, format!("{name}: only {entries} entries"));
    let (mut dice, mut found) = (Dice::new(20_261_122), 0);
    for round in 0..rounds {
        let tamper = tampered(&mut dice, round, entries);
        match find(&stand, &account, &tamper).await {
            Some(true) => found += 1,
            Some(false) => report.fail(format!("{name}, round {round}, not found: {tamper}")),
            None => report.fail(format!("{name}, round {round}, changed nothing: {tamper}")),
        }
    }
    report.figure(format!("{name}: {found} of {rounds} changes found in {entries} entries"));
}

/// A changed amount, account, period or sequence, or a row that is gone.
fn tampered(dice: &mut Dice, round: usize, entries: usize) -> String {
    let row = format!("sequence = {}", 1 + dice.below(entries));
    let by = 1 + dice.below(5_000);
    // The first charge from a row on, or of all.
    let charge = format!(
        "sequence = (SELECT COALESCE(MIN(CASE WHEN sequence >= {} THEN sequence END), MIN(sequence)) FROM ledger_entries WHERE {CHARGES})",
        1 + dice.below(entries)
    );
    match round % 10 {
        0 => format!("UPDATE ledger_entries SET amount_minor = amount_minor + {by} WHERE {row}"),
        1 => format!(
            "UPDATE ledger_entries SET amount_minor = amount_minor + {by}, wallet_minor = CASE WHEN wallet_minor > 0 \
             THEN wallet_minor + {by} ELSE wallet_minor - {by} END WHERE {row}"
        ),
        2 => format!(
            "UPDATE ledger_entries SET debit_account = credit_account, credit_account = debit_account WHERE {row}"
        ),
        3 => format!(
            "UPDATE ledger_entries SET debit_account = CASE debit_account WHEN 'revenue' THEN 'top_up_clearing' \
             ELSE 'revenue' END WHERE {row}"
        ),
        4 => format!("UPDATE ledger_entries SET period_no = period_no + {by} WHERE {charge}"),
        5 => format!("UPDATE ledger_entries SET term_no = term_no + {by} WHERE {charge}"),
        6 => format!("UPDATE ledger_entries SET sequence = sequence + {by} WHERE {row}"),
        7 => format!("UPDATE ledger_entries SET balance_after_minor = balance_after_minor + {by} WHERE {row}"),
        8 => format!("UPDATE ledger_entries SET wallet_minor = wallet_minor + {by} WHERE {row}"),
        _ => format!("DELETE FROM ledger_entries WHERE {row}"),
    }
}

/// Whether the verifier sees the change, which is undone; none if it changed nothing.
async fn find(stand: &Stand, account: &Account, tamper: &str) -> Option<bool> {
    let found = RefCell::new(None);
    let undone: Result<(), Error> = stand
        .db
        .write_shared(async |tx| {
            if stand.engine == Engine::Sqlite {
                tx.execute_unprepared("PRAGMA ignore_check_constraints = ON").await?;
            }
            let done = tx.execute_unprepared(tamper).await?;
            if done.rows_affected() > 0 {
                let proof = prove(tx, account.reseller.id).await?;
                *found.borrow_mut() = Some(!proof.is_proven());
            }
            if stand.engine == Engine::Sqlite {
                tx.execute_unprepared("PRAGMA ignore_check_constraints = OFF").await?;
            }
            Err(Error::not_found())
        })
        .await;
    assert!(undone.is_err());
    found.into_inner()
}
