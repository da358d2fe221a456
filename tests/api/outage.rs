//! The database ends connections that lie in the pool: nobody is told.

use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::dto::wallet::Wallet;
use shared::paths;
use tests::{Engine, Shop};

#[test]
fn connections_that_broke_while_nobody_used_them_are_passed_over() {
    if tests::postgres::server_url().is_none() {
        return;
    }
    tests::block_on(async {
        let shop = Shop::open(Engine::Postgres).await;
        // Several lie there.
        futures_util::future::join_all((0..8).map(|_| shop.owner.get(paths::WALLET))).await;
        shop.owner.get(paths::DASHBOARD).await.is_done();
        for round in 0..3 {
            // From a connection of another pool, which is not its own.
            let other = shop.app.connect().await;
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                       AND pid <> pg_backend_pid() AND application_name = 'resellportal'";
            other.pool().execute_unprepared(sql).await.unwrap();
            // As long as a connection has to lie there to be asked.
            tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
            shop.owner.read::<Wallet>(paths::WALLET).await;
            // Versions are read over a connection of their own.
            shop.owner.get(paths::DASHBOARD).await.is_done();
            shop.owner.post_once(paths::CLIENTS, &json!({"name": format!("Client {round}")})).await.is_done();
        }
    });
}
