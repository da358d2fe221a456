//! The wallet, the ledger and its proof, as a reseller reads them.

use api::auth::Actor;
use api::features::accounts::service::get_reseller;
use api::features::lifecycle::service::{Context, top_up};
use shared::dto::ledger::{LedgerEntry, LedgerEntryDetail, LedgerTotals};
use shared::dto::page::Page;
use shared::dto::wallet::{LedgerProof, Wallet};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{LedgerAccountKind, LedgerCheck, LedgerEntryKind, ResellerId, Role};
use tests::{Caller, TestApp, on_both_databases};

async fn example(app: &TestApp) -> (ResellerId, Caller) {
    let reseller = app.reseller("Harbour").await;
    app.import_example("Harbour").await;
    (reseller, app.logged_in(reseller, "you@example.com", Role::Owner).await)
}

/// Money with a text of our choice.
async fn credit(app: &TestApp, reseller: ResellerId, minor: i64, reason: &str) {
    let reseller = get_reseller(app.db(), reseller).await.unwrap();
    let (now, system) = (app.clock().now(&reseller), Actor::system());
    let context = Context::new(&reseller, now, &system);
    let write = async |tx: &api::db::WriteTx| top_up(tx, &context, minor, reason, Some("=1+1")).await;
    app.db().write(reseller.id, write).await.unwrap();
}

async fn all(caller: &Caller, query: &str) -> Vec<LedgerEntry> {
    let mut entries = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: Page<LedgerEntry> = caller.read(&format!("{}?limit=7{query}{cursor}", paths::LEDGER_ENTRIES)).await;
        entries.extend(page.items);
        let Some(next) = page.page.next_cursor else { return entries };
        cursor = format!("&cursor={next}");
    }
}

on_both_databases! {
    async fn the_wallet_says_what_it_holds_and_what_is_due(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        let wallet: Wallet = caller.read(paths::WALLET).await;
        assert_eq!(wallet.balance.amount(), "226.46");
        let totals: LedgerTotals = caller.read(paths::LEDGER_TOTALS).await;
        assert_eq!((totals.net, totals.count), (wallet.balance, wallet.entry_count));
        assert_eq!(wallet.blocked_at, None);
        assert_eq!((wallet.overdue.count, wallet.pending_top_ups.count), (0, 0));
        assert!(wallet.due_in_30_days.count >= wallet.due_in_7_days.count && wallet.due_in_30_days.count > 0);
    }
}

on_both_databases! {
    async fn every_entry_is_listed_once_with_its_running_balance_in_any_order(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        let wallet: Wallet = caller.read(paths::WALLET).await;
        let oldest_first = all(&caller, "&sort=sequence").await;
        assert_eq!(i64::try_from(oldest_first.len()).unwrap(), wallet.entry_count);
        let mut balance = 0;
        for (expected, entry) in (1..).zip(&oldest_first) {
            balance += entry.amount.minor;
            assert_eq!((entry.sequence, entry.balance_after.minor), (expected, balance));
        }
        assert_eq!(balance, wallet.balance.minor);
        let mut newest_first = all(&caller, "").await;
        newest_first.reverse();
        assert_eq!(newest_first, oldest_first);
        let mut by_amount = oldest_first.clone();
        by_amount.sort_by_key(|entry| (entry.amount.minor, entry.sequence));
        assert_eq!(all(&caller, "&sort=amount").await, by_amount);
        by_amount.reverse();
        assert_eq!(all(&caller, "&sort=-amount").await, by_amount);
    }
}

on_both_databases! {
    async fn a_page_leads_back_to_where_it_came_from(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        for sort in ["sequence", "-sequence", "amount", "-amount"] {
            let path = format!("{}?limit=3&sort={sort}", paths::LEDGER_ENTRIES);
            let first: Page<LedgerEntry> = caller.read(&path).await;
            let second: Page<LedgerEntry> = caller.read(&format!("{path}&cursor={}", first.page.next_cursor.unwrap())).await;
            let back: Page<LedgerEntry> = caller.read(&format!("{path}&cursor={}", second.page.prev_cursor.unwrap())).await;
            assert_eq!((back.items, back.page.prev_cursor), (first.items, None), "{sort}");
        }
        let page: Page<LedgerEntry> = caller.read(&format!("{}?limit=3", paths::LEDGER_ENTRIES)).await;
        let cursor = page.page.next_cursor.unwrap();
        let other = format!("{}?limit=3&sort=amount&cursor={cursor}", paths::LEDGER_ENTRIES);
        caller.get(&other).await.problem(422, ProblemCode::ValidationFailed);
    }
}

on_both_databases! {
    async fn filters_take_whole_days_of_the_resellers_calendar(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        let everything = all(&caller, "").await;
        for kind in LedgerEntryKind::ALL {
            let found = all(&caller, &format!("&kind={kind}")).await;
            let expected: Vec<_> = everything.iter().filter(|entry| entry.kind == *kind).cloned().collect();
            assert_eq!(found, expected, "{kind}");
        }
        let day = everything[everything.len() / 2].occurred_on;
        let found = all(&caller, &format!("&from={day}&to={day}")).await;
        let expected: Vec<_> = everything.iter().filter(|entry| entry.occurred_on == day).cloned().collect();
        assert_eq!(found, expected);
        let totals: LedgerTotals = caller.read(&format!("{}?from={day}&to={day}", paths::LEDGER_TOTALS)).await;
        assert_eq!((totals.count, totals.net.minor), (i64::try_from(expected.len()).unwrap(), expected.iter().map(|entry| entry.amount.minor).sum()));
        let charged = everything.iter().find_map(|entry| entry.activation_id).unwrap();
        let found = all(&caller, &format!("&activation={charged}")).await;
        assert_eq!(found, everything.iter().filter(|entry| entry.activation_id == Some(charged)).cloned().collect::<Vec<_>>());
        for wrong in ["kind=top-up", "from=2026-02-30", "from=2026-02-02&to=2026-02-01", "sort=kind", "limit=0", "kinds=refund"] {
            caller.get(&format!("{}?{wrong}", paths::LEDGER_ENTRIES)).await.problem(422, ProblemCode::ValidationFailed);
        }
    }
}

on_both_databases! {
    async fn one_entry_shows_both_sides_and_what_it_paid(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        for entry in all(&caller, "").await {
            let detail: LedgerEntryDetail = caller.read(&paths::ledger_entry(entry.id)).await;
            assert_eq!(detail.entry, entry);
            assert_eq!(detail.sides.iter().map(|side| side.amount.minor).sum::<i64>(), 0);
            let wallet = detail.sides.iter().find(|side| side.account == LedgerAccountKind::Wallet).unwrap();
            assert_eq!(wallet.amount, entry.amount);
            assert_eq!(detail.period.is_some(), entry.activation_id.is_some());
            assert_eq!(detail.product_name.is_some(), entry.activation_id.is_some());
        }
    }
}

on_both_databases! {
    async fn the_ledger_of_another_reseller_is_not_there(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        let id = all(&caller, "").await[0].id;
        let other = app.reseller("Other").await;
        let stranger = app.logged_in(other, "stranger@example.com", Role::Owner).await;
        let foreign = stranger.get(&paths::ledger_entry(id)).await;
        let missing = stranger.get("/api/v1/ledger-entries/led_01k4kneba5pr8v6j2c0d3f7g9h").await;
        let without_id = |text: String, id: &str| text.replace(id, "");
        let request_id = |answer: &tests::Answer| answer.header("x-request-id").unwrap().to_owned();
        assert_eq!(without_id(foreign.text(), &request_id(&foreign)), without_id(missing.text(), &request_id(&missing)));
        foreign.problem(404, ProblemCode::NotFound);
        assert!(all(&stranger, "").await.is_empty());
    }
}

on_both_databases! {
    async fn a_download_has_the_rows_of_the_list_and_no_formulas(engine) {
        let app = TestApp::start(engine).await;
        let (reseller, caller) = example(&app).await;
        let payloads = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\u{ff1d}1", "say \"hi\", you"];
        for payload in payloads {
            credit(&app, reseller, 100, payload).await;
        }
        let answer = caller.get(paths::LEDGER_ENTRIES_CSV).await;
        assert!(answer.header("content-disposition").unwrap().contains("ledger_2026-11-22.csv"));
        let text = answer.text();
        let rows: Vec<&str> = text.split_terminator("\r\n").collect();
        let entries = all(&caller, "&sort=sequence").await;
        assert_eq!(rows.len(), entries.len() + 1);
        for (row, entry) in rows[1..].iter().zip(&entries) {
            assert!(row.starts_with(&format!("{},{},", entry.sequence, entry.occurred_on)), "{row}");
            assert!(row.contains(&format!(",{},{},EUR,", entry.amount.amount(), entry.balance_after.amount())), "{row}");
            assert!(row.ends_with(&entry.id.to_string()), "{row}");
        }
        for payload in &payloads[..6] {
            assert!(text.contains(&format!("'{payload}")), "{payload:?}");
            assert!(!text.contains(&format!(",{payload}")), "{payload:?}");
        }
        assert!(text.contains("\"say \"\"hi\"\", you\"") && text.contains(",'=1+1,"));
        let some = caller.get(&format!("{}?kind=refund", paths::LEDGER_ENTRIES_CSV)).await.text();
        assert_eq!(some.lines().count() - 1, entries.iter().filter(|entry| entry.kind == LedgerEntryKind::Refund).count());
        let support = app.logged_in(reseller, "support@example.com", Role::Support).await;
        support.get(paths::LEDGER_ENTRIES).await.is_done();
        support.get(paths::LEDGER_ENTRIES_CSV).await.problem(403, ProblemCode::PermissionDenied);
    }
}

on_both_databases! {
    /// More than one chunk is sent.
    async fn a_long_download_is_whole(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let caller = app.logged_in(reseller, "you@example.com", Role::Owner).await;
        let known = get_reseller(app.db(), reseller).await.unwrap();
        let (now, system) = (app.clock().now(&known), Actor::system());
        let context = Context::new(&known, now, &system);
        app.db().write(reseller, async |tx| {
            for _ in 0..2_000 {
                top_up(tx, &context, 1, "Cent", None).await?;
            }
            Ok(())
        }).await.unwrap();
        let text = caller.get(paths::LEDGER_ENTRIES_CSV).await.text();
        let numbers: Vec<i64> = text.lines().skip(1).map(|row| row.split(',').next().unwrap().parse().unwrap()).collect();
        assert_eq!(numbers, (1..=2_000).collect::<Vec<_>>());
    }
}

on_both_databases! {
    async fn the_proof_tells_each_check_and_changes_nothing(engine) {
        let app = TestApp::start(engine).await;
        let (_, caller) = example(&app).await;
        let before: Wallet = caller.read(paths::WALLET).await;
        let proof: LedgerProof = caller.read(paths::WALLET_PROOF).await;
        assert!(proof.is_proven && proof.blocked_at.is_none(), "{proof:?}");
        assert_eq!(proof.checks.iter().map(|check| check.check).collect::<Vec<_>>(), LedgerCheck::ALL);
        assert_eq!((proof.entry_count, proof.balance), (before.entry_count, before.balance));
        assert_eq!(proof.accounts.iter().map(|account| account.balance.minor).sum::<i64>(), 0);
        assert!(proof.checks.iter().filter(|check| check.check != LedgerCheck::TopUps).all(|check| check.checked_count > 0), "{proof:?}");
        let after: Wallet = caller.read(paths::WALLET).await;
        assert_eq!(Wallet { as_of: before.as_of, ..after }, before);
    }
}
