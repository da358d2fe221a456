//! The example folder, moved in: the API tells the figures that its README works out by hand.

use serde_json::{Value, json};
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::overview::Overview;
use shared::dto::recurring_costs::RecurringCosts;
use shared::paths;
use shared::vocab::{BillingInterval, Role};
use tests::{Caller, TestApp, on_both_databases};

async fn owner_of_the_example(app: &TestApp) -> Caller {
    let reseller = app.reseller("Harbour").await;
    app.import_example("Harbour").await;
    app.books_balance(reseller).await;
    app.logged_in(reseller, "you@example.com", Role::Owner).await
}

on_both_databases! {
    async fn the_figures_are_those_worked_out_by_hand(engine) {
        let app = TestApp::start(engine).await;
        let caller = owner_of_the_example(&app).await;

        let overview: Overview = caller.read(paths::OVERVIEW).await;
        assert_eq!(overview.balance.as_ref().unwrap().balance.amount(), "226.46");
        assert_eq!((overview.total_active_software.value, overview.total_active_software.previous), (7, 7));
        let users = &overview.total_active_users;
        assert_eq!((users.value, users.previous, users.ever_used), (16, Some(7), 16));

        let costs: RecurringCosts = caller.read(paths::RECURRING_COSTS).await;
        let cards: Vec<_> = costs.cards.iter()
            .map(|card| (card.billing_interval, card.renewing_count, card.total.amount(), card.monthly_equivalent.amount(),
                card.next_charge.as_ref().unwrap().renews_on.to_string()))
            .collect();
        let card = |interval, count, total: &str, monthly: &str, next: &str| (interval, count, total.to_owned(), monthly.to_owned(), next.to_owned());
        assert_eq!(cards, [
            card(BillingInterval::Monthly, 3, "63.00", "63.00", "2026-11-30"),
            card(BillingInterval::Quarterly, 1, "54.00", "18.00", "2026-12-15"),
            card(BillingInterval::Semiannual, 2, "225.00", "37.50", "2027-03-10"),
            card(BillingInterval::Yearly, 1, "190.00", "15.83", "2026-12-01"),
        ]);
        assert_eq!(costs.monthly_equivalent.amount(), "134.33");

        let series: ActiveUsersSeries = caller.read(&format!("{}?range=7d", paths::ACTIVE_USERS)).await;
        let values: Vec<_> = series.points.iter().map(|point| point.value).collect();
        assert_eq!(values, [4, 5, 5, 5, 6, 2, 3].map(Some));
        let previous: Vec<_> = series.points.iter().map(|point| point.previous).collect();
        assert_eq!(previous, [1, 0, 2, 2, 3, 0, 0].map(Some));
        assert_eq!(series.points.iter().map(|point| point.is_running).collect::<Vec<_>>(), [false, false, false, false, false, false, true]);
    }
}

on_both_databases! {
    async fn a_figure_equals_the_rows_of_the_list_it_opens(engine) {
        let app = TestApp::start(engine).await;
        let caller = owner_of_the_example(&app).await;
        let total = async |path: &str| {
            let page: Value = caller.read(path).await;
            assert_eq!(page["page"]["total"], json!(page["items"].as_array().unwrap().len()), "{path}");
            page["page"]["total"].as_i64().unwrap()
        };
        let overview: Overview = caller.read(paths::OVERVIEW).await;
        assert_eq!(total("/api/v1/end-users?limit=200&include_total=true").await, overview.total_active_users.value);
        assert_eq!(total("/api/v1/activations?status=active&include_total=true").await, overview.total_active_software.value);
        let costs: RecurringCosts = caller.read(paths::RECURRING_COSTS).await;
        for card in costs.cards {
            let path = format!("/api/v1/activations?billing_interval={}&renewing=true&include_total=true", card.billing_interval);
            assert_eq!(total(&path).await, card.renewing_count, "{path}");
        }
    }
}

on_both_databases! {
    async fn the_dashboard_says_what_its_sections_say_alone(engine) {
        let app = TestApp::start(engine).await;
        let caller = owner_of_the_example(&app).await;
        let answer = caller.get(&format!("{}?range=7d", paths::DASHBOARD)).await;
        let dashboard: Dashboard = answer.data();
        assert_eq!(dashboard.overview, Section::Data(caller.read(paths::OVERVIEW).await));
        assert_eq!(dashboard.recurring_costs, Section::Data(caller.read(paths::RECURRING_COSTS).await));
        assert_eq!(dashboard.active_users, Section::Data(caller.read(&format!("{}?range=7d", paths::ACTIVE_USERS)).await));
        let tag = answer.header("etag").unwrap();
        let again = caller.clone().with_header("if-none-match", tag).get(&format!("{}?range=7d", paths::DASHBOARD)).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    }
}

on_both_databases! {
    /// Somebody else's id answers byte for byte like one that does not exist.
    async fn another_resellers_rows_do_not_exist(engine) {
        let app = TestApp::start(engine).await;
        let owner = owner_of_the_example(&app).await;
        let other = app.reseller("Rival").await;
        let stranger = app.logged_in(other, "rival@example.com", Role::Owner).await;
        let activations: Value = owner.read(paths::ACTIVATIONS).await;
        let clients: Value = owner.read(paths::CLIENTS).await;
        let activation = activations["items"][0]["id"].as_str().unwrap();
        let client = clients["items"][0]["id"].as_str().unwrap();
        let without_id = |answer: tests::Answer| {
            assert_eq!(answer.status.as_u16(), 404, "{}", answer.request);
            let mut body: Value = serde_json::from_slice(&answer.bytes).unwrap();
            body["request_id"] = Value::Null;
            body
        };
        for (foreign, missing) in [
            (format!("/api/v1/activations/{activation}"), "/api/v1/activations/act_01k4kneba5pr8v6j2c0d3f7g9h".to_owned()),
            (format!("/api/v1/activations/{activation}/history"), "/api/v1/activations/act_01k4kneba5pr8v6j2c0d3f7g9h/history".to_owned()),
            (format!("/api/v1/clients/{client}"), "/api/v1/clients/cli_01k4kneba5pr8v6j2c0d3f7g9h".to_owned()),
        ] {
            owner.get(&foreign).await.is_done();
            assert_eq!(without_id(stranger.get(&foreign).await), without_id(stranger.get(&missing).await), "{foreign}");
        }
        for list in [paths::ACTIVATIONS, paths::CLIENTS, paths::END_USERS] {
            let page: Value = stranger.read(list).await;
            assert_eq!(page["items"], json!([]), "{list}");
        }
        let overview: Overview = stranger.read(paths::OVERVIEW).await;
        assert_eq!((overview.total_active_users.value, overview.total_active_software.value), (0, 0));
        // A cursor of one reseller's list is of no use to another.
        let page: Value = owner.read("/api/v1/activations?limit=2").await;
        let cursor = page["page"]["next_cursor"].as_str().unwrap();
        stranger.get(&format!("/api/v1/activations?limit=2&cursor={cursor}")).await.problem(422, shared::problem::ProblemCode::ValidationFailed);
    }
}
