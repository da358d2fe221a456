//! An explained figure names a list with exactly as many rows.

use serde_json::Value;
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::explanation::Explanation;
use shared::dto::forecast::Forecast;
use shared::dto::overview::Overview;
use shared::dto::recurring_costs::RecurringCosts;
use shared::dto::wallet::Wallet;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{Figure, Permission, Role, RowsKind};
use tests::{Caller, TestApp, on_both_databases};

use super::trade::at_random;

/// How many rows a list has: counted on its pages, and as it says.
async fn rows_of(caller: &Caller, url: &str) -> i64 {
    let joint = if url.contains('?') { '&' } else { '?' };
    let (mut rows, mut cursor) = (0, String::new());
    loop {
        let page: Value = caller.read(&format!("{url}{joint}limit=20&include_total=true{cursor}")).await;
        rows += page["items"].as_array().unwrap().len();
        let Some(next) = page["page"]["next_cursor"].as_str() else {
            let rows = i64::try_from(rows).unwrap();
            assert_eq!(page["page"]["total"], rows, "{url}");
            return rows;
        };
        cursor = format!("&cursor={next}");
    }
}

on_both_databases! {
    async fn every_figure_has_as_many_rows_as_it_says(engine) {
        let trade = at_random(engine, 7).await;
        let caller = &trade.shop.owner;
        for figure in Figure::ALL.iter().filter(|figure| **figure != Figure::ActiveUsers) {
            let explained: Explanation = caller.read(&paths::explanation(*figure)).await;
            assert_eq!((explained.figure, explained.time_zone.as_str()), (*figure, "Europe/Berlin"));
            assert!(explained.definition.len() > 80 && !explained.title.is_empty());
            assert!(explained.rows.count > 0, "{explained:?}");
            assert_eq!(rows_of(caller, &explained.rows.url).await, explained.rows.count, "{figure}");
        }
        let overview: Overview = caller.read(paths::OVERVIEW).await;
        let costs: RecurringCosts = caller.read(paths::RECURRING_COSTS).await;
        let forecast: Forecast = caller.read(paths::FORECAST).await;
        let wallet: Wallet = caller.read(paths::WALLET).await;
        let of = async |figure| -> Explanation { caller.read(&paths::explanation(figure)).await };
        let users = of(Figure::TotalActiveUsers).await;
        assert_eq!((users.value.count, users.rows.count), (Some(overview.total_active_users.value), overview.total_active_users.value));
        assert_eq!(users.window.unwrap().from_on, overview.total_active_users.from_on);
        let software = of(Figure::TotalActiveSoftware).await;
        assert_eq!((software.value.count, software.rows.count), (Some(overview.total_active_software.value), overview.total_active_software.value));
        let balance = of(Figure::Balance).await;
        assert_eq!((balance.value.amount, balance.rows.count), (Some(wallet.balance), wallet.entry_count));
        let monthly = of(Figure::MonthlyEquivalent).await;
        assert_eq!(monthly.value.amount, Some(costs.monthly_equivalent));
        assert_eq!(monthly.rows.count, costs.cards.iter().map(|card| card.renewing_count).sum::<i64>());
        let due = of(Figure::DueIn30Days).await;
        let shown = overview.balance.unwrap();
        assert_eq!((due.value.amount, due.rows.count), (Some(shown.due_in_30_days), shown.renewals_in_30_days));
        let reach = of(Figure::CoveredUntil).await;
        assert_eq!((reach.value.on, reach.rows.kind), (forecast.runway.covered_until_on, RowsKind::UpcomingRenewals));
    }
}

on_both_databases! {
    async fn a_point_is_explained_by_its_days(engine) {
        let trade = at_random(engine, 8).await;
        let caller = &trade.shop.owner;
        let product = trade.made[0].product;
        for query in ["range=30d".to_owned(), "range=6m".to_owned(), format!("range=30d&product={product}")] {
            let series: ActiveUsersSeries = caller.read(&format!("{}?{query}", paths::ACTIVE_USERS)).await;
            let filter = series.product.map(|product| format!("&product={product}")).unwrap_or_default();
            for point in series.points.iter().filter(|point| point.value.is_some()).step_by(5) {
                let path = format!("{}?from={}&to={}{filter}", paths::explanation(Figure::ActiveUsers), point.from_on, point.to_on);
                let explained: Explanation = caller.read(&path).await;
                assert_eq!((explained.value.count, explained.rows.count), (point.value, point.value.unwrap()), "{path}");
                assert_eq!(rows_of(caller, &explained.rows.url).await, explained.rows.count);
            }
        }
    }
}

on_both_databases! {
    async fn a_figure_is_explained_to_those_who_see_it(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let viewer = app.logged_in(reseller, "vic@harbour.example", Role::Viewer).await;
        for (figure, is_seen) in [
            (Figure::TotalActiveUsers, true),
            (Figure::TotalActiveSoftware, true),
            (Figure::Balance, false),
            (Figure::MonthlyEquivalent, false),
            (Figure::DueIn30Days, false),
            (Figure::CoveredUntil, false),
        ] {
            let answer = viewer.get(&paths::explanation(figure)).await;
            if is_seen {
                // Nothing was ever activated or used, and that is explained as well.
                let explained: Explanation = answer.data();
                assert_eq!((explained.value.count, explained.rows.count), (Some(0), 0));
            } else {
                answer.problem(403, ProblemCode::PermissionDenied);
            }
        }
        let usage = app.with_key(reseller, &[Permission::UsageRead]).await;
        usage.get(&paths::explanation(Figure::TotalActiveUsers)).await.is_done();
        usage.get(&paths::explanation(Figure::TotalActiveSoftware)).await.problem(403, ProblemCode::PermissionDenied);
        usage.get("/api/v1/explanations/happiness").await.problem(404, ProblemCode::NotFound);
        let point = paths::explanation(Figure::ActiveUsers);
        for wrong in [
            point.clone(),
            format!("{point}?from=2026-11-20"),
            format!("{point}?from=2026-11-20&to=2026-11-19"),
            format!("{point}?from=2026-11-20&to=2026-11-20&product=prd_01k4kneba5pr8v6j2c0d3f7g9h"),
            format!("{}?from=2026-11-20&to=2026-11-20", paths::explanation(Figure::TotalActiveUsers)),
            format!("{point}?form=2026-11-20"),
        ] {
            usage.get(&wrong).await.problem(422, ProblemCode::ValidationFailed);
        }
    }
}
