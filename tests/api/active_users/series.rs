//! The series: its days, buckets, comparisons and what stands out, and the cases of which a chart is afraid.

use serde_json::Value;
use shared::dto::active_users::ActiveUsersSeries;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{BillingInterval, Bucket, Measure, Role};
use tests::{Shop, on_both_databases};

use super::{activate, open_in, take, take_at, used};

async fn series(shop: &Shop, query: &str) -> ActiveUsersSeries {
    let answer = shop.owner.get(&format!("{}?{query}", paths::ACTIVE_USERS)).await;
    let text = answer.text();
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    answer.data()
}

fn values(series: &ActiveUsersSeries) -> Vec<Option<i64>> {
    series.points.iter().map(|point| point.value).collect()
}

fn days(series: &ActiveUsersSeries) -> (usize, String, String) {
    (series.points.len(), series.from_on.to_string(), series.to_on.to_string())
}

on_both_databases! {
    async fn dates_choose_days_and_win_over_nothing(engine) {
        let shop = Shop::open(engine).await;
        let found = series(&shop, "from=2026-11-10&to=2026-11-12").await;
        assert_eq!((days(&found), found.bucket, found.range), ((3, "2026-11-10".into(), "2026-11-12".into()), Bucket::Day, None));
        assert_eq!(found.shift_days, Some(7));
        // Days that have not come are not shown.
        let found = series(&shop, "from=2026-11-20&to=2026-12-24").await;
        assert_eq!((days(&found), found.bucket), ((1, "2026-11-16".into(), "2026-11-22".into()), Bucket::Week));
        let found = series(&shop, "from=2026-11-20&to=2026-12-24&bucket=day").await;
        assert_eq!(days(&found), (3, "2026-11-20".into(), "2026-11-22".into()));
        // The longest: two years by day, over a leap day.
        let found = series(&shop, "from=2023-03-01&to=2025-02-28&bucket=day").await;
        assert_eq!(days(&found), (731, "2023-03-01".into(), "2025-02-28".into()));
        let found = series(&shop, "from=2025-01-01&to=2026-11-22&compare=year").await;
        assert_eq!((found.bucket, found.points.len(), found.shift_months, found.shift_days), (Bucket::Month, 23, Some(12), None));
        for (query, pointer) in [
            ("range=7d&from=2026-11-10&to=2026-11-12", "?range"),
            ("range=7d&to=2026-11-12", "?range"),
            ("from=2026-11-10", "?to"),
            ("to=2026-11-10", "?from"),
            ("from=2026-11-12&to=2026-11-10", "?to"),
            ("from=2026-11-23&to=2026-11-24", "?from"),
            ("from=1999-12-31&to=2000-01-01", "?from"),
            ("from=-262143-01-01&to=%2B262142-12-31", "?from"),
            ("from=2024-11-22&to=2026-11-22", "?to"),
            ("from=2026-02-30&to=2026-03-01", "?from"),
            ("range=7d&bucket=week", "?bucket"),
            ("measure=trailing_30&bucket=week", "?bucket"),
            ("measure=trailing_28", "?measure"),
            ("compare=last", "?compare"),
            ("product=prd_01k4kneba5pr8v6j2c0d3f7g9h", "?product"),
            ("client=cli_01k4kneba5pr8v6j2c0d3f7g9h", "?client"),
            ("activation=act_01k4kneba5pr8v6j2c0d3f7g9h", "?activation"),
            ("product=prd_01k4kneba5pr8v6j2c0d3f7g9h&client=cli_01k4kneba5pr8v6j2c0d3f7g9h", "?client"),
            ("client=cli_01k4kneba5pr8v6j2c0d3f7g9h&activation=act_01k4kneba5pr8v6j2c0d3f7g9h", "?activation"),
        ] {
            for path in [paths::ACTIVE_USERS, paths::ACTIVE_USERS_CSV, paths::ACTIVE_USERS_MARKERS] {
                if path == paths::ACTIVE_USERS_MARKERS && (query.contains("measure") || query.contains("compare")) {
                    continue;
                }
                let problem = shop.owner.get(&format!("{path}?{query}")).await.problem(422, ProblemCode::ValidationFailed);
                assert_eq!(problem.errors[0].pointer, pointer, "{path}?{query}: {problem:?}");
            }
        }
    }
}

on_both_databases! {
    async fn what_belongs_to_somebody_else_is_not_there(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        let activation = activate(&shop, "2026-11-01T09:00:00Z", product, client).await;
        let other = shop.app.reseller("Stranger").await;
        let stranger = shop.app.with_key(other, Role::Owner.permissions()).await;
        for path in [paths::ACTIVE_USERS, paths::ACTIVE_USERS_CSV, paths::ACTIVE_USERS_MARKERS, paths::END_USERS, paths::END_USERS_CSV] {
            for (filter, unknown) in [
                (format!("client={client}"), "client=cli_01k4kneba5pr8v6j2c0d3f7g9h"),
                (format!("activation={activation}"), "activation=act_01k4kneba5pr8v6j2c0d3f7g9h"),
            ] {
                shop.owner.get(&format!("{path}?{filter}")).await.is_done();
                let foreign = stranger.get(&format!("{path}?{filter}")).await.problem(422, ProblemCode::ValidationFailed);
                let missing = stranger.get(&format!("{path}?{unknown}")).await.problem(422, ProblemCode::ValidationFailed);
                assert_eq!((foreign.detail, foreign.errors), (missing.detail, missing.errors), "{path}?{filter}");
            }
        }
    }
}

on_both_databases! {
    /// UI.md D12: nothing before, nothing at all, gaps, today's partial day.
    async fn nothing_is_told_where_there_is_nothing(engine) {
        let shop = Shop::open(engine).await;
        for query in ["range=7d", "range=6m&bucket=month", "measure=trailing_7", "compare=year", "compare=none"] {
            let found = series(&shop, query).await;
            assert!(found.points.iter().all(|point| point.value.is_none() && point.previous.is_none()), "{query}");
            assert_eq!((found.summary.average, found.summary.previous_average, &found.summary.peak), (None, None, &None));
            assert_eq!((found.summary.drops.len(), found.summary.quiet.len(), found.first_event_on), (0, 0, None));
        }
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        let activation = activate(&shop, "2026-11-01T09:00:00Z", product, client).await;
        take_at(&shop, &[
            (activation, "mia", "2026-11-09T12:00:00Z"),
            // Both sides of midnight in Berlin.
            (activation, "tom", "2026-11-18T22:59:59Z"),
            (activation, "tom", "2026-11-18T23:00:00Z"),
            (activation, "mia", "2026-11-22T10:00:00Z"),
        ]).await;
        let week = series(&shop, "range=7d").await;
        assert_eq!(values(&week), [0, 0, 1, 1, 0, 0, 1].map(Some));
        // The week before: Monday the 9th was the first day with a use.
        let previous: Vec<_> = week.points.iter().map(|point| point.previous).collect();
        assert_eq!(previous, [1, 0, 0, 0, 0, 0, 0].map(Some));
        let today = &week.points[6];
        assert!(today.is_running && week.points.iter().filter(|point| point.is_running).count() == 1);
        // Today takes no part: two days of one among six.
        assert_eq!((week.summary.average, week.summary.previous_average), (Some(0), Some(0)));
        // Before the first use there is a gap, not a zero, and no earlier average to compare with.
        let month = series(&shop, "range=30d").await;
        let gaps = month.points.iter().take_while(|point| point.value.is_none()).count();
        assert_eq!((gaps, month.points[gaps].from_on.to_string()), (16, "2026-11-09".to_owned()));
        assert_eq!((month.summary.previous_average, month.first_event_on.map(|day| day.to_string())), (None, Some("2026-11-09".to_owned())));
        // A year earlier there was nothing at all.
        let year = series(&shop, "range=7d&compare=year").await;
        assert!(year.points.iter().all(|point| point.previous.is_none()));
        assert_eq!((year.shift_days, year.points[0].previous_from_on.map(|day| day.to_string())), (Some(364), Some("2025-11-17".to_owned())));
        let none = series(&shop, "range=7d&compare=none").await;
        assert!(none.points.iter().all(|point| point.previous.is_none() && point.previous_from_on.is_none()));
        assert_eq!((none.shift_days, none.shift_months, none.summary.previous_average), (None, None, None));
        let trailing = series(&shop, "range=7d&measure=trailing_7").await;
        assert_eq!((values(&trailing), trailing.measure), ([0, 0, 1, 1, 1, 1, 2].map(Some).to_vec(), Measure::Trailing7));
    }
}

on_both_databases! {
    async fn days_are_those_of_the_zone_where_the_clock_changes_and_far_from_greenwich(engine) {
        // The day has 25 hours in Berlin, 24.5 in Lord Howe; in Kiritimati it is tomorrow, at GMT+12 yesterday.
        for (zone, now, uses, expected) in [
            ("Europe/Berlin", "2026-10-26T12:00:00Z", ["2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"], [0, 2, 1]),
            ("Australia/Lord_Howe", "2026-04-06T02:00:00Z", ["2026-04-04T13:00:00Z", "2026-04-05T13:29:59Z", "2026-04-05T13:30:00Z"], [0, 2, 1]),
            ("Pacific/Kiritimati", "2026-11-22T13:00:00Z", ["2026-11-21T09:59:59Z", "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z"], [1, 1, 1]),
            ("Etc/GMT+12", "2026-11-22T13:00:00Z", ["2026-11-21T11:59:59Z", "2026-11-21T12:00:00Z", "2026-11-22T12:00:00Z"], [1, 1, 1]),
        ] {
            let shop = open_in(engine, zone, now).await;
            let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
            let client = shop.client("Ana").await;
            let activation = activate(&shop, "2026-03-01T09:00:00Z", product, client).await;
            let uses: Vec<_> = uses.into_iter().zip(["a", "b", "c"]).map(|(at, person)| (activation, person, at)).collect();
            take_at(&shop, &uses).await;
            let found = series(&shop, "range=7d").await;
            assert_eq!(found.time_zone, zone);
            let last: Vec<_> = found.points[4..].iter().map(|point| point.value.unwrap_or(0)).collect();
            assert_eq!(last, expected, "{zone}");
        }
    }
}

on_both_databases! {
    async fn the_dashboard_has_the_same_series_and_the_csv_the_same_rows(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        let activation = activate(&shop, "2026-11-01T09:00:00Z", product, client).await;
        take_at(&shop, &[(activation, "mia", "2026-11-09T12:00:00Z"), (activation, "mia", "2026-11-20T12:00:00Z")]).await;
        for query in ["range=7d", "range=30d", "range=6m"] {
            let dashboard: Value = shop.owner.read(&format!("{}?{query}", paths::DASHBOARD)).await;
            let section: ActiveUsersSeries = serde_json::from_value(dashboard["active_users"]["data"].clone()).unwrap();
            assert_eq!(section, series(&shop, query).await);
        }
        let query = format!("from=2026-11-01&to=2026-11-22&client={client}&measure=trailing_7");
        let shown = series(&shop, &query).await;
        let csv = shop.owner.get(&format!("{}?{query}", paths::ACTIVE_USERS_CSV)).await.text();
        let rows: Vec<Vec<String>> = csv.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
        assert_eq!(rows.len(), shown.points.len());
        for (row, point) in rows.iter().zip(&shown.points) {
            let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
            let expected = [
                point.from_on.to_string(),
                point.to_on.to_string(),
                text(point.value),
                point.previous_from_on.map(|day| day.to_string()).unwrap_or_default(),
                text(point.previous),
            ];
            assert_eq!(row, &expected);
        }
    }
}

on_both_databases! {
    async fn a_quiet_stretch_is_told_with_its_days(engine) {
        let shop = Shop::open(engine).await;
        let product = shop.product("AI Writer", &[(BillingInterval::Monthly, 100)]).await;
        let client = shop.client("Ana").await;
        let activation = activate(&shop, "2026-09-01T09:00:00Z", product, client).await;
        let first = tests::app::at("2026-09-20T12:00:00Z");
        // Ten people a day, seven of them on three days of November.
        let uses: Vec<_> = (0..60)
            .flat_map(|day| {
                let at = first + chrono::TimeDelta::days(day);
                let people = if (51..54).contains(&day) { 7 } else { 10 };
                (0..people).map(move |person| used(activation, &format!("person {person}"), at))
            })
            .collect();
        take(&shop, &uses).await;
        let found = series(&shop, "range=30d").await;
        let quiet: Vec<_> = found.summary.quiet.iter().map(|quiet| (quiet.from_on.to_string(), quiet.to_on.to_string())).collect();
        assert_eq!(quiet, [("2026-11-10".to_owned(), "2026-11-12".to_owned()), ("2026-11-19".to_owned(), "2026-11-21".to_owned())]);
        assert_eq!(found.summary.drops.len(), 2);
    }
}
