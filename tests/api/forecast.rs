//! The vectors of docs/domain.md §7 over HTTP.

use api::auth::{Actor, Reseller};
use api::features::accounts::service::get_reseller;
use api::features::catalogue::service::{NewPrice, create_price, migrate_price};
use api::features::catalogue::store::{PriceDetails, ProductDetails, Provisioning, insert_price, insert_product};
use api::features::clients::store::{ClientDetails, insert as insert_client};
use api::features::lifecycle::service::{self as lifecycle, Context, NewActivation};
use serde_json::json;
use shared::dto::activation::{Activation, ActivationRow};
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::forecast::{Forecast, UpcomingRenewal};
use shared::dto::page::Page;
use shared::dto::recurring_costs::RecurringCosts;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{
    ActivationId, BalanceLevel, BillingInterval, BillingState, ClientId, Money, PriceId, Role, RunwayState,
};
use tests::app::at;
use tests::prices::{add_price, announce_price};
use tests::{Caller, Shop, TestApp, on_both_databases};

/// Puts a product in service at local midnight of a day, paid for by a top-up of the same sum.
async fn activate(
    app: &TestApp,
    reseller: &Reseller,
    (name, interval, price_minor): (&str, BillingInterval, i64),
    at_midnight: &str,
) -> ActivationId {
    let actor = Actor::system();
    let now = at(at_midnight);
    let product = ProductDetails {
        external_reference: name.to_owned(),
        name: name.to_owned(),
        description: String::new(),
        provisioning: Provisioning::AtOnce,
        grace_days: 7,
        access_url: None,
        access_note: None,
    };
    let client =
        ClientDetails { name: format!("Client of {name}"), email: None, external_reference: None, notes: None };
    app.db()
        .write(reseller.id, async |tx| {
            let context = Context::new(reseller, now, &actor);
            let product_id = insert_product(tx, &product, now).await?;
            let currency = reseller.currency;
            let valid_from_on = "2020-01-01".parse().unwrap();
            let price = PriceDetails { product_id, interval, currency, amount_minor: price_minor, valid_from_on };
            insert_price(tx, &price, now).await?;
            let client_id = ClientId(uuid::Uuid::now_v7());
            insert_client(tx, reseller.id, client_id, &client, now).await?;
            if price_minor > 0 {
                lifecycle::top_up(tx, &context, price_minor, "Bank transfer", None).await?;
            }
            let new = NewActivation {
                id: None,
                client_id,
                product_id,
                interval,
                auto_renew: true,
                priority: 5,
                price_id: None,
                external_reference: None,
                notes: None,
            };
            Ok(lifecycle::activate(tx, &context, &new).await?.id)
        })
        .await
        .unwrap()
}

async fn top_up(app: &TestApp, reseller: &Reseller, minor: i64) {
    let actor = Actor::system();
    let now = app.clock().now(reseller);
    let pay = async |tx: &api::db::WriteTx| {
        lifecycle::top_up(tx, &Context::new(reseller, now, &actor), minor, "Bank transfer", None).await
    };
    app.db().write(reseller.id, pay).await.unwrap();
}

/// A monthly 29.00, due on 1 March; yearly B 39.00 due on the 10th, C 20.00, D 30.00 and E 5.00 due on the 15th.
async fn example(app: &TestApp) -> Reseller {
    let id = app.reseller("Harbour Digital").await;
    let reseller = get_reseller(app.db(), id).await.unwrap();
    let yearly = BillingInterval::Yearly;
    activate(app, &reseller, ("A", BillingInterval::Monthly, 2_900), "2027-01-31T23:00:00Z").await;
    activate(app, &reseller, ("B", yearly, 3_900), "2026-03-09T23:00:00Z").await;
    activate(app, &reseller, ("C", yearly, 2_000), "2026-03-14T23:00:00Z").await;
    activate(app, &reseller, ("D", yearly, 3_000), "2026-03-14T23:00:00Z").await;
    activate(app, &reseller, ("E", yearly, 500), "2026-03-14T23:00:00Z").await;
    app.set_time("2027-02-20T11:00:00Z");
    top_up(app, &reseller, 10_000).await;
    reseller
}

on_both_databases! {
    async fn the_example_of_the_rules_comes_out_over_http(engine) {
        let app = TestApp::start(engine).await;
        let reseller = example(&app).await;
        let caller = app.logged_in(reseller.id, "mara@harbour.example", Role::Owner).await;
        let forecast: Forecast = caller.read(paths::FORECAST).await;
        let runway = &forecast.runway;
        assert_eq!((runway.state, runway.available.amount().as_str()), (RunwayState::Short, "100.00"));
        assert_eq!(runway.covered_until_on, Some("2027-03-14".parse().unwrap()));
        let short = runway.first_shortfall.as_ref().unwrap();
        assert_eq!((short.on.to_string().as_str(), short.amount.amount().as_str()), ("2027-03-15", "23.00"));
        let failing: Vec<_> = short.failing.iter().map(|renewal| renewal.product.name.as_str()).collect();
        assert_eq!((failing, short.failing_count), (vec!["D"], 1));
        let top_ups: Vec<_> = forecast.recommended_top_ups.iter().map(|top_up| top_up.amount.amount()).collect();
        assert_eq!(top_ups, ["23.00", "52.00", "81.00"]);
        assert_eq!((runway.level, runway.needed.amount().as_str()), (BalanceLevel::Watch, "23.00"));
        let first = forecast.series.first().unwrap();
        assert_eq!((first.on.to_string().as_str(), first.balance.amount().as_str()), ("2027-02-20", "100.00"));
        assert_eq!(forecast.series.last().unwrap().on.to_string(), "2027-05-21");
        let dashboard: Dashboard = caller.read(paths::DASHBOARD).await;
        let Section::Data(shown) = dashboard.runway else { panic!("no runway") };
        assert_eq!(&shown, runway);
        let Section::Data(next) = dashboard.next_renewals else { panic!("no renewals") };
        let covered: Vec<_> = next.iter().map(|row| (row.product.name.as_str(), row.covered)).collect();
        let expected = [("A", true), ("B", true), ("C", true), ("D", false), ("E", true)];
        assert_eq!(covered, expected.map(|(name, is_covered)| (name, Some(is_covered))));
    }
}

on_both_databases! {
    async fn upcoming_renewals_come_in_the_order_of_charging_page_by_page(engine) {
        let app = TestApp::start(engine).await;
        let reseller = example(&app).await;
        let caller = app.logged_in(reseller.id, "mara@harbour.example", Role::Owner).await;
        let path = |rest: &str| format!("{}?days=60{rest}", paths::UPCOMING_RENEWALS);
        let all: Page<UpcomingRenewal> = caller.read(&path("&include_total=true")).await;
        let shown = |page: &Page<UpcomingRenewal>| -> Vec<String> {
            let line = |row: &UpcomingRenewal| {
                let left_over = row.left_over.unwrap().amount();
                let projected = row.balance_after.amount();
                format!("{} {} {projected} {left_over} {}", row.renews_on, row.product.name, row.covered)
            };
            page.items.iter().map(line).collect()
        };
        let expected = [
            "2027-03-01 A 71.00 71.00 true",
            "2027-03-10 B 32.00 32.00 true",
            "2027-03-15 C 12.00 12.00 true",
            // Left out, so what is left stays, and pays the next.
            "2027-03-15 D -18.00 12.00 false",
            "2027-03-15 E -23.00 7.00 true",
            "2027-04-01 A -52.00 7.00 false",
        ];
        assert_eq!((shown(&all), all.page.total), (expected.map(str::to_owned).to_vec(), Some(6)));
        // Forwards by two, and back again.
        let mut forwards = Vec::new();
        let mut page: Page<UpcomingRenewal> = caller.read(&path("&limit=2")).await;
        loop {
            forwards.extend(shown(&page));
            let Some(cursor) = &page.page.next_cursor else { break };
            page = caller.read(&path(&format!("&limit=2&cursor={cursor}"))).await;
        }
        assert_eq!(forwards, expected);
        let mut backwards: Vec<String> = shown(&page);
        while let Some(cursor) = &page.page.prev_cursor {
            page = caller.read(&path(&format!("&limit=2&cursor={cursor}"))).await;
            let mut shown = shown(&page);
            shown.extend(backwards);
            backwards = shown;
        }
        assert_eq!(backwards, expected);
    }
}

on_both_databases! {
    async fn a_write_past_this_server_is_in_the_next_answer_and_so_is_the_next_day(engine) {
        let app = TestApp::start(engine).await;
        let reseller = example(&app).await;
        let caller = app.logged_in(reseller.id, "mara@harbour.example", Role::Owner).await;
        let figures = async |caller: &Caller| {
            let forecast: Forecast = caller.read(paths::FORECAST).await;
            let listed: Page<UpcomingRenewal> = caller.read(paths::UPCOMING_RENEWALS).await;
            let costs: RecurringCosts = caller.read(paths::RECURRING_COSTS).await;
            let due_7: i64 = costs.cards.iter().map(|card| card.due_in_7_days.count).sum();
            (forecast.today_on.to_string(), forecast.runway.available.amount(), listed.items.len(), due_7)
        };
        assert_eq!(figures(&caller).await, ("2027-02-20".to_owned(), "100.00".to_owned(), 5, 0));
        // By the service, as another replica or the command line would.
        top_up(&app, &reseller, 1_000).await;
        assert_eq!(figures(&caller).await.1, "110.00");
        activate(&app, &reseller, ("F", BillingInterval::Monthly, 700), "2027-02-19T23:00:00Z").await;
        assert_eq!(figures(&caller).await, ("2027-02-20".to_owned(), "110.00".to_owned(), 6, 0));
        // Nothing is written between: the days alone move on.
        app.set_time("2027-02-23T11:00:00Z");
        let caller = app.logged_in(reseller.id, "bea@harbour.example", Role::Billing).await;
        assert_eq!(figures(&caller).await, ("2027-02-23".to_owned(), "110.00".to_owned(), 6, 1));
    }
}

on_both_databases! {
    async fn an_announced_price_is_in_the_forecast_from_the_first_period_that_starts_in_it(engine) {
        let app = TestApp::start(engine).await;
        let reseller = example(&app).await;
        let caller = app.logged_in(reseller.id, "mara@harbour.example", Role::Owner).await;
        let prices = async || {
            let path = format!("{}?days=90", paths::UPCOMING_RENEWALS);
            let listed: Page<UpcomingRenewal> = caller.read(&path).await;
            let of_a = listed.items.into_iter().filter(|row| row.product.name == "A");
            of_a.map(|row| format!("{} {}", row.renews_on, row.amount.amount())).collect::<Vec<_>>()
        };
        assert_eq!(prices().await, ["2027-03-01 29.00", "2027-04-01 29.00", "2027-05-01 29.00"]);
        let listed: Page<ActivationRow> = caller.read(&format!("{}?q=A", paths::ACTIVATIONS)).await;
        let product_id = listed.items.iter().find(|row| row.product.name == "A").unwrap().product.id;
        let new = NewPrice {
            interval: BillingInterval::Monthly,
            amount: Money::new(3_100, reseller.currency),
            valid_from_on: Some("2027-04-01".parse().unwrap()),
        };
        let now = app.clock().system_now();
        let add = async |tx: &_| create_price(tx, now, product_id, new).await;
        let product = app.db().write_shared(add).await.unwrap();
        let price = |minor| PriceId(product.prices.iter().find(|price| price.amount_minor == minor).unwrap().id);
        let effective_on = "2027-04-01".parse().unwrap();
        let of_and_to = (price(2_900), price(3_100));
        let actor = Actor::system();
        let announce = async |tx: &_| migrate_price(tx, now, of_and_to, effective_on, &actor).await;
        app.db().write_shared(announce).await.unwrap();
        assert_eq!(prices().await, ["2027-03-01 29.00", "2027-04-01 31.00", "2027-05-01 31.00"]);
        let forecast: Forecast = caller.read(paths::FORECAST).await;
        let needed: Vec<_> = forecast.recommended_top_ups.iter().map(|top_up| top_up.amount.amount()).collect();
        // 30 days see the old price alone; two months and three see it once and twice more, 2.00 each.
        assert_eq!(needed, ["23.00", "54.00", "85.00"]);
    }
}

on_both_databases! {
    async fn the_filter_finds_exactly_what_is_not_covered(engine) {
        let app = TestApp::start(engine).await;
        let reseller = example(&app).await;
        let caller = app.logged_in(reseller.id, "mara@harbour.example", Role::Owner).await;
        let path = format!("{}?renews=uncovered&include_total=true", paths::ACTIVATIONS);
        let page: Page<ActivationRow> = caller.read(&path).await;
        let names: Vec<_> = page.items.iter().map(|row| row.product.name.as_str()).collect();
        assert_eq!((names, page.page.total), (vec!["D"], Some(1)));
        let one: Activation = caller.read(&paths::activation(page.items[0].id)).await;
        assert_eq!(one.row.covered, Some(false));
        top_up(&app, &reseller, 2_300).await;
        let page: Page<ActivationRow> = caller.read(&path).await;
        assert_eq!((page.items.len(), page.page.total), (0, Some(0)));
        // Who may not see the wallet is not told what it covers.
        let viewer = app.logged_in(reseller.id, "vic@harbour.example", Role::Viewer).await;
        viewer.get(&path).await.problem(403, ProblemCode::PermissionDenied);
        let page: Page<ActivationRow> = viewer.read(paths::ACTIVATIONS).await;
        assert!(page.items.len() == 5 && page.items.iter().all(|row| row.covered.is_none()));
        viewer.get(paths::FORECAST).await.problem(403, ProblemCode::PermissionDenied);
        viewer.get(paths::UPCOMING_RENEWALS).await.problem(403, ProblemCode::PermissionDenied);
    }
}

on_both_databases! {
    async fn another_reseller_sees_nothing_of_it_and_days_have_bounds(engine) {
        let app = TestApp::start(engine).await;
        example(&app).await;
        let stranger = app.reseller("Stranger").await;
        let caller = app.logged_in(stranger, "sam@stranger.example", Role::Owner).await;
        let forecast: Forecast = caller.read(paths::FORECAST).await;
        assert_eq!(forecast.runway.state, RunwayState::NothingRenews);
        let page: Page<UpcomingRenewal> = caller.read(paths::UPCOMING_RENEWALS).await;
        assert!(page.items.is_empty());
        for path in ["?days=0", "?days=731", "?days=x", "?until=1"] {
            caller.get(&format!("{}{path}", paths::FORECAST)).await.problem(422, ProblemCode::ValidationFailed);
        }
        caller.get(&format!("{}?days=91", paths::UPCOMING_RENEWALS)).await.problem(422, ProblemCode::ValidationFailed);
    }
}

on_both_databases! {
    async fn what_is_overdue_and_unpaid_is_not_covered(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 1_000).await;
        shop.app.set_time("2026-12-23T09:00:00Z");
        shop.run_due().await;
        let one: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!((one.row.billing_state, one.row.covered), (Some(BillingState::Grace), Some(false)));
        for filter in ["renews=overdue", "renews=uncovered"] {
            let path = format!("{}?{filter}", paths::ACTIVATIONS);
            let page: Page<ActivationRow> = shop.owner.read(&path).await;
            let rows: Vec<_> = page.items.iter().map(|row| (row.id, row.covered)).collect();
            assert_eq!(rows, [(id, Some(false))], "{filter}");
        }
        let forecast: Forecast = shop.owner.read(paths::FORECAST).await;
        assert_eq!(forecast.runway.state, RunwayState::ShortNow);
    }
}

on_both_databases! {
    async fn a_price_that_was_replaced_twice_is_charged_as_the_forecast_said(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Yearly, 1_000)]).await;
        shop.top_up(10_000).await;
        let id = shop.activate(product, BillingInterval::Yearly).await;
        let (db, now) = (shop.app.db(), shop.app.clock().system_now());
        let new = |minor, on: &str| NewPrice {
            interval: BillingInterval::Yearly,
            amount: Money::new(minor, shop.reseller.currency),
            valid_from_on: Some(on.parse().unwrap()),
        };
        let managed = add_price(db, now, product, new(1_200, "2026-12-25")).await;
        announce_price(db, now, &managed, (1_000, 1_200), "2026-12-25".parse().unwrap()).await;
        // A write in between must not pin what the first migration brings.
        for auto_renew in [false, true] {
            let read = shop.owner.get(&paths::activation(id)).await;
            let tag = read.header("etag").unwrap().to_owned();
            shop.owner.patch(&paths::activation(id), &tag, &json!({"auto_renew": auto_renew})).await.is_done();
        }
        let managed = add_price(db, now, product, new(1_500, "2027-06-01")).await;
        announce_price(db, now, &managed, (1_200, 1_500), "2027-06-01".parse().unwrap()).await;
        shop.app.set_time("2027-11-01T09:00:00Z");
        let listed: Page<UpcomingRenewal> = shop.owner.read(paths::UPCOMING_RENEWALS).await;
        assert_eq!(listed.items[0].amount.amount(), "15.00");
        let one: Activation = shop.owner.read(&paths::activation(id)).await;
        assert_eq!(one.pending_change, None);
        shop.app.set_time("2027-11-23T09:00:00Z");
        shop.run_due().await;
        assert_eq!(shop.balance().await, 10_000 - 1_000 - 1_500);
        shop.prove().await;
    }
}
