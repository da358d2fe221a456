//! What `SQLite` searches by. It has no statistics, so of two indexes it may take the one that finds nearly everything.

use std::sync::{Arc, Mutex};

use api::db::Db;
use api::features::activations::store::refunds;
use api::features::clients::store::totals;
use api::features::ledger_entries::store::corrections;
use api::features::reports::store::live_periods;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::LedgerEntryId;
use tests::app::{NOW, at};
use tests::{Engine, Shop};
use uuid::Uuid;

/// The steps of every statement that was said while something was read.
async fn plans(shop: &Shop, read: impl AsyncFnOnce(&Db)) -> Vec<String> {
    let said: Arc<Mutex<Vec<Statement>>> = Arc::default();
    let heard = said.clone();
    let db = shop.app.connect_told(move |statement| heard.lock().unwrap().push(statement.clone())).await;
    read(&db).await;
    let said = said.lock().unwrap().clone();
    let mut plans = Vec::new();
    for statement in said {
        let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
        let rows = shop.app.db().pool().query_all_raw(explain).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        plans.push(steps.join("; "));
    }
    plans
}

#[test]
fn what_belongs_to_one_thing_is_not_looked_for_among_all() {
    tests::block_on(async {
        let shop = Shop::open(Engine::Sqlite).await;
        let id = shop.activated("AI Writer", 1_000).await;
        let of_activation = plans(&shop, async |db| {
            refunds(db.pool(), shop.id(), id).await.unwrap();
            let periods = live_periods(db.pool(), shop.id(), at(NOW), &[id.0]).await.unwrap();
            assert_eq!(periods.iter().map(|period| period.left_minor).collect::<Vec<_>>(), [1_000]);
        });
        let of_client = plans(&shop, async |db| {
            totals(db.pool(), shop.id(), vec![Uuid::now_v7()]).await.unwrap();
        });
        let of_entry = plans(&shop, async |db| {
            corrections(db.pool(), shop.id(), LedgerEntryId(Uuid::now_v7())).await.unwrap();
        });
        for (plans, index, count) in [
            (of_activation.await, "ledger_entries_of_activation", 2),
            (of_client.await, "activations_of_client", 1),
            (of_entry.await, "ledger_entries_corrections", 1),
        ] {
            assert_eq!(plans.len(), count, "{plans:?}");
            assert!(plans.iter().all(|plan| plan.contains(index)), "{index}: {plans:?}");
        }
    });
}
