//! What is kept of the dashboard is never older than the last write by anyone, nor than what time changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::features::catalogue::service::NewPrice;
use api::features::lifecycle::service::{self as lifecycle, Context};
use api::features::usage::service::{NewUsageEvent, ingest};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use shared::dto::dashboard::{Dashboard, Section};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationId, BalanceLevel, BillingInterval, Money, ProductId, Role};
use tests::prices::{add_price, announce_price};
use tests::{Caller, Engine, Shop, TestApp, on_both_databases};

fn data<T>(section: Section<T>) -> T {
    match section {
        Section::Data(data) => data,
        Section::Problem(problem) => panic!("{problem:?}"),
    }
}

/// A reseller with one activation, seen through two processes.
struct Watched {
    shop: Shop,
    replica: api::server::RunningServer,
    product: ProductId,
    id: ActivationId,
}

impl Watched {
    async fn new(engine: Engine, now: &str) -> Self {
        let shop = Shop::open_at(engine, now).await;
        let product = shop.product("Writer", &[(BillingInterval::Monthly, 1_000)]).await;
        shop.top_up(10_000).await;
        let id = shop.activate(product, BillingInterval::Monthly).await;
        let replica = shop.app.replica();
        Self { shop, replica, product, id }
    }

    fn callers(&self) -> [Caller; 2] {
        [self.shop.owner.clone(), self.shop.owner.at(&self.replica.url())]
    }

    fn now(&self) -> DateTime<Utc> {
        self.shop.app.clock().system_now()
    }

    fn wait(&self, milliseconds: i64) {
        self.shop.app.clock().set(self.now() + TimeDelta::milliseconds(milliseconds));
    }

    /// Lets both processes read the dashboard anew, and shows that they give that answer again a moment later.
    async fn prime(&self) -> Dashboard {
        self.wait(2_000);
        let mut primed = Vec::new();
        for caller in self.callers() {
            primed.push(caller.read::<Dashboard>(paths::DASHBOARD).await);
        }
        assert_eq!(primed[0].as_of, self.now());
        self.wait(100);
        for (caller, primed) in self.callers().iter().zip(&primed) {
            assert_eq!(caller.read::<Dashboard>(paths::DASHBOARD).await, *primed);
        }
        primed.remove(0)
    }

    /// What both processes answer, which must have been read now.
    async fn fresh(&self, after: &str) -> Dashboard {
        let mut answers = Vec::new();
        for caller in self.callers() {
            let answer: Dashboard = caller.read(paths::DASHBOARD).await;
            assert_eq!(answer.as_of, self.now(), "after {after}: an old answer");
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1], "after {after}");
        answers.remove(0)
    }
}

on_both_databases! {
    async fn a_write_by_anyone_is_in_the_very_next_answer_of_every_process(engine) {
        let watched = Watched::new(engine, tests::app::NOW).await;
        let (shop, other) = (&watched.shop, &watched.replica.state.db);
        let balance = |dashboard: Dashboard| data(dashboard.overview).balance.unwrap().balance.minor;

        let before = balance(watched.prime().await);
        shop.top_up(700).await;
        assert_eq!(balance(watched.fresh("a credit").await), before + 700);

        watched.prime().await;
        let actor = api::auth::Actor::system();
        let context = Context::new(&shop.reseller, watched.now(), &actor);
        let credit = async |tx: &api::db::WriteTx| lifecycle::top_up(tx, &context, 300, "Elsewhere", None).await;
        other.write(shop.id(), credit).await.unwrap();
        assert_eq!(balance(watched.fresh("a credit through another process").await), before + 1_000);

        watched.prime().await;
        let second = shop.activate(watched.product, BillingInterval::Monthly).await;
        let rows = data(watched.fresh("an activation").await.activations);
        assert_eq!((rows.page.total, rows.items[0].id), (Some(2), second));

        watched.prime().await;
        let batch = [NewUsageEvent {
            id: "e1".to_owned(),
            activation_id: watched.id,
            end_user_key: "ana@example.com".to_owned(),
            occurred_at: watched.now(),
            label: None,
        }];
        let secret = &shop.app.server.state.config.secrets.end_user;
        other
            .write(shop.id(), async |tx| ingest(tx, &shop.reseller, &batch, None, watched.now(), secret).await)
            .await
            .unwrap();
        assert_eq!(data(watched.fresh("usage").await.overview).total_active_users.value, 1);
    }
}

on_both_databases! {
    async fn so_is_a_change_of_the_catalogue_which_belongs_to_nobody(engine) {
        let watched = Watched::new(engine, tests::app::NOW).await;
        let (state, product) = (&watched.replica.state, watched.product);

        watched.prime().await;
        let rename = "UPDATE products SET name = 'Scribe' WHERE name = 'Writer'";
        state.db.pool().execute_unprepared(rename).await.unwrap();
        let rows = data(watched.fresh("a new name").await.activations);
        assert_eq!(rows.items[0].product.name, "Scribe");

        watched.prime().await;
        let amount = Money::new(90_000, watched.shop.reseller.currency);
        let on = (watched.now() + TimeDelta::days(32)).date_naive();
        let new = NewPrice { interval: BillingInterval::Monthly, amount, valid_from_on: Some(on) };
        let now = state.clock.system_now();
        let priced = add_price(&state.db, now, product, new).await;
        watched.fresh("a price").await;

        let runway = data(watched.prime().await.runway);
        announce_price(&state.db, now, &priced, (1_000, 90_000), on).await;
        let after = data(watched.fresh("a price migration").await.runway);
        assert!(after.first_shortfall.unwrap().on < runway.first_shortfall.unwrap().on);
    }
}

on_both_databases! {
    async fn time_ends_a_kept_answer(engine) {
        // 22:59:57 in Berlin, activated on 22 November.
        let watched = Watched::new(engine, "2026-11-22T21:59:57Z").await;
        watched.prime().await;
        watched.wait(900);
        watched.fresh("a second").await;

        // An hour before midnight, and past it.
        watched.shop.app.set_time("2026-11-22T22:59:57.700Z");
        let before = data(watched.prime().await.overview);
        watched.wait(200);
        let after = data(watched.fresh("midnight").await.overview);
        assert_eq!(after.today_on, before.today_on.succ_opt().unwrap());

        // A day before a charge that the wallet does not cover.
        let all = watched.shop.balance().await;
        let actor = api::auth::Actor::system();
        let context = Context::new(&watched.shop.reseller, watched.now(), &actor);
        let spend = async |tx: &api::db::WriteTx| lifecycle::adjust(tx, &context, -all, "Out", None).await;
        watched.shop.app.db().write(watched.shop.id(), spend).await.unwrap();
        // Due on 22 December at 00:00 in Berlin.
        watched.shop.app.set_time("2026-12-20T22:59:57.700Z");
        assert_ne!(data(watched.prime().await.runway).level, BalanceLevel::Blocked);
        watched.wait(201);
        assert_eq!(data(watched.fresh("a day before a charge").await.runway).level, BalanceLevel::Blocked);

        watched.shop.app.clock().set(watched.now() - TimeDelta::hours(1));
        watched.fresh("a clock that was set back").await;
    }
}

on_both_databases! {
    async fn a_tag_is_good_until_something_changes(engine) {
        let watched = Watched::new(engine, tests::app::NOW).await;
        let tag = watched.shop.owner.get(paths::DASHBOARD).await.header("etag").unwrap().to_owned();
        let [own, other] = watched.callers().map(|caller| caller.with_header("if-none-match", &tag));
        for _ in 0..2 {
            for caller in [&own, &other] {
                let answer = caller.get(paths::DASHBOARD).await;
                assert_eq!((answer.status.as_u16(), answer.bytes.len()), (304, 0));
                assert_eq!(answer.header("etag"), Some(tag.as_str()));
            }
        }
        watched.shop.top_up(100).await;
        for caller in [&own, &other] {
            assert_eq!(caller.get(paths::DASHBOARD).await.status.as_u16(), 200);
        }
    }
}

on_both_databases! {
    async fn what_one_caller_may_see_is_not_shown_to_another(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let owner = app.logged_in(reseller, "owner@example.com", Role::Owner).await;
        let viewer = app.logged_in(reseller, "viewer@example.com", Role::Viewer).await;
        for _ in 0..2 {
            let full: Value = owner.read(paths::DASHBOARD).await;
            assert!(full["recurring_costs"]["data"].is_object(), "{full}");
            let answer = viewer.get(paths::DASHBOARD).await;
            let part: Value = answer.data();
            assert_eq!(part["session"]["data"]["person"]["email"], "viewer@example.com");
            for section in ["recurring_costs", "runway"] {
                let problem = &part[section]["problem"];
                assert_eq!(problem["code"], "permission_denied", "{part}");
                // Its own, also where the rest was rendered for another request.
                assert_eq!(problem["request_id"].as_str(), answer.header("x-request-id"));
            }
        }
    }
}

on_both_databases! {
    async fn who_asks_for_versions_at_the_same_time_shares_a_statement(engine) {
        let app = TestApp::start(engine).await;
        let ids = [app.reseller("One").await, app.reseller("Two").await];
        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        let db = app.connect_told(move |_| { counter.fetch_add(1, Ordering::Relaxed); }).await;
        let found = join_all((0..64).map(|number| db.versions_now(ids[number % 2]))).await;
        for (number, versions) in found.into_iter().enumerate() {
            let expected = app.db().versions_now(ids[number % 2]).await.unwrap();
            assert_eq!(versions.unwrap(), expected);
        }
        // The first begins at once, and while it is under way nearly all others come.
        let count = count.load(Ordering::Relaxed);
        assert!((1..=8).contains(&count), "{count}");
        // Who waits and goes away holds up nobody: neither one whose read is under way nor one whose read has not begun.
        for left in 0..2 {
            let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(db.versions_now(ids[0]))).collect();
            for read in &mut waiting {
                let _ = read.now_or_never();
            }
            waiting.truncate(left);
            db.versions_now(ids[1]).await.unwrap();
        }
        let unknown = db.versions_now("res_01k4kneba5pr8v6j2c0d3f7g9h".parse().unwrap()).await;
        assert_eq!(unknown.unwrap_err().code(), ProblemCode::NotFound);
        db.versions_now(ids[1]).await.unwrap();
    }
}
