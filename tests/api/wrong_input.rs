//! Whatever is wrong is answered with a problem that says what, and loses nothing.

use reqwest::Method;
use serde_json::json;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{ActivationAction, Role};
use tests::{Shop, TestApp, on_both_databases};

on_both_databases! {
    async fn unknown_addresses_and_methods(engine) {
        let app = TestApp::start(engine).await;
        let caller = app.anonymous();
        for path in ["/api", "/api/v1", "/api/v1/nothing", "/api/v2/overview", "/api/v1/activations/x/y/z", "/api/v1/../../etc/passwd", "/nothing.js"] {
            caller.get(path).await.problem(404, ProblemCode::NotFound);
        }
        for (method, path, allow) in [
            (Method::POST, paths::OVERVIEW, "GET"),
            (Method::DELETE, paths::ACTIVATIONS, "GET, POST"),
            (Method::PUT, paths::SESSION, "DELETE, GET, POST"),
            (Method::PATCH, "/livez", "GET"),
            (Method::POST, paths::OPENAPI, "GET"),
        ] {
            let answer = caller.send(method, path, None).await;
            answer.problem(405, ProblemCode::MethodNotAllowed);
            assert_eq!(answer.header("allow"), Some(allow), "{path}");
        }
    }
}

on_both_databases! {
    async fn bodies_that_are_no_such_thing(engine) {
        let app = TestApp::start(engine).await;
        let caller = app.anonymous();
        let json = "application/json";
        for (body, status, code) in [
            ("", 400, ProblemCode::Malformed),
            ("{", 400, ProblemCode::Malformed),
            ("{\"email\": \"a@b.example\", \"password\": \"\u{1}\"}", 400, ProblemCode::Malformed),
            ("null", 422, ProblemCode::ValidationFailed),
            ("[]", 422, ProblemCode::ValidationFailed),
            ("{}", 422, ProblemCode::ValidationFailed),
            (r#"{"email": 7, "password": "x"}"#, 422, ProblemCode::ValidationFailed),
            (r#"{"email": "a@b.example", "password": "x", "pasword": "y"}"#, 422, ProblemCode::ValidationFailed),
            (r#"{"email": "a@b.example", "password": "x"} trailing"#, 400, ProblemCode::Malformed),
        ] {
            caller.send(Method::POST, paths::SESSION, Some((json, body.as_bytes().to_vec()))).await.problem(status, code);
        }
        let unknown = caller.post(paths::SESSION, &json!({"email": "a@b.example", "password": "x", "emial": "y"})).await;
        let problem = unknown.problem(422, ProblemCode::ValidationFailed);
        assert_eq!(problem.errors[0].pointer, "/emial");
        assert!(problem.errors[0].message.contains("email"), "{problem:?}");
        caller.send(Method::POST, paths::SESSION, Some(("text/plain", b"{}".to_vec()))).await
            .problem(415, ProblemCode::UnsupportedMediaType);
        caller.send(Method::POST, paths::SESSION, Some((json, vec![b' '; 3 << 20]))).await.problem(413, ProblemCode::PayloadTooLarge);
        caller.send(Method::POST, paths::SESSION, Some((json, vec![0xff, 0xfe]))).await.problem(400, ProblemCode::Malformed);
    }
}

on_both_databases! {
    async fn parameters_that_are_no_such_thing(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let caller = app.logged_in(reseller, "mara@harbour.example", Role::Owner).await;
        for (path, pointer) in [
            ("/api/v1/activations?limit=0", "?limit"),
            ("/api/v1/activations?limit=201", "?limit"),
            ("/api/v1/activations?limit=99999999999999999999", "?limit"),
            ("/api/v1/activations?limit=-1", "?limit"),
            ("/api/v1/activations?limit=many", "?limit"),
            ("/api/v1/activations?limt=5", "?limt"),
            ("/api/v1/activations?limit=5&limit=6", "?limit"),
            ("/api/v1/activations?status=actve", "?status"),
            ("/api/v1/activations?billing_interval=biannual", "?billing_interval"),
            ("/api/v1/activations?sort=colour", "?sort"),
            ("/api/v1/activations?cursor=AAAA", "?cursor"),
            ("/api/v1/activations?cursor=%00", "?cursor"),
            ("/api/v1/activations?activated_from=2026-02-30", "?activated_from"),
            ("/api/v1/activations?activated_to=22.11.2026", "?activated_to"),
            ("/api/v1/activations?product=prd_1", "?product"),
            ("/api/v1/activations?client=act_01k4kneba5pr8v6j2c0d3f7g9h", "?client"),
            ("/api/v1/activations?renewing=perhaps", "?renewing"),
            ("/api/v1/dashboard?range=1y", "?range"),
            ("/api/v1/dashboard?rnage=7d", "?rnage"),
            ("/api/v1/overview?anything=1", "?anything"),
            ("/api/v1/active-users?bucket=hour", "?bucket"),
            ("/api/v1/active-users?range=7d&bucket=month", "?bucket"),
            ("/api/v1/end-users?active_from=2026-11-23&active_to=2026-11-22", "?active_to"),
        ] {
            let problem = caller.get(path).await.problem(422, ProblemCode::ValidationFailed);
            assert!(problem.errors.iter().any(|error| error.pointer == pointer), "{path}: {problem:?}");
        }
        for path in ["/api/v1/activations/act_1", "/api/v1/activations/cli_01k4kneba5pr8v6j2c0d3f7g9h", "/api/v1/activations/%00", "/api/v1/clients/x"] {
            caller.get(path).await.problem(404, ProblemCode::NotFound);
        }
    }
}

on_both_databases! {
    async fn a_request_id_is_echoed_where_it_is_fit_to_be(engine) {
        let app = TestApp::start(engine).await;
        let given = app.anonymous().with_header("x-request-id", "shop-4711").get("/livez").await;
        assert_eq!(given.header("x-request-id"), Some("shop-4711"));
        let unfit = app.anonymous().with_header("x-request-id", &"x".repeat(65)).get("/livez").await;
        assert!(unfit.header("x-request-id").unwrap().starts_with("req_"));
    }
}

on_both_databases! {
    async fn a_database_that_is_gone_is_told_and_nothing_else_is(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let caller = app.logged_in(reseller, "mara@harbour.example", Role::Owner).await;
        app.db().pool().clone().close().await.unwrap();
        for path in ["/readyz", paths::OVERVIEW, paths::ACTIVATIONS, paths::SESSION] {
            let answer = caller.get(path).await;
            // Who is logged in may be remembered for a second.
            if answer.status != 200 {
                answer.problem(503, ProblemCode::Unavailable);
                assert!(answer.header("retry-after").is_some(), "{path}");
            }
        }
        caller.get("/readyz").await.problem(503, ProblemCode::Unavailable);
        caller.get(paths::OVERVIEW).await.problem(503, ProblemCode::Unavailable);
        caller.get("/livez").await.is_done();
    }
}

on_both_databases! {
    async fn days_that_no_calendar_has(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour").await;
        let caller = app.with_key(reseller, Role::Owner.permissions()).await;
        let of = |path: &str, names: [&str; 2]| names.map(|name| format!("{path}?{name}=")).to_vec();
        let from_to = ["from", "to"];
        let queries = [
            of(paths::ACTIVATIONS, ["activated_from", "activated_to"]),
            of(paths::END_USERS, ["active_from", "active_to"]),
            of(paths::LEDGER_ENTRIES, from_to),
            of(paths::NOTES, from_to),
            of(paths::ACTIVE_USERS, from_to),
            of(paths::ACTIVE_USERS_MARKERS, from_to),
        ];
        for query in queries.concat() {
            for day in ["-9999-01-01", "-262143-01-01", "%2B262142-12-31", "%2B10000-01-01", "2026-02-30", "0000-00-00"] {
                caller.get(&format!("{query}{day}")).await.problem(422, ProblemCode::ValidationFailed);
            }
        }
    }
}

on_both_databases! {
    /// Serde would take them, by the order in which fields happen to be declared.
    async fn lists_in_the_place_of_objects(engine) {
        let shop = Shop::open(engine).await;
        let id = shop.activated("AI Writer", 1_000).await;
        shop.top_up(1_000).await;
        let event = json!(["1", id, "mia", "2026-11-22T12:00:00Z", null]);
        for (path, body, pointer) in [
            (paths::activation_action(id, ActivationAction::Renew), json!([]), "/"),
            (paths::USAGE_EVENTS.to_owned(), json!([[event]]), "/"),
            (paths::USAGE_EVENTS.to_owned(), json!({"events": [event]}), "/events/0"),
            (paths::NOTES.to_owned(), json!(["2026-11-20", "arr", "team"]), "/"),
            (paths::SESSION.to_owned(), json!(["mara@harbour.example", "password"]), "/"),
        ] {
            let problem = shop.owner.post_once(&path, &body).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (pointer, "invalid"), "{path} {body}");
        }
        let renewed = json!({"expected": ["10.00", "EUR"]});
        shop.act(id, ActivationAction::Renew, renewed).await.problem(422, ProblemCode::ValidationFailed);
        assert_eq!(shop.balance().await, 1_000);
        let notes: serde_json::Value = shop.owner.read(paths::NOTES).await;
        assert_eq!(notes["items"], json!([]));
        let users: serde_json::Value = shop.owner.read(paths::OVERVIEW).await;
        assert_eq!(users["total_active_users"]["ever_used"], 0);
    }
}

on_both_databases! {
    /// Every operation of the document that is no GET.
    async fn writes_take_no_parameters(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let owner = app.logged_in(reseller, "mara@harbour.example", Role::Owner).await;
        let operator = app.operator("ops@example.com").await;
        let document: serde_json::Value = app.anonymous().read(paths::OPENAPI).await;
        let mut asked = 0;
        for (path, operations) in document["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys().filter(|method| *method != "get") {
                let caller = if path.contains("/operator/") { &operator } else { &owner };
                let caller = caller.clone().with_header("idempotency-key", &tests::shop::new_key()).with_header("if-match", "*");
                let method: Method = method.to_uppercase().parse().unwrap();
                let body = Some(("application/json", b"{}".to_vec()));
                let path = format!("{path}?dry_run=true");
                let problem = caller.send(method, &path, body).await.problem(422, ProblemCode::ValidationFailed);
                assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("?dry_run", "unknown_parameter"), "{path}");
                asked += 1;
            }
        }
        assert!(asked > 40, "{asked}");
    }
}

on_both_databases! {
    async fn texts_say_what_is_wrong_with_them(engine) {
        let app = TestApp::start(engine).await;
        let operator = app.operator("ops@example.com").await;
        for (title, code) in [("a\nb".to_owned(), "invalid"), ("x".repeat(1_001), "too_long"), ("  ".to_owned(), "required")] {
            let body = json!({"kind": "launch", "title": title, "starts_on": "2026-11-20", "ends_on": "2026-11-20", "scope": "all"});
            let problem = operator.post_once("/api/v1/operator/promotions", &body).await.problem(422, ProblemCode::ValidationFailed);
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/title", code), "{problem:?}");
        }
    }
}
