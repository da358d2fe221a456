//! `/api/v1/one-time-links`: where a password is set.

use api::features::accounts::service::{self as accounts, Account};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::json;
use shared::dto::session::OneTimeLink;
use shared::paths;
use shared::problem::ProblemCode;
use shared::vocab::{MemberId, Role};
use tests::app::{NOW, PASSWORD, at};
use tests::{TestApp, on_both_databases};

const EMAIL: &str = "mara@harbour.example";
const NEW_PASSWORD: &str = "a password nobody had before";

async fn link(app: &TestApp, member: MemberId) -> String {
    let token = accounts::create_link(app.db(), app.clock(), Account::Member(member)).await.unwrap();
    token.expose_secret().to_owned()
}

on_both_databases! {
    async fn a_link_tells_whose_it_is_and_sets_the_password_once(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let member = app.member(reseller, EMAIL, Role::Owner).await;
        let before = app.log_in(EMAIL, PASSWORD).await;
        let token = link(&app, member).await;
        let caller = app.anonymous();
        let shown: OneTimeLink = caller.post(paths::ONE_TIME_LINK_INSPECT, &json!({"token": token})).await.data();
        assert_eq!((shown.email.as_str(), shown.reseller_name.as_deref()), (EMAIL, Some("Harbour Digital")));
        assert_eq!(shown.expires_at, at(NOW) + TimeDelta::hours(72));
        let redeem = json!({"token": token, "password": NEW_PASSWORD});
        caller.post(paths::ONE_TIME_LINK_REDEEM, &json!({"token": token, "password": "short"})).await
            .problem(422, ProblemCode::ValidationFailed);
        caller.post(paths::ONE_TIME_LINK_REDEEM, &redeem).await.is_done();
        caller.post(paths::ONE_TIME_LINK_REDEEM, &redeem).await.problem(404, ProblemCode::LinkInvalid);
        caller.post(paths::ONE_TIME_LINK_INSPECT, &json!({"token": token})).await.problem(404, ProblemCode::LinkInvalid);
        before.get(paths::SESSION).await.problem(401, ProblemCode::Unauthenticated);
        app.log_in(EMAIL, NEW_PASSWORD).await;
        let old = app.anonymous().post(paths::SESSION, &json!({"email": EMAIL, "password": PASSWORD})).await;
        old.problem(401, ProblemCode::InvalidCredentials);
    }
}

on_both_databases! {
    async fn a_link_runs_out_after_72_hours(engine) {
        let app = TestApp::start(engine).await;
        let reseller = app.reseller("Harbour Digital").await;
        let member = app.member(reseller, EMAIL, Role::Owner).await;
        let token = link(&app, member).await;
        app.clock().set(at(NOW) + TimeDelta::hours(72));
        let redeem = json!({"token": token, "password": NEW_PASSWORD});
        app.anonymous().post(paths::ONE_TIME_LINK_REDEEM, &redeem).await.problem(404, ProblemCode::LinkInvalid);
        app.anonymous().post(paths::ONE_TIME_LINK_INSPECT, &json!({"token": "made up"})).await.problem(404, ProblemCode::LinkInvalid);
    }
}
