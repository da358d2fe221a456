//! Spells shared SQL for SQLite and PostgreSQL.
//!
//! The scripts use PostgreSQL's type names; on SQLite they become the storage classes of STRICT tables. Sections between
//! `-- sqlite` or `-- postgres` and `-- end` go to that database alone.

use sea_orm_migration::DbErr;
use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// PostgreSQL's name and SQLite's storage class.
const TYPES: [(&str, &str); 8] = [
    (" UUID", " BLOB"),
    (" BYTEA", " BLOB"),
    (" TIMESTAMPTZ", " TEXT"),
    (" DATE", " TEXT"),
    (" BIGINT", " INTEGER"),
    (" SMALLINT", " INTEGER"),
    (" BOOLEAN", " INTEGER"),
    (" COLLATE \"C\"", ""),
];

/// Runs a script on whichever database this is.
pub async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    connection.execute_unprepared(&translate(script, manager.get_database_backend())).await?;
    Ok(())
}

fn translate(script: &str, backend: DbBackend) -> String {
    let is_sqlite = backend == DbBackend::Sqlite;
    let mut only_for: Option<bool> = None;
    let mut sql = String::with_capacity(script.len());
    for line in script.lines() {
        match line.trim() {
            "-- sqlite" => only_for = Some(true),
            "-- postgres" => only_for = Some(false),
            "-- end" => only_for = None,
            text if text.starts_with("--") => {}
            _ if only_for.is_some_and(|sqlite| sqlite != is_sqlite) => {}
            _ if is_sqlite => {
                let line = TYPES.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
                // A table ends with `);` at the start of a line.
                sql.push_str(if line == ");" { ") STRICT;" } else { &line });
                sql.push('\n');
            }
            _ => {
                sql.push_str(line);
                sql.push('\n');
            }
        }
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "-- a note\nCREATE TABLE a (\n  id UUID NOT NULL\n);\n-- sqlite\nONLY LITE;\n-- end\n-- postgres\nONLY PG;\n-- end\n";

    #[test]
    fn sqlite_gets_strict_tables_and_its_own_sections() {
        assert_eq!(
            translate(SCRIPT, DbBackend::Sqlite),
            "CREATE TABLE a (\n  id BLOB NOT NULL\n) STRICT;\nONLY LITE;\n"
        );
    }

    #[test]
    fn postgres_gets_the_script_as_written() {
        assert_eq!(translate(SCRIPT, DbBackend::Postgres), "CREATE TABLE a (\n  id UUID NOT NULL\n);\nONLY PG;\n");
    }
}
