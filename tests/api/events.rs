//! What a write tells of itself.

use api::db::{NewEvent, WriteTx};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tests::app::{NOW, at};
use tests::{Shop, on_both_databases};

on_both_databases! {
    async fn a_write_that_tells_of_thousands_of_things_is_kept_whole(engine) {
        let shop = Shop::open(engine).await;
        let db = shop.app.db();
        let numbers = async || {
            let sql = "SELECT COUNT(*), MAX(sequence), COUNT(DISTINCT sequence) FROM events";
            let row = db.pool().query_one_raw(Statement::from_string(db.backend(), sql)).await.unwrap().unwrap();
            [0, 1, 2].map(|column| row.try_get_by_index::<Option<i64>>(column).unwrap().unwrap_or(0))
        };
        let [before, last, _] = numbers().await;
        // More values than PostgreSQL takes in one message.
        let count = 9_001;
        let work = async |tx: &WriteTx| {
            for number in 0..count {
                tx.push_event(NewEvent {
                    kind: "activation.renewed",
                    subject: number.to_string(),
                    occurred_at: at(NOW),
                    request_id: None,
                    payload: json!({}),
                });
            }
            Ok(())
        };
        db.write(shop.id(), work).await.unwrap();
        assert_eq!(numbers().await, [before + count, last + count, before + count]);
        let sql = format!("SELECT CAST(subject AS BIGINT) FROM events WHERE sequence = {}", last + count);
        let row = db.pool().query_one_raw(Statement::from_string(db.backend(), sql)).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), count - 1);
    }
}
