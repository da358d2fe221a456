//! Resellers of size, made inside the database: one is built by the product's own services and copied there.
//!
//! A copy's ids are the original's with the number of the copy in their last four bytes. Events, timelines and search words
//! are not copied; nothing that is measured reads them.

use api::features::summaries;
use sea_orm::{ConnectionTrait, Statement};
use shared::vocab::ResellerId;
use tests::Engine;
use uuid::Uuid;

use crate::stand::Stand;

/// In the order in which rows may be inserted.
const TABLES: [&str; 8] = [
    "resellers",
    "clients",
    "ledger_accounts",
    "activations",
    "terms",
    "periods",
    "service_intervals",
    "ledger_entries",
];
/// Ids of what belongs to nobody.
const SHARED: [&str; 4] = ["product_id", "price_id", "pending_price_id", "actor_id"];
/// Copies made by one statement, which may take only so long.
const AT_ONCE: u32 = 25;

/// The id in the copy of that number.
pub fn copied(id: Uuid, number: u32) -> Uuid {
    let mut bytes = id.into_bytes();
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Uuid::from_bytes(bytes)
}

/// Copies a reseller so many times, numbered from 1.
///
/// `PostgreSQL` copies the summaries too and leaves out what it would check and add up row by row, as a replica does: millions of
/// rows take minutes and not an hour. What was added up is compared afterwards.
pub async fn copy_reseller(stand: &Stand, original: ResellerId, copies: u32) {
    let mut statements = Vec::new();
    let (before, tables): (&[&str], _) = match stand.engine {
        Engine::Sqlite => (&[], TABLES.to_vec()),
        Engine::Postgres => (&["SET LOCAL session_replication_role = replica"], [&TABLES[..], &SUMMARIES].concat()),
    };
    for table in tables {
        let columns = columns(stand, table).await;
        let names: Vec<_> = columns.iter().map(|(name, _)| name.clone()).collect();
        let values: Vec<_> = columns.iter().map(|(name, is_id)| value(stand.engine, name, *is_id)).collect();
        let key = if table == "resellers" { "id" } else { "reseller_id" };
        statements.push((table, names.join(", "), values.join(", "), key));
    }
    let id = written(stand.engine, original.0);
    for first in (1..=copies).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let last = (first + AT_ONCE - 1).min(copies);
        let numbers = format!("WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {last})");
        let copied = stand
            .db
            .write_shared(async |tx| {
                for setting in before {
                    tx.execute_unprepared(setting).await?;
                }
                for (table, names, values, key) in &statements {
                    let sql = format!(
                        "INSERT INTO {table} ({names}) {numbers} SELECT {values} FROM {table} t CROSS JOIN n WHERE t.{key} = {id}"
                    );
                    tx.execute_unprepared(&sql).await?;
                }
                Ok(())
            })
            .await;
        copied.unwrap();
    }
    keep_house(stand).await;
    for reseller in [original, ResellerId(copied(original.0, copies))] {
        let differences = summaries::differences(stand.db.pool(), reseller).await.unwrap();
        assert!(differences.is_empty(), "{differences:?}");
    }
}

/// Tables whose few rows change with each activation.
const SUMMARIES: [&str; 4] = ["activation_counts", "renewal_dates", "renewal_groups", "service_changes"];

/// What PostgreSQL does by itself in its time: it learns how much there is of what, and clears away the versions of rows that
/// nobody sees any more. SQLite does nothing by itself.
async fn keep_house(stand: &Stand) {
    let pool = stand.db.pool();
    if stand.engine == Engine::Sqlite {
        return;
    }
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    for row in pool.query_all_raw(Statement::from_string(stand.db.backend(), tables)).await.unwrap() {
        let table: String = row.try_get("", "tablename").unwrap();
        pool.execute_unprepared(&format!("VACUUM (ANALYZE) {table}")).await.unwrap();
    }
}

/// The same, and the room that versions of summary rows took is given back: what comes within a minute here comes within years, and
/// its room would have been used again in between.
pub async fn keep_house_as_if_for_years(stand: &Stand) {
    keep_house(stand).await;
    if stand.engine == Engine::Postgres {
        for table in SUMMARIES {
            stand.db.pool().execute_unprepared(&format!("VACUUM (FULL, ANALYZE) {table}")).await.unwrap();
        }
    }
}

/// Copies the activations of a reseller so many times within it, for the same clients. What was paid for them is not copied.
///
/// Each copy is a transaction of its own: thousands of changes of a summary row in one would leave as many versions of it behind.
pub async fn copy_activations(stand: &Stand, reseller: ResellerId, copies: u32) {
    let id = written(stand.engine, reseller.0);
    let mut statements = Vec::new();
    for table in ["activations", "terms", "service_intervals"] {
        // The rows of the original alone, not what was copied from them.
        let original = format!("CREATE TABLE original_{table} AS SELECT * FROM {table} WHERE reseller_id = {id}");
        stand.db.pool().execute_unprepared(&original).await.unwrap();
        let columns = columns(stand, table).await;
        let names: Vec<_> = columns.iter().map(|(name, _)| name.clone()).collect();
        let is_new = |name: &str| matches!(name, "id" | "activation_id");
        let values: Vec<_> = columns.iter().map(|(name, _)| value(stand.engine, name, is_new(name))).collect();
        statements.push((table, names.join(", "), values.join(", ")));
    }
    for number in 1..=copies {
        let copied = stand.db.write_shared(async |tx| {
            for (table, names, values) in &statements {
                let sql = format!(
                    "INSERT INTO {table} ({names}) SELECT {values} FROM original_{table} t CROSS JOIN (SELECT {number} AS n) n"
                );
                tx.execute_unprepared(&sql).await?;
            }
            Ok(())
        });
        copied.await.unwrap();
    }
    for (table, ..) in statements {
        stand.db.pool().execute_unprepared(&format!("DROP TABLE original_{table}")).await.unwrap();
    }
    keep_house_as_if_for_years(stand).await;
}

/// An id as a literal.
pub fn written(engine: Engine, id: Uuid) -> String {
    match engine {
        Engine::Sqlite => format!("X'{}'", id.simple()),
        Engine::Postgres => format!("CAST('{id}' AS uuid)"),
    }
}

/// The columns of a table, each with whether it holds an id that differs between copies.
async fn columns(stand: &Stand, table: &str) -> Vec<(String, bool)> {
    let sql = match stand.engine {
        Engine::Sqlite => format!("SELECT name, type = 'BLOB' AS is_id FROM pragma_table_info('{table}')"),
        Engine::Postgres => format!(
            "SELECT CAST(column_name AS text) AS name, udt_name = 'uuid' AS is_id FROM information_schema.columns \
             WHERE table_name = '{table}' AND table_schema = 'public'"
        ),
    };
    let rows = stand.db.pool().query_all_raw(Statement::from_string(stand.db.backend(), sql)).await.unwrap();
    let column = |row: sea_orm::QueryResult| {
        let (name, is_id): (String, bool) = (row.try_get("", "name").unwrap(), row.try_get("", "is_id").unwrap());
        let is_id = is_id && !SHARED.contains(&name.as_str());
        (name, is_id)
    };
    rows.into_iter().map(column).collect()
}

fn value(engine: Engine, column: &str, is_id: bool) -> String {
    match engine {
        _ if !is_id => format!("t.{column}"),
        Engine::Sqlite => format!(
            "CASE WHEN t.{column} IS NULL THEN NULL ELSE unhex(substr(hex(t.{column}), 1, 24) || printf('%08X', n.n)) END"
        ),
        Engine::Postgres => {
            format!("CAST(overlay(CAST(t.{column} AS text) PLACING lpad(to_hex(n.n), 8, '0') FROM 29) AS uuid)")
        }
    }
}
