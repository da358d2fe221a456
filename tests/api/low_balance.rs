//! Being told that the balance fell below an amount, once each time it does.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use shared::dto::notice::Notice;
use shared::dto::page::Page;
use shared::dto::wallet::LowBalanceAlerts;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::BillingInterval::{Monthly, Quarterly};
use shared::vocab::{ActivationAction, NoticeKind, Permission, Role};
use tests::{Answer, Shop, on_both_databases};

fn euro(amounts: &[&str]) -> Value {
    let amounts: Vec<Value> = amounts.iter().map(|amount| json!({"amount": amount, "currency": "EUR"})).collect();
    json!({"thresholds": amounts})
}

async fn set(shop: &Shop, body: &Value) -> Answer {
    let seen = shop.owner.get(paths::LOW_BALANCE_ALERTS).await;
    shop.owner.put(paths::LOW_BALANCE_ALERTS, seen.header("etag").unwrap(), body).await
}

fn amounts(alerts: &LowBalanceAlerts) -> Vec<String> {
    alerts.thresholds.iter().map(|threshold| threshold.amount()).collect()
}

/// The threshold and the balance of each notice, the latest first.
async fn told(shop: &Shop) -> Vec<(String, String)> {
    let page: Page<Notice> = shop.owner.read(paths::NOTICES).await;
    let low = page.items.into_iter().filter(|notice| notice.kind == NoticeKind::BalanceLow);
    let told: Vec<_> = low
        .map(|notice| {
            assert_eq!((notice.item_count, notice.items.len(), notice.total.minor), (0, 0, 0));
            let low = notice.balance_low.unwrap();
            (low.threshold.amount(), low.balance.amount())
        })
        .collect();
    // Each notice has its event.
    let sql = "SELECT COUNT(*) FROM events WHERE kind = 'wallet.balance_low'";
    let db = shop.app.db();
    let row = db.pool().query_one_raw(Statement::from_string(db.backend(), sql)).await.unwrap().unwrap();
    assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), i64::try_from(told.len()).unwrap());
    told
}

on_both_databases! {
    async fn falling_below_an_amount_is_told_once_each_time(engine) {
        let shop = Shop::open(engine).await;
        let (small, large) = (shop.product("Small", &[(Monthly, 1_000)]).await, shop.product("Large", &[(Monthly, 7_000)]).await);
        shop.top_up(10_000).await;
        set(&shop, &euro(&["20.00", "90.00", "50.00"])).await.is_done();
        let told_as = |amounts: &[(&str, &str)]| amounts.iter().map(|(low, left)| ((*low).to_owned(), (*left).to_owned())).collect::<Vec<_>>();
        // To the amount itself is not below it.
        shop.activate(small, Monthly).await;
        assert_eq!((shop.balance().await, told(&shop).await), (9_000, vec![]));
        // Below two of them at once: told once, with the lower one.
        shop.activate(large, Monthly).await;
        assert_eq!((shop.balance().await, told(&shop).await), (2_000, told_as(&[("50.00", "20.00")])));
        // Refused, so nothing fell.
        let client = shop.client("Ana Ferreira").await;
        let body = json!({"client_id": client, "product_id": large, "billing_interval": "monthly"});
        shop.owner.post_once(paths::ACTIVATIONS, &body).await.problem(409, ProblemCode::InsufficientBalance);
        assert_eq!(told(&shop).await.len(), 1);
        // Asked twice under one key: charged once, told once.
        let body = json!({"client_id": client, "product_id": small, "billing_interval": "monthly"});
        for _ in 0..2 {
            shop.owner.post_keyed(paths::ACTIVATIONS, "one", &body).await.is_done();
        }
        assert_eq!(told(&shop).await, told_as(&[("20.00", "10.00"), ("50.00", "20.00")]));
        // Below already, then back above: only falling again is told.
        shop.activate(small, Monthly).await;
        shop.top_up(9_000).await;
        assert_eq!((shop.balance().await, told(&shop).await.len()), (9_000, 2));
        // A run that charges several takes the balance down in one step.
        shop.app.set_time("2026-12-23T09:00:00Z");
        shop.run_due().await;
        let left = shop.balance().await;
        assert!(left < 2_000, "{left}");
        let latest = told(&shop).await;
        assert_eq!((latest.len(), latest[0].0.as_str()), (3, "20.00"));
        // Turned off, nothing is told.
        set(&shop, &euro(&[])).await.is_done();
        shop.top_up(20_000).await;
        shop.activate(large, Monthly).await;
        shop.activate(large, Monthly).await;
        assert_eq!(told(&shop).await.len(), 3);
        shop.prove().await;
    }
}

on_both_databases! {
    /// 40.00 with 19.64 credited and 30.00 charged is 29.64; that it was 59.64 in between is nobody's business.
    async fn an_action_that_gives_and_takes_is_one_step(engine) {
        let shop = Shop::open_at(engine, "2026-03-01T10:00:00Z").await;
        let product = shop.product("AI Writer", &[(Monthly, 2_900), (Quarterly, 3_000)]).await;
        shop.top_up(6_900).await;
        let id = shop.activate(product, Monthly).await;
        set(&shop, &euro(&["50.00"])).await.is_done();
        shop.app.set_time("2026-03-10T10:00:00Z");
        let now = json!({"billing_interval": "quarterly", "takes_effect": "now"});
        shop.act(id, ActivationAction::ChangeInterval, now).await.is_done();
        assert_eq!((shop.balance().await, told(&shop).await), (2_964, vec![]));
        set(&shop, &euro(&["50.00", "20.00"])).await.is_done();
        shop.top_up(10_000).await;
        let large = shop.product("Large", &[(Monthly, 11_000)]).await;
        shop.activate(large, Monthly).await;
        assert_eq!(told(&shop).await, [("20.00".to_owned(), "19.64".to_owned())]);
        shop.prove().await;
    }
}

on_both_databases! {
    async fn they_are_set_as_they_were_seen_and_by_who_may_pay(engine) {
        let shop = Shop::open(engine).await;
        let first: LowBalanceAlerts = shop.owner.read(paths::LOW_BALANCE_ALERTS).await;
        assert_eq!(first.thresholds, []);
        let seen = shop.owner.get(paths::LOW_BALANCE_ALERTS).await.header("etag").unwrap().to_owned();
        let written = shop.owner.put(paths::LOW_BALANCE_ALERTS, &seen, &euro(&["10.00", "500.00"])).await;
        let tag = written.header("etag").unwrap().to_owned();
        assert_eq!(amounts(&written.data()), ["500.00", "10.00"]);
        assert_eq!(shop.owner.get(paths::LOW_BALANCE_ALERTS).await.header("etag").unwrap(), tag);
        shop.owner.put(paths::LOW_BALANCE_ALERTS, &seen, &euro(&["1.00"])).await.problem(412, ProblemCode::PreconditionFailed);
        let body = Some(("application/json", serde_json::to_vec(&euro(&["1.00"])).unwrap()));
        let blind = shop.owner.send(reqwest::Method::PUT, paths::LOW_BALANCE_ALERTS, body).await;
        blind.problem(428, ProblemCode::PreconditionRequired);
        for (wrong, pointer) in [
            (euro(&["1.00", "2.00", "3.00", "4.00", "5.00", "6.00"]), "/thresholds"),
            (euro(&["1.00", "0.00"]), "/thresholds/1/amount"),
            (euro(&["1.00", "2.00", "1.00"]), "/thresholds/2/amount"),
            (json!({"thresholds": [{"amount": "100", "currency": "JPY"}]}), "/thresholds/0/currency"),
            (json!({"thresholds": [{"amount": "1.001", "currency": "EUR"}]}), "/thresholds/0"),
            (json!({}), "/"),
        ] {
            let problem = set(&shop, &wrong).await.problem(422, ProblemCode::ValidationFailed);
            let found: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(found, [pointer], "{wrong}");
        }
        let kept: LowBalanceAlerts = shop.owner.read(paths::LOW_BALANCE_ALERTS).await;
        assert_eq!(amounts(&kept), ["500.00", "10.00"]);
        // Whoever sees the wallet sees them; whoever pays sets them.
        let reader = shop.app.with_key(shop.id(), &[Permission::WalletRead]).await;
        reader.get(paths::LOW_BALANCE_ALERTS).await.is_done();
        reader.put(paths::LOW_BALANCE_ALERTS, "*", &euro(&[])).await.problem(403, ProblemCode::PermissionDenied);
        let billing = shop.app.with_key(shop.id(), Role::Billing.permissions()).await;
        billing.put(paths::LOW_BALANCE_ALERTS, "*", &euro(&["7.00"])).await.is_done();
        let viewer = shop.app.with_key(shop.id(), Role::Viewer.permissions()).await;
        viewer.get(paths::LOW_BALANCE_ALERTS).await.problem(403, ProblemCode::PermissionDenied);
        // Those of another reseller are another's.
        let other = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(other, Role::Owner.permissions()).await;
        assert_eq!(stranger.read::<LowBalanceAlerts>(paths::LOW_BALANCE_ALERTS).await.thresholds, []);
    }
}
