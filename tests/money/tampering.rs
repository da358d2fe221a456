//! Whoever changes a row past the triggers is found, and the wallet stands still until the books agree again.

use std::cell::RefCell;

use api::auth::Actor;
use api::clock::Clock;
use api::error::Error;
use api::features::ledger::verify::prove;
use api::features::lifecycle::service::{self as lifecycle, Context};
use api::features::renewals::service::tick;
use api::features::renewals::store;
use api::features::top_ups::service as top_ups;
use api::features::wallet::service as wallet;
use sea_orm::ConnectionTrait;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationStatus, LedgerCheck, Money, TakesEffect, TopUpId, TopUpMethod};
use tests::{Dice, Engine, on_both_databases};

use super::stage::{Stage, at, code};

/// What stands in the way of somebody with access to the database: triggers, checks, unique keys.
fn disarm(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "DROP TRIGGER ledger_entries_refuse_update; DROP TRIGGER ledger_entries_refuse_delete; \
             DROP INDEX ledger_entries_charge; DROP INDEX ledger_entries_sequence; DROP INDEX periods_charge; \
             DROP INDEX top_ups_entry; PRAGMA ignore_check_constraints = ON;"
        }
        Engine::Postgres => {
            "ALTER TABLE ledger_entries DISABLE TRIGGER USER; DROP INDEX ledger_entries_charge; \
             DROP INDEX ledger_entries_sequence; DROP INDEX periods_charge; DROP INDEX top_ups_entry; \
             DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint \
             WHERE contype = 'c' AND conrelid IN ('ledger_entries'::regclass, 'ledger_accounts'::regclass, \
             'periods'::regclass, 'top_ups'::regclass) \
             LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$;"
        }
    }
}

/// Which checks fail after the statement, which is undone.
async fn after(stage: &Stage, engine: Engine, tamper: &str) -> Vec<LedgerCheck> {
    let found = RefCell::new(Vec::new());
    let undone: Result<(), Error> = stage
        .db
        .write_shared(async |tx| {
            tx.execute_unprepared(disarm(engine)).await?;
            let done = tx.execute_unprepared(tamper).await.unwrap_or_else(|error| panic!("{tamper}: {error}"));
            assert!(done.rows_affected() > 0, "{tamper} changed nothing");
            let proof = prove(tx, stage.reseller.id).await?;
            let failed = proof.checks.iter().filter(|check| !check.differences.is_empty());
            *found.borrow_mut() = failed.map(|check| check.check).collect();
            if engine == Engine::Sqlite {
                tx.execute_unprepared("PRAGMA ignore_check_constraints = OFF").await?;
            }
            Err(Error::not_found())
        })
        .await;
    assert!(undone.is_err());
    found.into_inner()
}

/// A year of business: top-ups, charges, renewals, refunds, an adjustment, a settled top-up, a free period.
async fn busy(stage: &Stage) -> TopUpId {
    let client = stage.client("kestrel").await;
    stage.top_up("2026-01-01", 100_000).await;
    for (name, minor) in [("writer", 1_000), ("painter", 2_500), ("free", 0)] {
        let product = stage.product(name, minor).await;
        stage.activate("2026-01-10T09:00:00Z", product, client).await.unwrap();
        let gone = stage.activate("2026-01-12T09:00:00Z", product, client).await.unwrap();
        stage
            .act("2026-01-14T09:00:00Z", async |tx, context| {
                lifecycle::deactivate(tx, &context, gone.id, TakesEffect::Now).await
            })
            .await
            .unwrap();
    }
    for month in 2..=12 {
        stage.run(&format!("2026-{month:02}-11T09:00:00Z")).await;
    }
    stage
        .act("2026-12-12", async |tx, context| lifecycle::adjust(tx, &context, -77, "Correction", None).await)
        .await
        .unwrap();
    let clock = Clock::fixed(at("2026-12-13"));
    let asked = top_ups::Request {
        amount: Money::new(5_000, stage.reseller.currency),
        method: TopUpMethod::BankTransfer,
        reference: None,
    };
    let row = stage.act("2026-12-13", async |tx, context| top_ups::request(tx, &context, &asked).await).await.unwrap();
    let operator = Actor::system();
    let by = top_ups::Deciding { actor: &operator, request_id: None };
    top_ups::settle(&stage.db, &clock, TopUpId(row.id), by, None).await.unwrap();
    stage.prove().await;
    TopUpId(row.id)
}

const CHARGES: &str = "kind IN ('activation_charge', 'renewal_charge')";

on_both_databases! {
    async fn each_kind_of_tampering_is_found_by_its_check(engine) {
        use LedgerCheck as C;
        let stage = Stage::new(engine).await;
        busy(&stage).await;
        let stranger = stage.second_reseller().await;
        let stranger_id = match engine {
            Engine::Sqlite => format!("x'{}'", stranger.reseller.id.0.simple()),
            Engine::Postgres => format!("'{}'", stranger.reseller.id.0),
        };
        let last = "(SELECT MAX(sequence) FROM ledger_entries)";
        let cases: Vec<(String, C)> = [
            ("UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE sequence = 3", C::DoubleEntry),
            ("UPDATE ledger_entries SET amount_minor = -amount_minor, wallet_minor = -wallet_minor WHERE sequence = 3", C::DoubleEntry),
            ("UPDATE ledger_entries SET amount_minor = 9223372036854775807 WHERE sequence = 3", C::DoubleEntry),
            ("UPDATE ledger_entries SET amount_minor = amount_minor + 1, wallet_minor = wallet_minor - 1 WHERE sequence = 3", C::RunningBalance),
            ("UPDATE ledger_entries SET amount_minor = amount_minor + 1, wallet_minor = wallet_minor - 1, \
              balance_after_minor = balance_after_minor - 1 WHERE sequence = 3", C::RunningBalance),
            ("UPDATE ledger_entries SET balance_after_minor = 9223372036854775807 WHERE sequence = 4", C::RunningBalance),
            ("UPDATE ledger_entries SET debit_account = 'adjustments' WHERE sequence = 1", C::DoubleEntry),
            ("UPDATE ledger_entries SET debit_account = 'revenue', credit_account = 'wallet' WHERE sequence = 3", C::DoubleEntry),
            ("UPDATE ledger_entries SET credit_account = 'elsewhere' WHERE sequence = 3", C::DoubleEntry),
            ("UPDATE ledger_entries SET kind = 'adjustment' WHERE sequence = 1", C::DoubleEntry),
            ("UPDATE ledger_entries SET currency = 'USD' WHERE sequence = 1", C::DoubleEntry),
            ("UPDATE ledger_entries SET sequence = 1000000 WHERE sequence = 3", C::Sequence),
            ("UPDATE ledger_entries SET sequence = 3 WHERE sequence = 4", C::Sequence),
            ("UPDATE ledger_entries SET sequence = 5 - sequence WHERE sequence IN (1, 4)", C::RunningBalance),
            ("DELETE FROM ledger_entries WHERE sequence = 1", C::Sequence),
            ("DELETE FROM ledger_entries WHERE sequence = 5", C::Sequence),
            ("DELETE FROM ledger_entries WHERE kind = 'refund'", C::Sequence),
            ("UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'", C::Wallet),
            ("UPDATE ledger_accounts SET last_sequence = last_sequence + 1 WHERE kind = 'wallet'", C::Wallet),
            ("DELETE FROM ledger_accounts WHERE kind = 'wallet'", C::Wallet),
            ("UPDATE periods SET price_minor = price_minor + 1 WHERE price_minor > 0", C::Charges),
            ("UPDATE periods SET price_minor = 5 WHERE price_minor = 0", C::Charges),
            ("UPDATE periods SET charge_entry_id = NULL WHERE period_no = 2 AND price_minor > 0", C::Charges),
            ("DELETE FROM periods WHERE period_no = 3", C::Charges),
            ("UPDATE periods SET period_no = period_no + 50 WHERE period_no = 3", C::Charges),
            ("UPDATE periods SET start_on = '2026-03-11' WHERE period_no = 2", C::Charges),
            ("UPDATE top_ups SET amount_minor = amount_minor + 1", C::TopUps),
            ("UPDATE ledger_entries SET corrects_entry_id = NULL WHERE kind = 'refund'", C::Refunds),
            ("UPDATE ledger_entries SET period_no = period_no + 1 WHERE kind = 'refund'", C::Refunds),
            ("UPDATE ledger_entries SET amount_minor = 900000, wallet_minor = 900000 WHERE kind = 'refund'", C::Refunds),
        ]
        .into_iter()
        .map(|(tamper, check)| (tamper.to_owned(), check))
        .chain([
            (format!("UPDATE ledger_entries SET period_no = period_no + 1 WHERE sequence = (SELECT MIN(sequence) FROM ledger_entries WHERE {CHARGES})"), C::Charges),
            (format!("UPDATE ledger_entries SET term_no = 7 WHERE sequence = (SELECT MIN(sequence) FROM ledger_entries WHERE {CHARGES})"), C::Charges),
            (format!("UPDATE ledger_entries SET activation_id = NULL WHERE sequence = (SELECT MAX(sequence) FROM ledger_entries WHERE {CHARGES})"), C::Charges),
            (format!("DELETE FROM ledger_entries WHERE sequence = {last}"), C::Wallet),
            (format!("UPDATE top_ups SET ledger_entry_id = (SELECT id FROM ledger_entries WHERE sequence = {last} - 1)"), C::TopUps),
            (format!("UPDATE ledger_entries SET reseller_id = {stranger_id} WHERE sequence = 6"), C::Sequence),
        ])
        .collect();
        for (tamper, expected) in cases {
            let found = after(&stage, engine, &tamper).await;
            assert!(found.contains(&expected), "{tamper}: {found:?}");
        }
        stage.prove().await;
    }
}

on_both_databases! {
    /// A changed amount, account, period or sequence, or a missing row: whichever row, whichever change.
    async fn tampering_anywhere_is_found_every_time(engine) {
        let stage = Stage::new(engine).await;
        busy(&stage).await;
        let entries = u64::try_from(stage.db.read(async |tx| prove(tx, stage.reseller.id).await).await.unwrap().entry_count).unwrap();
        assert!(entries > 25, "{entries}");
        let mut dice = Dice::new(20_261_122);
        for round in 0..120 {
            let row = format!("sequence = {}", 1 + dice.roll(entries));
            let by = 1 + dice.below(5_000);
            let tamper = match dice.below(9) {
                0 => format!("UPDATE ledger_entries SET amount_minor = amount_minor + {by} WHERE {row}"),
                1 => format!(
                    "UPDATE ledger_entries SET amount_minor = amount_minor + {by}, wallet_minor = CASE WHEN wallet_minor > 0 \
                     THEN wallet_minor + {by} ELSE wallet_minor - {by} END WHERE {row}"
                ),
                2 => format!("UPDATE ledger_entries SET debit_account = credit_account, credit_account = debit_account WHERE {row}"),
                3 => format!("UPDATE ledger_entries SET debit_account = CASE debit_account WHEN 'revenue' THEN 'top_up_clearing' ELSE 'revenue' END WHERE {row}"),
                4 => format!("UPDATE ledger_entries SET period_no = COALESCE(period_no, 0) + {by} WHERE {CHARGES} AND sequence >= {}", dice.roll(entries / 2)),
                5 => format!("UPDATE ledger_entries SET sequence = sequence + {by} WHERE {row}"),
                6 => format!("UPDATE ledger_entries SET balance_after_minor = balance_after_minor + {by} WHERE {row}"),
                7 => format!("UPDATE ledger_entries SET wallet_minor = wallet_minor + {by} WHERE {row}"),
                _ => format!("DELETE FROM ledger_entries WHERE {row}"),
            };
            assert!(!after(&stage, engine, &tamper).await.is_empty(), "round {round}: {tamper}");
        }
    }
}

on_both_databases! {
    async fn a_difference_blocks_the_wallet_and_grace_stands_still_until_the_books_agree(engine) {
        let stage = Stage::new(engine).await;
        let clock = Clock::fixed(at("2026-03-16"));
        let id = stage.paid("2026-02-15", "writer", 1_000).await;
        stage.run("2026-03-15").await;
        assert_eq!(stage.load(id).await.state.grace_until_at, Some(at("2026-03-22")));
        let (product, client) = (stage.product("cheap", 10).await, stage.client("kestrel").await);
        let proven = wallet::prove(&stage.db, &clock, &stage.reseller).await.unwrap();
        assert!(proven.proof.is_proven() && proven.blocked_at.is_none());
        let operator = Actor::system();
        let unblock = async |clock: &Clock| {
            wallet::unblock(&stage.db, clock, &stage.reseller, (&operator, "Restored"), None).await
        };
        assert_eq!(code(unblock(&clock).await), ProblemCode::InvalidTransition);

        stage.db.pool().execute_unprepared("UPDATE ledger_accounts SET balance_minor = 777 WHERE kind = 'wallet'").await.unwrap();
        let proven = wallet::prove(&stage.db, &clock, &stage.reseller).await.unwrap();
        assert!(!proven.proof.is_proven());
        assert_eq!(proven.blocked_at, Some(at("2026-03-16")));
        // A second proof leaves the first date.
        clock.set(at("2026-03-17"));
        assert_eq!(wallet::prove(&stage.db, &clock, &stage.reseller).await.unwrap().blocked_at, Some(at("2026-03-16")));

        assert_eq!(code(stage.activate("2026-03-17", product, client).await), ProblemCode::WalletBlocked);
        let renew = async |tx: &api::db::WriteTx, context: Context<'_>| lifecycle::renew(tx, &context, id).await;
        assert_eq!(code(stage.act("2026-03-17", renew).await), ProblemCode::WalletBlocked);
        let adjust = async |tx: &api::db::WriteTx, context: Context<'_>| lifecycle::adjust(tx, &context, -1, "x", None).await;
        assert_eq!(code(stage.act("2026-03-17", adjust).await), ProblemCode::WalletBlocked);
        // Long after the end of grace.
        assert_eq!(stage.run("2026-03-25").await, 0);
        let waiting = stage.load(id).await.state;
        assert_eq!((waiting.status, waiting.grace_until_at), (ActivationStatus::Active, Some(at("2026-03-22"))));

        clock.set(at("2026-03-26"));
        assert_eq!(code(unblock(&clock).await), ProblemCode::WalletBlocked);
        stage.db.pool().execute_unprepared("UPDATE ledger_accounts SET balance_minor = 0 WHERE kind = 'wallet'").await.unwrap();
        unblock(&clock).await.unwrap();
        // Six days were left on the 16th; six are left on the 26th.
        let state = stage.load(id).await.state;
        assert_eq!((state.status, state.grace_until_at), (ActivationStatus::Active, Some(at("2026-03-31T23:00:00Z"))));
        stage.top_up("2026-03-31T22:59:59Z", 1_000).await;
        assert_eq!(stage.load(id).await.state.paid_until_at, Some(at("2026-04-14T22:00:00Z")));
        stage.prove().await;
    }
}

on_both_databases! {
    /// An entry on top of a wrong balance would keep the difference for good, so not even a top-up is taken.
    async fn while_a_wallet_is_blocked_no_money_moves_and_nothing_is_lost(engine) {
        let stage = Stage::new(engine).await;
        let clock = Clock::fixed(at("2026-03-16"));
        let id = stage.paid("2026-02-15", "writer", 1_000).await;
        stage.run("2026-03-15").await;
        let asked = top_ups::Request { amount: Money::new(1_000, stage.reseller.currency), method: TopUpMethod::Cash, reference: None };
        let row = stage.act("2026-03-15", async |tx, context| top_ups::request(tx, &context, &asked).await).await.unwrap();
        stage.db.pool().execute_unprepared("UPDATE ledger_accounts SET balance_minor = 5 WHERE kind = 'wallet'").await.unwrap();
        wallet::prove(&stage.db, &clock, &stage.reseller).await.unwrap();
        let operator = Actor::system();
        let by = top_ups::Deciding { actor: &operator, request_id: None };
        let settle = async || top_ups::settle(&stage.db, &clock, TopUpId(row.id), by, None).await;
        assert_eq!(code(settle().await), ProblemCode::WalletBlocked);
        assert_eq!(stage.balance().await, 5);
        stage.db.pool().execute_unprepared("UPDATE ledger_accounts SET balance_minor = 0 WHERE kind = 'wallet'").await.unwrap();
        clock.set(at("2026-03-18"));
        wallet::unblock(&stage.db, &clock, &stage.reseller, (&operator, "Restored"), None).await.unwrap();
        settle().await.unwrap();
        let state = stage.load(id).await.state;
        assert_eq!((state.grace_until_at, state.paid_until_at), (None, Some(at("2026-04-14T22:00:00Z"))));
        assert_eq!(stage.balance().await, 0);
        stage.prove().await;
    }
}

on_both_databases! {
    /// What waits in grace is paid by a settled top-up in the same call.
    async fn a_settled_top_up_pays_what_is_in_grace_at_once(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "writer", 1_000).await;
        stage.run("2026-03-15").await;
        let asked = top_ups::Request { amount: Money::new(1_500, stage.reseller.currency), method: TopUpMethod::Cash, reference: None };
        let row = stage.act("2026-03-16", async |tx, context| top_ups::request(tx, &context, &asked).await).await.unwrap();
        assert!(stage.load(id).await.state.grace_until_at.is_some());
        let operator = Actor::system();
        let by = top_ups::Deciding { actor: &operator, request_id: None };
        top_ups::settle(&stage.db, &Clock::fixed(at("2026-03-20")), TopUpId(row.id), by, None).await.unwrap();
        let state = stage.load(id).await.state;
        assert_eq!((state.grace_until_at, state.paid_until_at), (None, Some(at("2026-04-14T22:00:00Z"))));
        assert_eq!(stage.balance().await, 500);
        stage.prove().await;
    }
}

on_both_databases! {
    /// The process ended between the credit and the run that follows it at once.
    async fn money_that_came_in_pays_what_is_in_grace_at_the_next_tick_if_nothing_else_did(engine) {
        let stage = Stage::new(engine).await;
        let id = stage.paid("2026-02-15", "writer", 1_000).await;
        stage.run("2026-03-15").await;
        assert_eq!(stage.load(id).await.state.grace_until_at, Some(at("2026-03-22")));
        let clock = Clock::fixed(at("2026-03-17"));
        let credit = async |minor: i64| {
            let amount = Money::new(minor, stage.reseller.currency);
            let asked = top_ups::Request { amount, method: TopUpMethod::Cash, reference: None };
            let row = stage.act("2026-03-16", async |tx, context| top_ups::request(tx, &context, &asked).await).await.unwrap();
            let settling = top_ups::Settling::find(&stage.db, &clock, TopUpId(row.id), None).await.unwrap();
            let operator = Actor::system();
            let by = top_ups::Deciding { actor: &operator, request_id: None };
            stage.db.write(stage.reseller.id, async |tx| settling.settle(tx, by).await).await.unwrap();
        };
        credit(400).await;
        assert_eq!(tick(&stage.db, &clock).await.unwrap().charged, 0);
        // Tried once, and not again at every tick.
        assert!(store::due_resellers(stage.db.pool(), at("2026-03-18")).await.unwrap().is_empty());
        credit(600).await;
        clock.set(at("2026-03-18"));
        assert_eq!(tick(&stage.db, &clock).await.unwrap().charged, 1);
        let state = stage.load(id).await.state;
        assert_eq!((state.grace_until_at, state.paid_until_at), (None, Some(at("2026-04-14T22:00:00Z"))));
        stage.prove().await;
    }
}
