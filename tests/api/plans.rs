//! What `SQLite` searches by. It has no statistics, so of two indexes it may take the one that finds nearly everything.

use std::sync::{Arc, Mutex};

use api::features::activations::store::refunds;
use api::features::reports::store::live_periods;
use sea_orm::{ConnectionTrait, Statement};
use tests::app::at;
use tests::{Engine, Shop};

#[test]
fn refunds_of_an_activation_are_not_looked_for_among_all_refunds() {
    tests::block_on(async {
        let shop = Shop::open(Engine::Sqlite).await;
        let id = shop.activated("AI Writer", 1_000).await;
        let said: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let heard = said.clone();
        let db = shop.app.connect_told(move |statement| heard.lock().unwrap().push(statement.clone())).await;
        refunds(db.pool(), shop.id(), id).await.unwrap();
        let periods = live_periods(db.pool(), shop.id(), at(tests::app::NOW), &[id.0]).await.unwrap();
        assert_eq!(periods.iter().map(|period| period.left_minor).collect::<Vec<_>>(), [1_000]);
        let said = said.lock().unwrap().clone();
        assert_eq!(said.len(), 2);
        for statement in said {
            let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
            let rows = shop.app.db().pool().query_all_raw(explain).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
            assert!(plan.iter().any(|step| step.contains("ledger_entries_of_activation")), "{plan:?}");
        }
    });
}
