//! The schema goes up, down and up again, and keeps the promises that code relies on.

use ::migrations::{Migrator, MigratorTrait};
use api::features::renewals::service::tick;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use shared::paths;
use shared::vocab::NoticeKind;
use tests::{Engine, Shop, TestDatabase, on_both_databases};

/// Tables that belong to no reseller, or are looked up before the reseller is known.
const NOT_BY_RESELLER: [&str; 13] = [
    "resellers",
    "members",
    "operators",
    "operator_idempotency_keys",
    "sessions",
    "refresh_tokens",
    "one_time_links",
    "api_keys",
    "products",
    "prices",
    "price_migrations",
    "promotions",
    "catalogue_state",
];

const LOW_BALANCE: &str = "m20261129_000002_add_low_balance_alerts";

/// How many migrations come before one.
fn place_of(name: &str) -> u32 {
    u32::try_from(Migrator::migrations().iter().position(|migration| migration.name() == name).unwrap()).unwrap()
}

#[derive(Debug, FromQueryResult)]
struct Row {
    name: String,
    detail: String,
}

async fn tables(db: &api::db::Db, engine: Engine) -> Vec<String> {
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT name, '' AS detail FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT table_name::text AS name, '' AS detail FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let rows = Row::find_by_statement(Statement::from_string(db.backend(), sql)).all(db.pool()).await.unwrap();
    rows.into_iter().map(|row| row.name).filter(|name| name != "seaql_migrations").collect()
}

on_both_databases! {
    async fn the_schema_goes_up_down_and_up(engine) {
        let database = TestDatabase::create_empty(engine).await.unwrap();
        let db = database.connect().await;
        Migrator::up(db.pool(), None).await.unwrap();
        let first = tables(&db, engine).await;
        assert!(first.len() > 20, "{first:?}");
        Migrator::down(db.pool(), None).await.unwrap();
        assert_eq!(tables(&db, engine).await, Vec::<String>::new());
        Migrator::up(db.pool(), None).await.unwrap();
        assert_eq!(tables(&db, engine).await, first);
    }
}

on_both_databases! {
    /// SQLite has the tables made anew, because it cannot change what a column may hold.
    async fn notices_outlive_the_migration_that_gives_them_another_kind(engine) {
        let shop = Shop::open(engine).await;
        shop.activated("AI Writer", 1_000).await;
        shop.app.set_time("2026-12-23T09:00:00Z");
        let db = shop.app.db();
        tick(db, shop.app.clock()).await.unwrap();
        let notices = async || shop.owner.get(paths::NOTICES).await.text();
        let before = notices().await;
        assert!(before.contains(NoticeKind::Failed.as_str()), "{before}");
        let steps = u32::try_from(Migrator::migrations().len()).unwrap() - place_of(LOW_BALANCE);
        Migrator::down(db.pool(), Some(steps)).await.unwrap();
        Migrator::up(db.pool(), None).await.unwrap();
        assert_eq!(notices().await, before);
    }
}

on_both_databases! {
    /// As it does where the process ends in the middle of it.
    async fn a_migration_that_comes_half_way_can_be_applied_again(engine) {
        let database = TestDatabase::create_empty(engine).await.unwrap();
        let db = database.connect().await;
        let before = place_of(LOW_BALANCE);
        Migrator::up(db.pool(), Some(before)).await.unwrap();
        let kept = tables(&db, engine).await;
        // It adds a column, then makes tables of which one is in its way.
        let (obstacle, way) = match engine {
            Engine::Sqlite => ("CREATE TABLE notice_items_new (id INTEGER)", "DROP TABLE notice_items_new"),
            Engine::Postgres => ("ALTER TABLE notices ADD balance_minor TEXT", "ALTER TABLE notices DROP balance_minor"),
        };
        db.pool().execute_unprepared(obstacle).await.unwrap();
        Migrator::up(db.pool(), None).await.unwrap_err();
        db.pool().execute_unprepared(way).await.unwrap();
        assert_eq!(tables(&db, engine).await, kept);
        Migrator::up(db.pool(), None).await.unwrap();
    }
}

on_both_databases! {
    /// So that rows can be distributed by reseller, and no key of one reseller says anything about another's.
    async fn every_key_of_a_resellers_table_starts_with_the_reseller(engine) {
        let database = TestDatabase::create(engine).await.unwrap();
        let db = database.connect().await;
        let sql = match engine {
            // Name: table. Detail: first column of each unique index, the primary key included.
            Engine::Sqlite => "SELECT m.name AS name, c.name AS detail FROM sqlite_master m \
                JOIN pragma_index_list(m.name) i ON i.\"unique\" = 1 JOIN pragma_index_info(i.name) c ON c.seqno = 0 WHERE m.type = 'table'",
            Engine::Postgres => "SELECT t.relname::text AS name, a.attname::text AS detail FROM pg_index i \
                JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public' \
                JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] WHERE i.indisunique",
        };
        let keys = Row::find_by_statement(Statement::from_string(db.backend(), sql)).all(db.pool()).await.unwrap();
        assert!(keys.len() > 20, "{keys:?}");
        let tables = tables(&db, engine).await;
        for exempt in NOT_BY_RESELLER {
            assert!(tables.iter().any(|table| table == exempt), "{exempt} is exempt but does not exist");
        }
        for key in keys.iter().filter(|key| key.name != "seaql_migrations" && !NOT_BY_RESELLER.contains(&key.name.as_str())) {
            assert_eq!(key.detail, "reseller_id", "a key of {} starts with {}", key.name, key.detail);
        }
    }
}

on_both_databases! {
    async fn ledger_entries_can_only_be_added(engine) {
        let database = TestDatabase::create(engine).await.unwrap();
        let db = database.connect().await;
        let id = if engine == Engine::Sqlite { "x'00000000000000000000000000000001'" } else { "'00000000-0000-0000-0000-000000000001'" };
        db.pool()
            .execute_unprepared(&format!(
                "INSERT INTO ledger_entries (reseller_id, id, sequence, kind, debit_account, credit_account, amount_minor, currency, \
                 wallet_minor, balance_after_minor, occurred_at, recorded_at, reason, actor_kind) VALUES ({id}, {id}, 1, 'top_up', \
                 'top_up_clearing', 'wallet', 100, 'EUR', 100, 100, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', 'test', 'system')"
            ))
            .await
            .unwrap();
        for statement in ["UPDATE ledger_entries SET amount_minor = 1", "DELETE FROM ledger_entries"] {
            let error = db.pool().execute_unprepared(statement).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{statement}: {error}");
        }
        // An entry whose wallet effect is not its amount is refused as well.
        let crooked = format!(
            "INSERT INTO ledger_entries (reseller_id, id, sequence, kind, debit_account, credit_account, amount_minor, currency, \
             wallet_minor, balance_after_minor, occurred_at, recorded_at, reason, actor_kind) SELECT reseller_id, reseller_id, 2, kind, \
             debit_account, credit_account, 100, currency, 99, 199, occurred_at, recorded_at, reason, actor_kind FROM ledger_entries WHERE id = {id}"
        );
        let error = db.pool().execute_unprepared(&crooked).await.unwrap_err().to_string().to_lowercase();
        assert!(error.contains("check constraint"), "{error}");
    }
}

/// Without it the values of a large reseller have statements prepared anew (`.cargo/config.toml`).
#[test]
fn sqlite_prepares_a_statement_once_for_all_values() {
    tests::block_on(async {
        let database = TestDatabase::create(Engine::Sqlite).await.unwrap();
        let db = database.connect().await;
        let sql = "SELECT sqlite_compileoption_used('ENABLE_QPSG')";
        let row = db.pool().query_one_raw(Statement::from_string(db.backend(), sql)).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 1);
    });
}
