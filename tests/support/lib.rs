//! The harness: a fresh database and a running server per test, on either engine, with a clock that tests move.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on panics")]

pub mod app;
pub mod client;
pub mod database;
pub mod dice;
pub mod postgres;
pub mod prices;
pub mod shop;
pub mod wal;

pub use app::TestApp;
pub use client::{Answer, Caller};
pub use database::{Engine, TestDatabase};
pub use dice::Dice;
pub use shop::Shop;

/// Declares a test that runs on both databases: `sqlite::name` and `postgres::name`.
///
/// Where PostgreSQL is not installed its half returns at once; `cargo xtask test` says so in one line.
#[macro_export]
macro_rules! on_both_databases {
    ($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[expect(clippy::allow_attributes, reason = "not every test uses every name around it")]
            #[allow(unused_imports, reason = "not every test uses every name around it")]
            use super::*;

            async fn run($engine: $crate::Engine) $body

            #[test]
            fn sqlite() {
                $crate::block_on(run($crate::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                if $crate::postgres::server_url().is_some() {
                    $crate::block_on(run($crate::Engine::Postgres));
                }
            }
        }
    };
}

/// Runs a test's future.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
