//! Rows of a bulk statement, bound in the way that each driver is quickest with.
//!
//! PostgreSQL gets an array for each column, so that a statement has the same text for any number of rows and stays prepared.
//! SQLite gets a list of values with anonymous parameters (it looks named ones up one after the other), filled up with
//! nulls to one of few lengths, so that these statements stay prepared as well.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use crate::db::WriteTx;
use crate::error::Error;

/// How many rows a statement of SQLite may have; `PostgreSQL` takes as many as there are.
const SIZES: [usize; 5] = [4, 16, 64, 256, 1_024];
/// Rows of one statement at most.
const MOST_ROWS: usize = 16_384;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Id,
    Bytes,
    Text,
    Moment,
    Flag,
}

impl Kind {
    /// An array of it, as `PostgreSQL` names it.
    fn array(self) -> &'static str {
        match self {
            Self::Number => "bigint[]",
            Self::Id => "uuid[]",
            Self::Bytes => "bytea[]",
            Self::Text => "text[]",
            Self::Moment => "timestamptz[]",
            Self::Flag => "boolean[]",
        }
    }

    /// Nothing, for a row that only fills up.
    fn null(self) -> Value {
        match self {
            Self::Number => Value::BigInt(None),
            Self::Id => Value::Uuid(None),
            Self::Bytes => Value::Bytes(None),
            Self::Text => Value::String(None),
            Self::Moment => Value::ChronoDateTimeUtc(None),
            Self::Flag => Value::Bool(None),
        }
    }
}

/// What stands in one column of one row.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    Number(i64),
    Id(Uuid),
    Bytes(&'a [u8]),
    Text(&'a str),
    Moment(DateTime<Utc>),
    Flag(bool),
    Nothing,
}

impl Cell<'_> {
    fn value(self, kind: Kind) -> Value {
        match self {
            Self::Number(number) => number.into(),
            Self::Id(id) => id.into(),
            Self::Bytes(bytes) => bytes.to_vec().into(),
            Self::Text(text) => text.into(),
            Self::Moment(at) => at.into(),
            Self::Flag(is_set) => is_set.into(),
            Self::Nothing => kind.null(),
        }
    }

    /// As an element of an array in `PostgreSQL`'s spelling.
    fn spell(self, array: &mut String) {
        let _ = match self {
            Self::Number(number) => write!(array, "{number}"),
            Self::Id(id) => write!(array, "{}", id.simple()),
            Self::Bytes(bytes) => {
                array.push_str("\"\\\\x");
                for byte in bytes {
                    let _ = write!(array, "{byte:02x}");
                }
                write!(array, "\"")
            }
            Self::Text(text) => {
                array.push('"');
                for letter in text.chars() {
                    if matches!(letter, '"' | '\\') {
                        array.push('\\');
                    }
                    array.push(letter);
                }
                write!(array, "\"")
            }
            Self::Moment(at) => write!(array, "{}", at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            Self::Flag(is_set) => write!(array, "{is_set}"),
            Self::Nothing => write!(array, "NULL"),
        };
    }
}

/// Rows of the same columns. The first column is never null.
#[derive(Debug)]
pub struct Rows<'a> {
    columns: &'static [(&'static str, Kind)],
    cells: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    /// None yet.
    pub fn new(columns: &'static [(&'static str, Kind)]) -> Self {
        Self { columns, cells: Vec::new() }
    }

    /// One more.
    pub fn push<const WIDTH: usize>(&mut self, row: [Cell<'a>; WIDTH]) {
        debug_assert_eq!(WIDTH, self.columns.len());
        self.cells.extend(row);
    }

    /// Runs a statement on the rows, and returns what it returned.
    ///
    /// In `sql`, `{rows}` stands for `t (…) AS (…)`, from which rows are taken `WHERE` their first column `IS NOT NULL`; each `?`
    /// behind it for one of `values`.
    pub async fn query(&self, tx: &WriteTx, sql: &str, values: &[Value]) -> Result<Vec<QueryResult>, Error> {
        let mut found = Vec::new();
        for statement in self.statements(tx.connection().get_database_backend(), sql, values) {
            found.extend(tx.connection().query_all_raw(statement).await?);
        }
        Ok(found)
    }

    /// The same for a statement that returns nothing.
    pub async fn execute(&self, tx: &WriteTx, sql: &str, values: &[Value]) -> Result<(), Error> {
        for statement in self.statements(tx.connection().get_database_backend(), sql, values) {
            tx.connection().execute_raw(statement).await?;
        }
        Ok(())
    }

    fn statements(&self, backend: DbBackend, sql: &str, values: &[Value]) -> impl Iterator<Item = Statement> {
        let most = if backend == DbBackend::Sqlite { SIZES[SIZES.len() - 1] } else { MOST_ROWS };
        self.cells.chunks(self.columns.len() * most).map(move |cells| {
            let (source, mut bound) = match backend {
                DbBackend::Sqlite => self.list(cells),
                _ => self.arrays(cells),
            };
            let names = self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let sql = sql.replace("{rows}", &format!("t ({names}) AS ({source})"));
            let sql = if backend == DbBackend::Sqlite { sql } else { numbered(&sql, bound.len()) };
            bound.extend(values.iter().cloned());
            Statement::from_sql_and_values(backend, sql, bound)
        })
    }

    fn list(&self, cells: &[Cell<'_>]) -> (String, Vec<Value>) {
        let width = self.columns.len();
        let count = cells.len() / width;
        let size = SIZES.into_iter().find(|size| *size >= count).unwrap_or(count);
        let row = format!("({})", vec!["?"; width].join(","));
        let kinds = self.columns.iter().map(|(_, kind)| *kind).cycle();
        let mut bound: Vec<Value> = cells.iter().zip(kinds).map(|(cell, kind)| cell.value(kind)).collect();
        bound.extend(self.columns.iter().map(|(_, kind)| kind.null()).cycle().take((size - count) * width));
        (format!("VALUES {}", vec![row.as_str(); size].join(",")), bound)
    }

    fn arrays(&self, cells: &[Cell<'_>]) -> (String, Vec<Value>) {
        let width = self.columns.len();
        let mut bound: Vec<Value> = Vec::with_capacity(width);
        let mut arrays = Vec::with_capacity(width);
        for (place, (_, kind)) in self.columns.iter().enumerate() {
            let mut array = String::with_capacity(cells.len() / width * 20 + 2);
            array.push('{');
            for (index, cell) in cells.iter().skip(place).step_by(width).enumerate() {
                if index > 0 {
                    array.push(',');
                }
                cell.spell(&mut array);
            }
            array.push('}');
            bound.push(array.into());
            arrays.push(format!("(${}::text)::{}", place + 1, kind.array()));
        }
        (format!("SELECT * FROM unnest({})", arrays.join(", ")), bound)
    }
}

/// `?` as `$7`, `$8`, …, after as many as are taken.
fn numbered(sql: &str, taken: usize) -> String {
    let mut parts = sql.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        let _ = write!(numbered, "${}{part}", taken + index + 1);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[(&str, Kind)] = &[("no", Kind::Number), ("word", Kind::Text)];

    fn statements(backend: DbBackend, count: usize) -> Vec<(String, usize)> {
        let mut rows = Rows::new(COLUMNS);
        for _ in 0..count {
            rows.push([Cell::Number(7), Cell::Text("a\"b\\c")]);
        }
        let sql = "WITH {rows} SELECT no FROM t WHERE no > ? AND no < ?";
        let values = [1_i64.into(), 9_i64.into()];
        let statements = rows.statements(backend, sql, &values);
        statements.map(|statement| (statement.sql, statement.values.unwrap().0.len())).collect()
    }

    #[test]
    fn sqlite_gets_lists_of_few_lengths() {
        let row = "(?,?)";
        let expected =
            format!("WITH t (no, word) AS (VALUES {row},{row},{row},{row}) SELECT no FROM t WHERE no > ? AND no < ?");
        assert_eq!(statements(DbBackend::Sqlite, 3), [(expected, 10)]);
        let sizes =
            |count: usize| statements(DbBackend::Sqlite, count).into_iter().map(|(_, bound)| bound).collect::<Vec<_>>();
        assert_eq!(sizes(0), Vec::<usize>::new());
        assert_eq!(sizes(4), [10]);
        assert_eq!(sizes(5), [34]);
        assert_eq!(sizes(1_025), [2_050, 10]);
    }

    #[test]
    fn postgres_gets_an_array_for_each_column() {
        let expected = "WITH t (no, word) AS (SELECT * FROM unnest(($1::text)::bigint[], ($2::text)::text[])) \
                        SELECT no FROM t WHERE no > $3 AND no < $4";
        assert_eq!(statements(DbBackend::Postgres, 2_000), [(expected.to_owned(), 4)]);
        let mut array = String::new();
        Cell::Text("a\"b\\c").spell(&mut array);
        Cell::Bytes(&[1, 255]).spell(&mut array);
        assert_eq!(array, "\"a\\\"b\\\\c\"\"\\\\x01ff\"");
    }
}
