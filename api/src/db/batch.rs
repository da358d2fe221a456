//! Statements that go out together: what a transition writes is about ten rows of as many tables, and a round trip for each
//! costs more than writing them.
//!
//! On `SQLite` they are one message, carried out one after the other. On `PostgreSQL` they are parts of one `WITH`: all act
//! on the same snapshot, constraints and triggers come last, and a part sees of another only what that returns.

use std::fmt::Write as _;

use sea_orm::sea_query::{
    Alias, InsertStatement, IntoColumnRef, PostgresQueryBuilder, QueryBuilder, SqlWriterValues, SqliteQueryBuilder,
    UpdateStatement,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryTrait, Statement};

use super::crash_point::is_armed;
use super::{CrashPoint, WriteTx, reach};

/// Statements of one write transaction that go out together.
#[derive(Debug)]
pub struct Batch {
    backend: DbBackend,
    /// Whether each waits for the one before it: where the process is to end between two of them.
    is_apart: bool,
    parts: Vec<Part>,
    least: u64,
}

#[derive(Debug)]
struct Part {
    change: Change,
    /// Whether another part reads what this one returns.
    returns: bool,
    point: Option<CrashPoint>,
}

#[derive(Debug)]
enum Change {
    Insert(InsertStatement),
    Update(UpdateStatement),
}

impl Batch {
    /// An empty one.
    pub fn new(tx: &WriteTx) -> Self {
        Self { backend: tx.connection().get_database_backend(), is_apart: is_armed(), parts: Vec::new(), least: 0 }
    }

    /// Whether each statement sees what those before it did.
    fn is_in_turn(&self) -> bool {
        self.is_apart || self.backend != DbBackend::Postgres
    }

    /// Adds rows of one table, of which there must be at least one.
    pub fn insert<A: ActiveModelTrait>(&mut self, rows: Vec<A>, point: Option<CrashPoint>) {
        let count = rows.len();
        self.add_insert(A::Entity::insert_many(rows).into_query(), count, point);
    }

    /// Adds an insertion of so many rows.
    pub fn add_insert(&mut self, insert: InsertStatement, rows: usize, point: Option<CrashPoint>) {
        self.least += rows as u64;
        self.parts.push(Part { change: Change::Insert(insert), returns: false, point });
    }

    /// Adds a change of so many rows at least.
    pub fn add_update(&mut self, update: UpdateStatement, least: usize, point: Option<CrashPoint>) {
        self.least += least as u64;
        self.parts.push(Part { change: Change::Update(update), returns: false, point });
    }

    /// Adds a change of one row, a column of which those behind it read: returns from where, none if from the table itself.
    pub fn add_source(
        &mut self,
        mut update: UpdateStatement,
        column: impl IntoColumnRef,
        point: Option<CrashPoint>,
    ) -> Option<Alias> {
        self.least += 1;
        let returns = !self.is_in_turn();
        if returns {
            update.returning_col(column);
        }
        self.parts.push(Part { change: Change::Update(update), returns, point });
        returns.then(|| Alias::new(name(self.parts.len() - 1)))
    }

    /// Carries everything out. Returns whether as many rows were written as were to be.
    pub async fn write(self, tx: &WriteTx) -> Result<bool, DbErr> {
        if self.is_apart || self.parts.len() < 2 {
            let mut written = 0;
            for part in &self.parts {
                written += tx.connection().execute_raw(self.build(std::slice::from_ref(part))).await?.rows_affected();
                if let Some(point) = part.point {
                    reach(point);
                }
            }
            return Ok(written >= self.least);
        }
        let statement = self.build(&self.parts);
        let written = match self.backend {
            DbBackend::Postgres => {
                let row = tx.connection().query_one_raw(statement).await?;
                let written: i64 = row.map(|row| row.try_get("", WRITTEN)).transpose()?.unwrap_or_default();
                u64::try_from(written).unwrap_or_default()
            }
            _ => tx.connection().execute_raw(statement).await?.rows_affected(),
        };
        self.parts.iter().filter_map(|part| part.point).for_each(reach);
        Ok(written >= self.least)
    }

    fn build(&self, parts: &[Part]) -> Statement {
        let sql = match self.backend {
            DbBackend::Postgres if parts.len() > 1 => at_once(parts),
            DbBackend::Postgres => in_turn(parts, &PostgresQueryBuilder),
            _ => in_turn(parts, &SqliteQueryBuilder),
        };
        let (sql, values) = sql.into_parts();
        Statement::from_sql_and_values(self.backend, sql, values)
    }
}

const WRITTEN: &str = "written";

fn name(index: usize) -> String {
    format!("s{index}")
}

fn writer(builder: &impl QueryBuilder) -> SqlWriterValues {
    let (placeholder, is_numbered) = builder.placeholder();
    SqlWriterValues::new(placeholder, is_numbered)
}

fn in_turn(parts: &[Part], builder: &impl QueryBuilder) -> SqlWriterValues {
    let mut sql = writer(builder);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            let _ = sql.write_str("; ");
        }
        part.change.build(builder, &mut sql);
    }
    sql
}

fn at_once(parts: &[Part]) -> SqlWriterValues {
    let mut sql = writer(&PostgresQueryBuilder);
    for (index, part) in parts.iter().enumerate() {
        let _ = write!(sql, "{} {} AS (", if index == 0 { "WITH" } else { "," }, name(index));
        part.change.build(&PostgresQueryBuilder, &mut sql);
        // What returns nothing cannot be counted.
        let _ = sql.write_str(if part.returns { ")" } else { " RETURNING 1)" });
    }
    for index in 0..parts.len() {
        let _ = write!(sql, "{} (SELECT COUNT(*) FROM {})", if index == 0 { " SELECT" } else { " +" }, name(index));
    }
    let _ = write!(sql, " AS {WRITTEN}");
    sql
}

impl Change {
    fn build(&self, builder: &impl QueryBuilder, sql: &mut SqlWriterValues) {
        match self {
            Self::Insert(insert) => insert.build_collect_any_into(builder, sql),
            Self::Update(update) => update.build_collect_any_into(builder, sql),
        }
    }
}
