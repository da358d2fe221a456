//! At the edge of a day and of a zone: what a sender dated ahead, and who is remembered from before a change of zone.

use api::clock::Clock;
use api::features::usage::labels::keep_labels;
use api::features::usage::rebuild::{self, Requested};
use serde_json::json;
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::dashboard::{Dashboard, Section};
use shared::dto::end_user::EndUser;
use shared::dto::explanation::Explanation;
use shared::dto::overview::Overview;
use shared::dto::page::Page;
use shared::dto::report::{ActivationImpacts, CostsPerActiveUser, RenewalDecisions, UnusedActivations};
use shared::paths;
use shared::vocab::{ActivationId, BillingInterval, DecisionReason, Figure};
use tests::app::at;
use tests::{Shop, on_both_databases};

use super::{activate, open_in, take, take_at, used};

/// What one client uses, in service since a moment.
async fn writer(shop: &Shop, since: &str) -> ActivationId {
    let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
    let client = shop.client("Ana").await;
    activate(shop, since, product, client).await
}

on_both_databases! {
    /// Two minutes before midnight somebody's clock is three minutes ahead.
    async fn a_use_dated_ahead_is_nowhere_until_its_day_has_come(engine) {
        let shop = open_in(engine, "Europe/Berlin", "2026-11-22T22:58:00Z").await;
        let id = writer(&shop, "2026-09-25T09:00:00Z").await;
        // It renewed until now, so that something is due.
        shop.top_up(1_000).await;
        shop.run_due().await;
        take_at(&shop, &[(id, "mia", "2026-11-22T23:01:00Z")]).await;
        let read = async || {
            let unused: UnusedActivations = shop.owner.read(paths::REPORT_UNUSED).await;
            let decisions: RenewalDecisions = shop.owner.read(paths::REPORT_DECISIONS).await;
            let impact: ActivationImpacts = shop.owner.read(paths::REPORT_IMPACT).await;
            let people: Page<EndUser> =
                shop.owner.read(&format!("{}?include_total=true&active_from=2026-11-01&active_to=2026-12-31", paths::END_USERS)).await;
            let point = format!("{}?from=2026-11-22&to=2026-12-31", paths::explanation(Figure::ActiveUsers));
            let explained: Explanation = shop.owner.read(&point).await;
            let decision = &decisions.items[0];
            (
                (unused.count, unused.never_used_count),
                (decision.reasons[0], decision.last_used_on.map(|on| on.to_string())),
                impact.items[0].first_used_on.map(|on| on.to_string()),
                (people.items.len(), people.page.total, explained.value.count, explained.rows.count),
            )
        };
        let nothing = ((1, 1), (DecisionReason::NeverUsed, None), None, (0, Some(0), Some(0), 0));
        assert_eq!(read().await, nothing);
        shop.app.set_time("2026-11-22T23:02:00Z");
        let tomorrow = Some("2026-11-23".to_owned());
        let there = ((0, 0), (DecisionReason::InUse, tomorrow.clone()), tomorrow, (1, Some(1), Some(1), 1));
        let found = read().await;
        assert_eq!((found.0, found.2, found.3), (there.0, there.2, there.3));
        assert_eq!(found.1.1, there.1.1);
    }
}

on_both_databases! {
    /// Half past midnight in Kiritimati, 25 hours before Niue: one day is another one, and the day before yesterday is today.
    async fn the_next_answer_after_a_change_of_zone_is_all_in_the_new_one(engine) {
        let shop = open_in(engine, "Pacific/Kiritimati", "2026-11-22T10:30:00Z").await;
        let id = writer(&shop, "2026-10-25T09:00:00Z").await;
        take_at(&shop, &[(id, "mia", "2026-11-22T10:15:00Z"), (id, "tom", "2026-11-20T10:15:00Z")]).await;
        let days = |series: &ActiveUsersSeries| {
            let used = series.points.iter().filter(|point| point.value.unwrap_or(0) > 0);
            format!("{} {}", series.time_zone, used.map(|point| point.from_on.to_string()).collect::<Vec<_>>().join(" "))
        };
        let before: ActiveUsersSeries = shop.owner.read(paths::ACTIVE_USERS).await;
        assert_eq!(days(&before), "Pacific/Kiritimati 2026-11-21 2026-11-23");
        // The caller is remembered now, with that zone.
        let (db, clock, zone) = (shop.app.db(), Clock::fixed(at("2026-11-22T10:30:00Z")), "Pacific/Niue".parse().unwrap());
        assert_eq!(rebuild::request(db, &clock, shop.id(), zone).await.unwrap(), Requested::Begins);
        rebuild::work(db, &clock).await.unwrap();
        let expected = "Pacific/Niue 2026-11-19 2026-11-21";
        let series: ActiveUsersSeries = shop.owner.read(paths::ACTIVE_USERS).await;
        assert_eq!(days(&series), expected);
        let dashboard: Dashboard = shop.owner.read(paths::DASHBOARD).await;
        let Section::Data(series) = dashboard.active_users else { panic!("no series") };
        assert_eq!(days(&series), expected);
        let overview: Overview = shop.owner.read(paths::OVERVIEW).await;
        assert_eq!((overview.today_on.to_string().as_str(), overview.total_active_users.value), ("2026-11-21", 2));
        let people: Page<EndUser> =
            shop.owner.read(&format!("{}?include_total=true&active_from=2026-11-21", paths::END_USERS)).await;
        assert_eq!(people.page.total, Some(1));
        let costs: CostsPerActiveUser = shop.owner.read(paths::REPORT_COST_PER_USER).await;
        assert_eq!((costs.time_zone.as_str(), costs.window.to_on.to_string().as_str()), ("Pacific/Niue", "2026-11-21"));
        let explained: Explanation = shop.owner.read(&paths::explanation(Figure::TotalActiveUsers)).await;
        assert_eq!((explained.value.count, explained.rows.count), (Some(2), 2));
    }
}

on_both_databases! {
    /// RFC 3339 knows a second 60. Both databases, every zone and every recount know it as the first of the next minute.
    async fn a_leap_second_is_the_first_second_of_the_next_minute(engine) {
        let shop = open_in(engine, "America/Argentina/Buenos_Aires", "2026-11-22T13:00:00Z").await;
        let id = writer(&shop, "2026-11-01T09:00:00Z").await;
        let event = json!({"id": "1", "activation_id": id, "end_user_key": "mia", "occurred_at": "2026-11-21T02:59:60Z"});
        shop.owner.post(paths::USAGE_EVENTS, &json!({"events": [event]})).await.is_done();
        let days = async || {
            let series: ActiveUsersSeries = shop.owner.read(&format!("{}?range=7d", paths::ACTIVE_USERS)).await;
            let used = series.points.into_iter().filter(|point| point.value.unwrap_or(0) > 0);
            used.map(|point| point.from_on.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(days().await, ["2026-11-21"]);
        let people: Page<EndUser> = shop.owner.read(paths::END_USERS).await;
        assert_eq!(people.items[0].first_used_at, at("2026-11-21T03:00:00Z"));
        // Counted anew for a zone with the same days.
        let (db, clock) = (shop.app.db(), Clock::fixed(at("2026-11-22T13:00:00Z")));
        rebuild::request(db, &clock, shop.id(), "America/Sao_Paulo".parse().unwrap()).await.unwrap();
        rebuild::work(db, &clock).await.unwrap();
        assert_eq!(days().await, ["2026-11-21"]);
    }
}

on_both_databases! {
    async fn names_of_people_are_kept_only_while_that_is_wanted(engine) {
        let shop = Shop::open(engine).await;
        let id = writer(&shop, "2026-11-01T09:00:00Z").await;
        let send = async |event: &str, label: &str| {
            let event = json!({"id": event, "activation_id": id, "end_user_key": "mia", "label": label, "occurred_at": "2026-11-21T09:00:00Z"});
            shop.owner.post(paths::USAGE_EVENTS, &json!({"events": [event]})).await.is_done();
            let people: Page<EndUser> = shop.owner.read(paths::END_USERS).await;
            let csv = shop.owner.get(paths::END_USERS_CSV).await.text();
            let cell = csv.lines().nth(1).unwrap().rsplit(',').next().unwrap().to_owned();
            (people.items[0].label.clone(), cell)
        };
        let nothing = (None, String::new());
        assert_eq!(send("1", "Mia").await, nothing);
        assert_eq!(keep_labels(shop.app.db(), shop.id(), true).await.unwrap(), 0);
        assert_eq!(send("2", "  Mia\u{7} ").await, (Some("Mia".to_owned()), "Mia".to_owned()));
        // A spreadsheet is to take no name for a formula.
        assert_eq!(send("3", "=1+1").await, (Some("=1+1".to_owned()), "'=1+1".to_owned()));
        assert_eq!(keep_labels(shop.app.db(), shop.id(), false).await.unwrap(), 1);
        assert_eq!(send("4", "Mia").await, nothing);
        let stranger = shop.app.reseller("Stranger").await;
        assert_eq!(keep_labels(shop.app.db(), stranger, true).await.unwrap(), 0);
        assert_eq!(send("5", "Mia").await, nothing);
    }
}

on_both_databases! {
    /// The markers of a series are those of its days, whatever it counts.
    async fn markers_go_with_the_series_of_a_trailing_figure(engine) {
        let shop = Shop::open(engine).await;
        let id = writer(&shop, "2026-10-01T09:00:00Z").await;
        take(&shop, &[used(id, "mia", at("2026-10-05T09:00:00Z"))]).await;
        let query = "from=2026-09-15&to=2026-11-20&measure=trailing_7";
        let series: ActiveUsersSeries = shop.owner.read(&format!("{}?{query}", paths::ACTIVE_USERS)).await;
        let markers: shared::dto::marker::Markers = shop.owner.read(&format!("{}?{query}", paths::ACTIVE_USERS_MARKERS)).await;
        assert_eq!((markers.from_on, markers.to_on), (series.from_on, series.to_on));
        assert_eq!(series.from_on.to_string(), "2026-09-15");
    }
}

on_both_databases! {
    /// Nobody could use what was not there; of the days before its first service nothing is said.
    async fn an_activation_has_figures_from_its_first_service_on(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        let old = activate(&shop, "2026-10-25T09:00:00Z", product, client).await;
        let new = activate(&shop, "2026-11-19T23:30:00Z", product, client).await;
        take(&shop, &[used(old, "mia", at("2026-11-01T09:00:00Z")), used(new, "mia", at("2026-11-21T09:00:00Z"))]).await;
        let read = async |query: String| -> ActiveUsersSeries {
            shop.owner.read(&format!("{}?range=7d&{query}", paths::ACTIVE_USERS)).await
        };
        let values = |series: &ActiveUsersSeries| series.points.iter().map(|point| point.value).collect::<Vec<_>>();
        let series = read(format!("activation={new}")).await;
        assert_eq!(values(&series), [None, None, None, None, Some(0), Some(1), Some(0)]);
        assert_eq!((series.first_event_on.map(|on| on.to_string()), series.summary.average), (Some("2026-11-20".to_owned()), Some(1)));
        assert!(series.points.iter().all(|point| point.previous.is_none()));
        assert_eq!(values(&read(format!("activation={old}")).await), vec![Some(0); 7]);
        assert_eq!(values(&read(format!("client={client}")).await)[0], Some(0));
    }
}
