//! Pages, downloads and refusals of all reports alike.

use serde_json::Value;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{Permission, Role};
use tests::{Caller, on_both_databases};

use super::trade::at_random;

const REPORTS: [(&str, &str); 5] = [
    (paths::REPORT_UNUSED, paths::REPORT_UNUSED_CSV),
    (paths::REPORT_IMPACT, paths::REPORT_IMPACT_CSV),
    (paths::REPORT_COST_PER_USER, paths::REPORT_COST_PER_USER_CSV),
    (paths::REPORT_DEMAND, paths::REPORT_DEMAND_CSV),
    (paths::REPORT_DECISIONS, paths::REPORT_DECISIONS_CSV),
];

/// The rows of a report, page by page: forwards, and back to the first page again.
async fn walk(caller: &Caller, path: &str) -> (Vec<Value>, Vec<Value>) {
    let read = async |cursor: &Value| -> Value {
        let cursor = cursor.as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        caller.read(&format!("{path}?limit=2{cursor}")).await
    };
    let items = |page: &Value| page["items"].as_array().unwrap().clone();
    let mut page = read(&Value::Null).await;
    let mut forwards = items(&page);
    while page["page"]["next_cursor"].is_string() {
        page = read(&page["page"]["next_cursor"]).await;
        forwards.extend(items(&page));
    }
    let mut backwards = items(&page);
    while page["page"]["prev_cursor"].is_string() {
        page = read(&page["page"]["prev_cursor"]).await;
        backwards.splice(0..0, items(&page));
    }
    (forwards, backwards)
}

/// What names a row.
fn id_of(row: &Value) -> String {
    let of = [&row["activation"]["id"], &row["product"]["id"], &row["client"]["id"]];
    of.into_iter().find_map(Value::as_str).unwrap().to_owned()
}

on_both_databases! {
    async fn pages_and_download_have_the_rows_of_the_whole(engine) {
        let trade = at_random(engine, 5).await;
        let caller = &trade.shop.owner;
        for (path, csv) in REPORTS {
            let whole: Value = caller.read(&format!("{path}?limit=200")).await;
            let rows = whole["items"].as_array().unwrap();
            assert!(rows.len() > 1, "{path}");
            assert_eq!(whole["count"], rows.len(), "{path}");
            let (forwards, backwards) = walk(caller, path).await;
            assert_eq!((&forwards, &backwards), (rows, rows), "{path}");
            let answer = caller.get(csv).await;
            let name = path.rsplit('/').next().unwrap();
            let disposition = answer.header("content-disposition").unwrap().to_owned();
            assert!(disposition.contains(&format!("\"{name}_2026-11-22.csv\"")), "{disposition}");
            let text = answer.text();
            let lines: Vec<&str> = text.split_terminator("\r\n").collect();
            let columns = lines[0].split(',').count();
            // The last cell names the row.
            let ids: Vec<_> = lines[1..].iter().map(|line| line.rsplit(',').next().unwrap().to_owned()).collect();
            assert_eq!(ids, rows.iter().map(id_of).collect::<Vec<_>>(), "{path}");
            assert!(lines.iter().all(|line| line.split(',').count() == columns), "{text}");
            // A product is called "=Chat" and a client "+Ben".
            for line in &lines {
                assert!(line.split(',').all(|cell| !cell.starts_with(['=', '+', '@'])), "{line}");
            }
        }
        let text = caller.get(paths::REPORT_DEMAND_CSV).await.text();
        assert!(text.contains(",'=Chat,"), "{text}");
    }
}

on_both_databases! {
    async fn what_is_not_understood_is_refused(engine) {
        let trade = at_random(engine, 6).await;
        let (caller, app) = (&trade.shop.owner, &trade.shop.app);
        for (path, csv) in REPORTS {
            for query in ["dayz=3", "limit=0", "limit=201", "cursor=x", "limit=2&limit=2"] {
                caller.get(&format!("{path}?{query}")).await.problem(422, ProblemCode::ValidationFailed);
            }
            caller.get(&format!("{csv}?limit=2")).await.problem(422, ProblemCode::ValidationFailed);
        }
        for wrong in [
            format!("{}?days=0", paths::REPORT_UNUSED),
            format!("{}?days=366", paths::REPORT_DEMAND),
            format!("{}?days=91", paths::REPORT_DECISIONS),
            format!("{}?days=x", paths::REPORT_DECISIONS),
            format!("{}?suggestion=drop,drop", paths::REPORT_DECISIONS),
            format!("{}?suggestion=keep", paths::REPORT_DECISIONS),
            format!("{}?by=person", paths::REPORT_COST_PER_USER),
            format!("{}?complete=maybe", paths::REPORT_IMPACT),
        ] {
            caller.get(&wrong).await.problem(422, ProblemCode::ValidationFailed);
        }
        // A cursor belongs to its list.
        let page: Value = caller.read(&format!("{}?limit=1", paths::REPORT_UNUSED)).await;
        let cursor = page["page"]["next_cursor"].as_str().unwrap();
        let other = format!("{}?limit=1&days=31&cursor={cursor}", paths::REPORT_UNUSED);
        caller.get(&other).await.problem(422, ProblemCode::ValidationFailed);
        // Half of what is needed is not enough; reading is not taking away.
        let half = app.with_key(trade.shop.id(), &[Permission::ActivationsRead, Permission::WalletRead]).await;
        let viewer = app.logged_in(trade.shop.id(), "vic@harbour.example", Role::Viewer).await;
        for (path, csv) in REPORTS {
            half.get(path).await.problem(403, ProblemCode::PermissionDenied);
            viewer.get(path).await.is_done();
            viewer.get(csv).await.problem(403, ProblemCode::PermissionDenied);
        }
    }
}

on_both_databases! {
    async fn a_stranger_sees_nothing_and_foreign_is_missing(engine) {
        let trade = at_random(engine, 9).await;
        let app = &trade.shop.app;
        let other = app.reseller("Stranger").await;
        let stranger = app.with_key(other, Role::Owner.permissions()).await;
        for (path, csv) in REPORTS {
            let report: Value = stranger.read(path).await;
            assert_eq!((&report["count"], report["items"].as_array().unwrap().len()), (&0.into(), 0), "{path}");
            assert_eq!(stranger.get(csv).await.text().lines().count(), 1);
        }
        let of = |id: &str| format!("{}?activation={id}", paths::REPORT_IMPACT);
        let foreign = stranger.get(&of(&trade.made[0].id.to_string())).await;
        let missing = stranger.get(&of("act_01k4kneba5pr8v6j2c0d3f7g9h")).await;
        let problem = |answer: &tests::Answer| answer.problem(422, ProblemCode::ValidationFailed).errors;
        assert_eq!(format!("{:?}", problem(&foreign)), format!("{:?}", problem(&missing)));
    }
}
