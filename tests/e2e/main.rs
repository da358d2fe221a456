//! Journeys in a real browser, with the app as it is shipped: optimised, under its strict policy.
//!
//! They run where Chromium and its driver are installed and the app is built: `cargo xtask test` sees to the latter.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on panics")]

mod alerts;
mod browser;
mod bulk;
mod chart;
mod events;
mod exact;
mod journeys;
mod money;
mod pages;
mod reports;
mod top_ups;

use std::path::PathBuf;

use api::features::accounts::service as accounts;
use shared::vocab::{Currency, Role};
use tests::shop::Shop;
use tests::{Engine, TestApp};

/// Who logs in at [`shop`].
const OWNER: &str = "owner@example.com";

/// A server with the demo account and the built app; none where there is no browser.
async fn demo() -> Option<TestApp> {
    if !browser::is_installed() {
        return None;
    }
    let app = TestApp::start_with(Engine::Sqlite, |config| config.app_dir = Some(built_app())).await;
    let state = &app.server.state;
    api::features::demo::seed(&state.db, &state.clock, &state.config.secrets).await.unwrap();
    Some(app)
}

/// A server with the example folder moved in; none where there is no browser.
async fn example() -> Option<TestApp> {
    if !browser::is_installed() {
        return None;
    }
    let app = TestApp::start_with(Engine::Sqlite, |config| config.app_dir = Some(built_app())).await;
    let reseller = app.reseller("Harbour").await;
    app.import_example("Harbour").await;
    app.member(reseller, "you@example.com", Role::Owner).await;
    Some(app)
}

/// A reseller without anything, in a currency, with the built app; none where there is no browser.
async fn shop(currency: &str) -> Option<Shop> {
    if !browser::is_installed() {
        return None;
    }
    let app = TestApp::start_with(Engine::Sqlite, |config| config.app_dir = Some(built_app())).await;
    let new = accounts::NewReseller {
        name: "Harbour Digital".to_owned(),
        currency: Currency::from_code(currency).unwrap(),
        time_zone: "Europe/Berlin".parse().unwrap(),
    };
    let id = accounts::create_reseller(app.db(), app.clock(), new).await.unwrap();
    app.member(id, OWNER, Role::Owner).await;
    let owner = app.with_key(id, Role::Owner.permissions()).await;
    let reseller = accounts::get_reseller(app.db(), id).await.unwrap();
    Some(Shop { app, reseller, owner })
}

fn built_app() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "set by `cargo xtask test`")]
    let folder = std::env::var("RESELLPORTAL_APP_DIR")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist")), PathBuf::from);
    assert!(
        folder.join("index.html").exists(),
        "the app is not built: run `cargo xtask app`, or the tests by `cargo xtask test`"
    );
    folder
}
