//! `/api/v1/session`: logging in, staying in, logging out.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use shared::dto::session::{LogInRequest, Session, SessionPerson};
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{Permission, Role};
use tests::app::{NOW, PASSWORD, at};
use tests::{TestApp, on_both_databases};

const EMAIL: &str = "mara@harbour.example";

fn credentials(password: &str) -> LogInRequest {
    LogInRequest { email: EMAIL.to_owned(), password: password.to_owned() }
}

on_both_databases! {
    async fn a_member_logs_in_and_is_told_who_they_are(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let caller = app.logged_in(reseller, EMAIL, Role::Owner).await;
        let session: Session = caller.read(paths::SESSION).await;
        assert_eq!(session.reseller.map(|reseller| (reseller.name, reseller.currency.code().to_owned(), reseller.time_zone)),
            Some(("Harbour Digital".to_owned(), "EUR".to_owned(), "Europe/Berlin".to_owned())));
        assert!(matches!(session.person, SessionPerson::Member { email, role: Role::Owner, .. } if email == EMAIL));
        assert_eq!(session.permissions, Role::Owner.permissions());
    }
}

on_both_databases! {
    async fn letter_case_of_the_address_does_not_matter(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        app.member(reseller, EMAIL, Role::Viewer).await;
        app.log_in("MARA@Harbour.Example", PASSWORD).await;
    }
}

on_both_databases! {
    async fn a_wrong_password_and_an_unknown_address_look_the_same(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        app.member(reseller, EMAIL, Role::Owner).await;
        let wrong = app.anonymous().post(paths::SESSION, &credentials("not the password")).await;
        let request = LogInRequest { email: "nobody@harbour.example".to_owned(), password: PASSWORD.to_owned() };
        let unknown = app.anonymous().post(paths::SESSION, &request).await;
        let mut problems = [wrong, unknown].map(|answer| answer.problem(401, ProblemCode::InvalidCredentials));
        for problem in &mut problems {
            problem.request_id.clear();
        }
        assert_eq!(problems[0], problems[1]);
    }
}

on_both_databases! {
    async fn cookies_are_out_of_reach_of_scripts_and_other_sites(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        app.member(reseller, EMAIL, Role::Owner).await;
        let answer = app.anonymous().post(paths::SESSION, &credentials(PASSWORD)).await;
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        for cookie in cookies {
            for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
        }
        assert!(!answer.text().contains("eyJ"), "a token in the body: {}", answer.text());
    }
}

on_both_databases! {
    async fn a_write_without_the_apps_header_has_no_effect(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let caller = app.logged_in(reseller, EMAIL, Role::Owner).await;
        let forged = caller.clone().with_header("x-without-app-header", "1");
        for (method, path) in [(Method::DELETE, paths::SESSION), (Method::POST, paths::SESSION_REVOKE_ALL), (Method::POST, paths::SESSION_REFRESH)] {
            forged.send(method, path, None).await.problem(403, ProblemCode::CrossSiteRequest);
        }
        caller.get(paths::SESSION).await.is_done();
    }
}

on_both_databases! {
    async fn the_access_runs_out_and_is_refreshed(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let caller = app.logged_in(reseller, EMAIL, Role::Owner).await;
        app.clock().set(at(NOW) + TimeDelta::minutes(11));
        caller.get(paths::SESSION).await.problem(401, ProblemCode::Unauthenticated);
        caller.post(paths::SESSION_REFRESH, &json!({})).await.is_done();
        caller.get(paths::SESSION).await.is_done();
        app.clock().set(at(NOW) + TimeDelta::days(8));
        caller.post(paths::SESSION_REFRESH, &json!({})).await.problem(401, ProblemCode::Unauthenticated);
    }
}

on_both_databases! {
    async fn a_refresh_token_that_comes_back_ends_the_session(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        app.member(reseller, EMAIL, Role::Owner).await;
        let victim = app.anonymous();
        let answer = victim.post(paths::SESSION, &credentials(PASSWORD)).await;
        let stolen: Vec<_> = answer.headers.get_all("set-cookie").iter()
            .map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        victim.post(paths::SESSION_REFRESH, &json!({})).await.is_done();
        let thief = app.anonymous().with_header("cookie", &stolen.join("; "));
        thief.post(paths::SESSION_REFRESH, &json!({})).await.problem(401, ProblemCode::Unauthenticated);
        // The rotated one is worthless as well.
        victim.post(paths::SESSION_REFRESH, &json!({})).await.problem(401, ProblemCode::Unauthenticated);
        victim.get(paths::SESSION).await.problem(401, ProblemCode::Unauthenticated);
    }
}

on_both_databases! {
    async fn logging_out_ends_this_session_and_everywhere_ends_all(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let first = app.logged_in(reseller, EMAIL, Role::Owner).await;
        let second = app.log_in(EMAIL, PASSWORD).await;
        let third = app.log_in(EMAIL, PASSWORD).await;
        first.delete(paths::SESSION).await.is_done();
        first.get(paths::SESSION).await.problem(401, ProblemCode::Unauthenticated);
        second.get(paths::SESSION).await.is_done();
        second.post(paths::SESSION_REVOKE_ALL, &json!({})).await.is_done();
        for caller in [second, third] {
            caller.get(paths::SESSION).await.problem(401, ProblemCode::Unauthenticated);
            caller.post(paths::SESSION_REFRESH, &json!({})).await.problem(401, ProblemCode::Unauthenticated);
        }
    }
}

on_both_databases! {
    async fn changing_the_password_needs_the_old_one_and_ends_other_sessions(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let caller = app.logged_in(reseller, EMAIL, Role::Owner).await;
        let other = app.log_in(EMAIL, PASSWORD).await;
        let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
        let refused = caller.post(paths::SESSION_PASSWORD, &change("not the password", "another long password")).await
            .problem(422, ProblemCode::ValidationFailed);
        assert_eq!(refused.errors[0].pointer, "/current_password");
        caller.post(paths::SESSION_PASSWORD, &change(PASSWORD, "short")).await.problem(422, ProblemCode::ValidationFailed);
        caller.post(paths::SESSION_PASSWORD, &change(PASSWORD, "another long password")).await.is_done();
        other.get(paths::SESSION).await.problem(401, ProblemCode::Unauthenticated);
        app.anonymous().post(paths::SESSION, &credentials(PASSWORD)).await.problem(401, ProblemCode::InvalidCredentials);
        app.log_in(EMAIL, "another long password").await;
    }
}

on_both_databases! {
    async fn a_session_and_a_key_on_one_request_are_refused(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let key = app.with_key(reseller, &[Permission::UsageRead]).await;
        app.member(reseller, EMAIL, Role::Owner).await;
        key.post(paths::SESSION, &credentials(PASSWORD)).await;
        // The cookies of the log-in, if there are any, now travel with the key.
        let both = app.log_in(EMAIL, PASSWORD).await.with_header("authorization", "Bearer rsp_live_00000000000000000000000000000000");
        both.get(paths::SESSION).await.problem(400, ProblemCode::AmbiguousCredentials);
    }
}

on_both_databases! {
    async fn only_a_key_of_ours_is_taken_as_bearer(engine) {
        let app = TestApp::start(engine).await;
        for credential in ["Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer rsp_live_", "Bearer ", "Basic bWFyYTptYXJh", "rsp_live_00000000000000000000000000000000",
            "Bearer rsp_live_00000000000000000000000000000000", "Bearer rsp_test_00000000000000000000000000000000"] {
            let answer = app.anonymous().with_header("authorization", credential).get(paths::OVERVIEW).await;
            answer.problem(401, ProblemCode::Unauthenticated);
        }
    }
}
