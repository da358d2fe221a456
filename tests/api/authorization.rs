//! Every operation of the document, called by those who may not.
//!
//! The operations are taken from the document the server sends, so a new one is covered, or fails here.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{Permission, Role};
use tests::{Answer, Caller, Engine, TestApp, on_both_databases};

/// Operations that nobody has to log in for. This list may only shrink.
const PUBLIC: [&str; 6] =
    ["get_livez", "get_readyz", "log_in", "refresh_session", "inspect_one_time_link", "redeem_one_time_link"];

/// Operations that only operators may call.
const FOR_OPERATORS: &str = "/api/v1/operator/";

#[derive(Debug, Clone)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    has_body: bool,
}

async fn operations(app: &TestApp) -> Vec<Operation> {
    let document: Value = app.anonymous().read(paths::OPENAPI).await;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id")).to_owned(),
                method,
                path: path.clone(),
                has_body: operation.get("requestBody").is_some(),
            });
        }
    }
    assert!(found.len() > 15, "{found:?}");
    found
}

/// Ids that are well-formed and belong to nobody.
fn fill(path: &str) -> String {
    let prefix_of = |folder: &str| match folder {
        "activations" => "act",
        "top-ups" => "top",
        "ledger-entries" => "led",
        "resellers" => "res",
        "products" => "prd",
        "notes" => "note",
        "promotions" => "promo",
        _ => "cli",
    };
    let segments: Vec<&str> = path.split('/').collect();
    let filled = segments.iter().enumerate().map(|(place, segment)| {
        let is_id = segment.starts_with('{');
        if is_id {
            format!("{}_01k4kneba5pr8v6j2c0d3f7g9h", prefix_of(segments[place - 1]))
        } else {
            (*segment).to_owned()
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

async fn call(caller: &Caller, operation: &Operation) -> Answer {
    let body = operation.has_body.then(|| ("application/json", b"{}".to_vec()));
    caller.send(operation.method.clone(), &fill(&operation.path), body).await
}

on_both_databases! {
    async fn nobody_gets_in_without_credentials(engine) {
        let app = TestApp::start(engine).await;
        let operations = operations(&app).await;
        for exempt in PUBLIC {
            assert!(operations.iter().any(|operation| operation.id == *exempt), "{exempt} is exempt but does not exist");
        }
        for operation in operations.iter().filter(|operation| !PUBLIC.contains(&operation.id.as_str())) {
            call(&app.anonymous(), operation).await.problem(401, ProblemCode::Unauthenticated);
        }
    }
}

on_both_databases! {
    async fn a_session_that_ended_and_a_suspended_member_get_nothing(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let ended = app.logged_in(reseller, "ended@harbour.example", Role::Owner).await;
        let suspended = app.logged_in(reseller, "suspended@harbour.example", Role::Owner).await;
        app.revoke_sessions("ended@harbour.example").await;
        app.suspend("suspended@harbour.example").await;
        // Another process's change is seen within the second that a session may be remembered.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        for operation in operations(&app).await.iter().filter(|operation| !PUBLIC.contains(&operation.id.as_str())) {
            for caller in [&ended, &suspended] {
                call(caller, operation).await.problem(401, ProblemCode::Unauthenticated);
            }
        }
    }
}

on_both_databases! {
    async fn a_key_with_a_scope_that_opens_nothing_may_only_ask_who_it_is(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let key = app.with_key(reseller, &[Permission::IntegrationsManage]).await;
        for operation in operations(&app).await.iter().filter(|operation| !PUBLIC.contains(&operation.id.as_str())) {
            let answer = call(&key, operation).await;
            match operation.id.as_str() {
                "get_session" => answer.is_done(),
                // Its sections say, each for itself, that the key may not read them.
                "get_dashboard" => {
                    let dashboard: Value = answer.data();
                    for section in ["overview", "recurring_costs", "active_users", "activations", "activation_counts", "next_renewals", "runway"] {
                        assert_eq!(dashboard[section]["problem"]["code"], json!("permission_denied"), "{section}: {}", dashboard[section]);
                    }
                }
                _ => {
                    answer.problem(403, ProblemCode::PermissionDenied);
                }
            }
        }
    }
}

on_both_databases! {
    async fn an_owner_may_read_everything(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let owner = app.logged_in(reseller, "mara@harbour.example", Role::Owner).await;
        for operation in operations(&app).await.iter().filter(|operation| operation.method == Method::GET) {
            let answer = call(&owner, operation).await;
            if operation.path.starts_with(FOR_OPERATORS) {
                answer.problem(403, ProblemCode::PermissionDenied);
            } else if operation.path.contains('{') {
                answer.problem(404, ProblemCode::NotFound);
            } else {
                answer.is_done();
            }
        }
    }
}

on_both_databases! {
    async fn an_operator_reads_from_outside_and_acts_for_nobody(engine) {
        let app = TestApp::start(engine).await;
        let operator = app.operator("ops@example.com").await;
        for operation in operations(&app).await.iter().filter(|operation| !PUBLIC.contains(&operation.id.as_str())) {
            if operation.path.starts_with(paths::SESSION) {
                // Its own.
                continue;
            }
            let answer = call(&operator, operation).await;
            match (operation.path.starts_with(FOR_OPERATORS), operation.method == Method::GET, operation.path.contains('{')) {
                (false, ..) => { answer.problem(403, ProblemCode::PermissionDenied); }
                (true, true, false) => answer.is_done(),
                (true, true, true) => { answer.problem(404, ProblemCode::NotFound); }
                (true, false, _) => assert!([400, 404, 422, 428].contains(&answer.status.as_u16()), "{}: {}", operation.id, answer.text()),
            }
        }
    }
}

on_both_databases! {
    async fn no_member_does_what_operators_do(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let owner = app.logged_in(reseller, "mara@harbour.example", Role::Owner).await;
        let key = app.with_key(reseller, Permission::ALL).await;
        let operations = operations(&app).await;
        let for_operators: Vec<_> = operations.iter().filter(|operation| operation.path.starts_with(FOR_OPERATORS)).collect();
        assert!(for_operators.len() > 5, "{for_operators:?}");
        for operation in for_operators {
            for caller in [&owner, &key] {
                call(caller, operation).await.problem(403, ProblemCode::PermissionDenied);
            }
        }
    }
}

on_both_databases! {
    async fn a_viewer_sees_no_money(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let viewer = app.logged_in(reseller, "viewer@harbour.example", Role::Viewer).await;
        for path in [
            paths::RECURRING_COSTS,
            paths::WALLET,
            paths::WALLET_PROOF,
            paths::LEDGER_ENTRIES,
            paths::LEDGER_ENTRIES_CSV,
            paths::LEDGER_TOTALS,
            paths::TOP_UPS,
        ] {
            viewer.get(path).await.problem(403, ProblemCode::PermissionDenied);
        }
        let overview: Value = viewer.read(paths::OVERVIEW).await;
        assert_eq!(overview["balance"], Value::Null);
        let dashboard: Value = viewer.read(paths::DASHBOARD).await;
        assert_eq!(dashboard["recurring_costs"]["problem"]["code"], json!("permission_denied"));
        assert!(dashboard["activations"]["data"].is_object(), "{dashboard}");
    }
}

on_both_databases! {
    async fn every_scope_opens_what_it_names(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let opened: BTreeMap<Permission, &str> = BTreeMap::from([
            (Permission::ActivationsRead, paths::ACTIVATIONS),
            (Permission::ClientsRead, paths::CLIENTS),
            (Permission::WalletRead, paths::RECURRING_COSTS),
            (Permission::UsageRead, paths::ACTIVE_USERS),
        ]);
        for (scope, path) in &opened {
            let key = app.with_key(reseller, &[*scope]).await;
            key.get(path).await.is_done();
            for (_, other) in opened.iter().filter(|(other, _)| *other != scope) {
                key.get(other).await.problem(403, ProblemCode::PermissionDenied);
            }
        }
    }
}

#[test]
fn a_secret_is_not_kept_in_the_clear() {
    tests::block_on(async {
        let app = TestApp::start(Engine::Sqlite).await;
        let reseller = app.reseller("Harbour Digital").await;
        let (_, secret) = api::features::accounts::service::create_api_key(
            app.db(),
            app.clock(),
            reseller,
            "test",
            &[Permission::UsageRead],
        )
        .await
        .unwrap();
        let secret = secrecy::ExposeSecret::expose_secret(&secret).to_owned();
        let bytes = app.database_bytes();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        // The reseller's name is there, so the search would have found it.
        assert!(bytes.windows(15).any(|window| window == b"Harbour Digital"));
    });
}
