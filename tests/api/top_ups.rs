//! Money coming in: requested by resellers, settled, rejected or withdrawn; and what operators do to a balance.

use serde_json::{Value, json};
use shared::dto::ledger::{LedgerEntry, LedgerEntryDetail};
use shared::dto::operator::{OperatorReseller, OperatorTopUp};
use shared::dto::page::Page;
use shared::dto::top_up::TopUp;
use shared::dto::wallet::{LedgerProof, Wallet};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{BillingInterval, LedgerEntryKind, Role, TopUpId, TopUpStatus};
use tests::{Caller, Shop, TestApp, on_both_databases};

const STRANGE: &str = "top_01k4kneba5pr8v6j2c0d3f7g9h";

async fn owner(app: &TestApp, name: &str) -> Caller {
    let reseller = app.reseller(name).await;
    app.logged_in(reseller, &format!("{}@example.com", name.to_lowercase()), Role::Owner).await
}

fn euro(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// The same caller with a new key: whatever it asks for is another effect.
fn once(caller: &Caller) -> Caller {
    caller.clone().with_header("idempotency-key", &uuid::Uuid::now_v7().to_string())
}

async fn request(caller: &Caller, amount: &str) -> TopUp {
    let body = json!({"amount": euro(amount), "method": "bank_transfer", "reference": "PO-1"});
    once(caller).post(paths::TOP_UPS, &body).await.data()
}

async fn balance(caller: &Caller) -> String {
    caller.read::<Wallet>(paths::WALLET).await.balance.amount()
}

on_both_databases! {
    async fn settled_money_is_on_the_wallet_once(engine) {
        let app = TestApp::start(engine).await;
        let (mara, ops) = (owner(&app, "Harbour").await, app.operator("ops@example.com").await);
        let top_up = request(&mara, "150.5").await;
        assert_eq!((top_up.status, top_up.amount.amount().as_str()), (TopUpStatus::Pending, "150.50"));
        assert!(top_up.instructions.as_ref().unwrap().contains(&top_up.payment_reference));
        let wallet: Wallet = mara.read(paths::WALLET).await;
        assert_eq!((wallet.balance.minor, wallet.pending_top_ups.count, wallet.pending_top_ups.amount.minor), (0, 1, 15_050));

        let path = paths::operator_settle_top_up(top_up.id);
        let settled: OperatorTopUp = once(&ops).post(&path, &json!({"note": "Statement 47"})).await.data();
        assert_eq!((settled.reseller_name.as_str(), settled.top_up.status), ("Harbour", TopUpStatus::Settled));
        assert_eq!(settled.top_up.decided_by.as_ref().unwrap().name.as_deref(), Some("ops@example.com"));
        once(&ops).post(&path, &json!({})).await.problem(409, ProblemCode::InvalidTransition);
        once(&ops).post(&paths::operator_reject_top_up(top_up.id), &json!({"reason": "No"})).await.problem(409, ProblemCode::InvalidTransition);
        once(&mara).post(&paths::top_up_cancel(top_up.id), &json!({})).await.problem(409, ProblemCode::InvalidTransition);
        assert_eq!(balance(&mara).await, "150.50");

        let read: TopUp = mara.read(&paths::top_up(top_up.id)).await;
        assert_eq!((&read, read.instructions.is_none()), (&settled.top_up, true));
        let entry: LedgerEntryDetail = mara.read(&paths::ledger_entry(read.ledger_entry_id.unwrap())).await;
        assert_eq!((entry.entry.kind, entry.entry.amount.minor, entry.top_up_id), (LedgerEntryKind::TopUp, 15_050, Some(top_up.id)));
        assert_eq!(entry.entry.external_reference.as_deref(), Some("PO-1"));
        let proof: LedgerProof = mara.read(paths::WALLET_PROOF).await;
        assert!(proof.is_proven, "{proof:?}");
    }
}

on_both_databases! {
    /// A member may call a key as it likes, also like what the ledger calls its own.
    async fn no_key_of_a_member_keeps_a_top_up_from_being_settled(engine) {
        let shop = Shop::open(engine).await;
        let (product, client) = (shop.product("AI Writer", &[(BillingInterval::Monthly, 1_000)]).await, shop.client("Ana").await);
        shop.top_up(1_000).await;
        let top_up = request(&shop.owner, "20").await;
        let body = json!({"client_id": client, "product_id": product, "billing_interval": "monthly"});
        for key in [format!("top_up:{}", top_up.id), format!(" top_up:{}", top_up.id)] {
            let answer = shop.owner.post_keyed(paths::ACTIVATIONS, &key, &body).await;
            assert_eq!(answer.status, 201);
        }
        let ops = shop.app.operator("ops@example.com").await;
        once(&ops).post(&paths::operator_settle_top_up(top_up.id), &json!({})).await.is_done();
        assert_eq!(shop.balance().await, 2_000);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn of_many_who_settle_at_once_one_does(engine) {
        let app = TestApp::start(engine).await;
        let (mara, ops) = (owner(&app, "Harbour").await, app.operator("ops@example.com").await);
        let top_up = request(&mara, "10").await;
        let path = paths::operator_settle_top_up(top_up.id);
        let body = json!({});
        let answers = futures_util::future::join_all((0..24).map(|_| async { once(&ops).post(&path, &body).await })).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
        assert_eq!(done.len(), 1);
        for answer in refused {
            answer.problem(409, ProblemCode::InvalidTransition);
        }
        assert_eq!(balance(&mara).await, "10.00");
        let entries: Page<LedgerEntry> = mara.read(paths::LEDGER_ENTRIES).await;
        assert_eq!(entries.items.len(), 1);
    }
}

on_both_databases! {
    async fn rejected_and_withdrawn_top_ups_bring_nothing(engine) {
        let app = TestApp::start(engine).await;
        let (mara, ops) = (owner(&app, "Harbour").await, app.operator("ops@example.com").await);
        let (one, two) = (request(&mara, "10").await, request(&mara, "20").await);
        let rejected: OperatorTopUp = once(&ops).post(&paths::operator_reject_top_up(one.id), &json!({"reason": " No payment came. "})).await.data();
        assert_eq!((rejected.top_up.status, rejected.top_up.reason.as_deref()), (TopUpStatus::Rejected, Some("No payment came.")));
        let cancelled: TopUp = once(&mara).post(&paths::top_up_cancel(two.id), &json!({})).await.data();
        assert_eq!(cancelled.status, TopUpStatus::Cancelled);
        for id in [one.id, two.id] {
            for path in [paths::operator_settle_top_up(id), paths::operator_reject_top_up(id)] {
                once(&ops).post(&path, &if path.ends_with("settle") { json!({}) } else { json!({"reason": "x"}) }).await.problem(409, ProblemCode::InvalidTransition);
            }
            once(&mara).post(&paths::top_up_cancel(id), &json!({})).await.problem(409, ProblemCode::InvalidTransition);
        }
        assert_eq!(balance(&mara).await, "0.00");
        for reason in [json!({}), json!({"reason": "  "}), json!({"reason": "x".repeat(501)}), json!({"reason": "x", "note": "y"})] {
            once(&ops).post(&paths::operator_reject_top_up(one.id), &reason).await.problem(422, ProblemCode::ValidationFailed);
        }
    }
}

on_both_databases! {
    async fn lists_filter_and_know_whose_they_are(engine) {
        let app = TestApp::start(engine).await;
        let (mara, stranger, ops) = (owner(&app, "Harbour").await, owner(&app, "Other").await, app.operator("ops@example.com").await);
        let mut ids = Vec::new();
        for amount in ["1", "2", "3", "4", "5"] {
            ids.push(request(&mara, amount).await.id);
        }
        let foreign = request(&stranger, "9").await.id;
        once(&ops).post(&paths::operator_settle_top_up(ids[1]), &json!({})).await.is_done();
        ids.reverse();
        let listed = |page: &Page<TopUp>| page.items.iter().map(|item| item.id).collect::<Vec<TopUpId>>();
        let first: Page<TopUp> = mara.read(&format!("{}?limit=3&include_total=true", paths::TOP_UPS)).await;
        assert_eq!((listed(&first), first.page.total), (ids[..3].to_vec(), Some(5)));
        let rest: Page<TopUp> = mara.read(&format!("{}?limit=3&cursor={}", paths::TOP_UPS, first.page.next_cursor.unwrap())).await;
        assert_eq!(listed(&rest), ids[3..]);
        let back: Page<TopUp> = mara.read(&format!("{}?limit=3&cursor={}", paths::TOP_UPS, rest.page.prev_cursor.unwrap())).await;
        assert_eq!(listed(&back), ids[..3]);
        let settled: Page<TopUp> = mara.read(&format!("{}?status=settled", paths::TOP_UPS)).await;
        assert_eq!(listed(&settled), [ids[3]]);
        let waiting: Page<OperatorTopUp> = ops.read(&format!("{}?status=pending", paths::OPERATOR_TOP_UPS)).await;
        let names: Vec<_> = waiting.items.iter().map(|item| (item.top_up.id, item.reseller_name.as_str())).collect();
        assert_eq!(names[0], (foreign, "Other"));
        assert_eq!(names.len(), 5);
        mara.get(&paths::top_up(foreign)).await.problem(404, ProblemCode::NotFound);
        once(&mara).post(&paths::top_up_cancel(foreign), &json!({})).await.problem(404, ProblemCode::NotFound);
        for path in [format!("{}/{STRANGE}/settle", paths::OPERATOR_TOP_UPS), format!("{}/nonsense/settle", paths::OPERATOR_TOP_UPS)] {
            once(&ops).post(&path, &json!({})).await.problem(404, ProblemCode::NotFound);
        }
    }
}

on_both_databases! {
    async fn wrong_requests_are_refused_with_a_pointer(engine) {
        let app = TestApp::start(engine).await;
        let mara = owner(&app, "Harbour").await;
        let refused = async |body: Value, pointer: &str| {
            let problem = once(&mara).post(paths::TOP_UPS, &body).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!(problem.errors[0].pointer, pointer, "{problem:?}");
        };
        let of = |amount: &str, currency: &str| json!({"amount": {"amount": amount, "currency": currency}, "method": "cash"});
        refused(of("0", "EUR"), "/amount/amount").await;
        refused(of("-5", "EUR"), "/amount/amount").await;
        refused(of("5", "USD"), "/amount/currency").await;
        refused(of("5.001", "EUR"), "/amount").await;
        refused(of("1e3", "EUR"), "/amount").await;
        refused(of("10000000000.01", "EUR"), "/amount").await;
        refused(json!({"amount": euro("5"), "method": "shells"}), "/method").await;
        refused(json!({"amount": euro("5"), "method": "cash", "reference": ""}), "/reference").await;
        refused(json!({"amount": euro("5"), "method": "cash", "note": "x"}), "/note").await;
        refused(json!({"method": "cash"}), "/").await;
        assert_eq!(mara.read::<Wallet>(paths::WALLET).await.pending_top_ups.count, 0);
    }
}

on_both_databases! {
    async fn who_may_not_spend_may_not_top_up(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let support = app.logged_in(reseller, "support@example.com", Role::Support).await;
        let body = json!({"amount": euro("5"), "method": "cash"});
        once(&support).post(paths::TOP_UPS, &body).await.problem(403, ProblemCode::PermissionDenied);
        let billing = app.logged_in(reseller, "billing@example.com", Role::Billing).await;
        assert_eq!(once(&billing).post(paths::TOP_UPS, &body).await.status, 201);
        support.get(paths::TOP_UPS).await.is_done();
    }
}

on_both_databases! {
    async fn an_operator_corrects_a_balance_with_a_reason(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let mara = app.logged_in(reseller, "mara@example.com", Role::Owner).await;
        let ops = app.operator("ops@example.com").await;
        let path = paths::operator_adjustments(reseller);
        let adjusted = once(&ops).post(&path, &json!({"amount": euro("20"), "reason": "Goodwill"})).await;
        assert_eq!(adjusted.status, 201);
        let entry: LedgerEntry = adjusted.data();
        assert_eq!((entry.kind, entry.amount.minor, entry.reason.as_str()), (LedgerEntryKind::Adjustment, 2_000, "Goodwill"));
        let corrected: LedgerEntry = once(&ops)
            .post(&path, &json!({"amount": euro("-5"), "reason": "Too much", "corrects_entry_id": entry.id}))
            .await
            .data();
        assert_eq!((corrected.corrects_entry_id, corrected.balance_after.minor), (Some(entry.id), 1_500));
        let too_much = once(&ops).post(&path, &json!({"amount": euro("-15.01"), "reason": "All"})).await.problem(409, ProblemCode::InsufficientBalance);
        assert_eq!(too_much.shortfall.unwrap().minor, 1);
        for wrong in [
            json!({"amount": euro("0"), "reason": "x"}),
            json!({"amount": euro("1"), "reason": ""}),
            json!({"amount": {"amount": "1", "currency": "USD"}, "reason": "x"}),
            json!({"amount": euro("1")}),
            json!({"amount": euro("1"), "reason": "x", "corrects_entry_id": "led_01k4kneba5pr8v6j2c0d3f7g9h"}),
        ] {
            once(&ops).post(&path, &wrong).await.problem(422, ProblemCode::ValidationFailed);
        }
        assert_eq!(balance(&mara).await, "15.00");
        let detail: LedgerEntryDetail = mara.read(&paths::ledger_entry(entry.id)).await;
        assert_eq!(detail.corrected_by, [corrected.id]);
        app.books_balance(reseller).await;
    }
}

on_both_databases! {
    async fn operators_see_all_resellers(engine) {
        let app = TestApp::start(engine).await;
        let (one, two) = (app.reseller("One").await, app.reseller("Two").await);
        let ops = app.operator("ops@example.com").await;
        let page: Page<OperatorReseller> = ops.read(&format!("{}?limit=1", paths::OPERATOR_RESELLERS)).await;
        assert_eq!(page.items[0].id, two);
        let next = format!("{}?limit=1&cursor={}", paths::OPERATOR_RESELLERS, page.page.next_cursor.unwrap());
        let page: Page<OperatorReseller> = ops.read(&next).await;
        assert_eq!((page.items[0].id, page.page.next_cursor), (one, None));
        let seen: OperatorReseller = ops.read(&paths::operator_reseller(one)).await;
        assert_eq!((seen.name.as_str(), seen.balance.minor, seen.blocked_at), ("One", 0, None));
        let proof: LedgerProof = ops.read(&paths::operator_proof(one)).await;
        assert!(proof.is_proven);
    }
}

on_both_databases! {
    async fn a_key_has_its_effect_once_and_is_answered_alike(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let mara = app.logged_in(reseller, "mara@example.com", Role::Owner).await;
        let ops = app.operator("ops@example.com").await;
        let requesting = once(&mara);
        let body = json!({"amount": euro("7"), "method": "cash"});
        let first = requesting.post(paths::TOP_UPS, &body).await;
        let again = requesting.post(paths::TOP_UPS, &body).await;
        assert_eq!((first.status.as_u16(), &first.bytes), (201, &again.bytes));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        let other = json!({"amount": euro("8"), "method": "cash"});
        requesting.post(paths::TOP_UPS, &other).await.problem(422, ProblemCode::IdempotencyKeyReused);
        mara.post(paths::TOP_UPS, &body).await.problem(400, ProblemCode::IdempotencyKeyMissing);
        assert_eq!(mara.read::<Page<TopUp>>(paths::TOP_UPS).await.items.len(), 1);

        let id = first.data::<TopUp>().id;
        let path = paths::operator_settle_top_up(id);
        ops.post(&path, &json!({})).await.problem(400, ProblemCode::IdempotencyKeyMissing);
        let settling = once(&ops);
        let (one, two) = (settling.post(&path, &json!({})).await, settling.post(&path, &json!({})).await);
        assert_eq!((one.status.as_u16(), &one.bytes), (200, &two.bytes));
        let path = paths::operator_adjustments(reseller);
        let adjusting = once(&ops);
        let body = json!({"amount": euro("-2"), "reason": "Fee"});
        ops.post(&path, &body).await.problem(400, ProblemCode::IdempotencyKeyMissing);
        let (one, two) = (adjusting.post(&path, &body).await, adjusting.post(&path, &body).await);
        assert_eq!((one.status.as_u16(), &one.bytes), (201, &two.bytes));
        assert_eq!(balance(&mara).await, "5.00");
        app.books_balance(reseller).await;
    }
}
