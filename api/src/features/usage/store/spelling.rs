//! Values spelled out in a statement: numbers, ids and hashes of our own making only, never a text from outside.
//!
//! Binding each of them would cost more than the database's own work.

use std::fmt::Write;

use sea_orm::DbBackend;
use uuid::Uuid;

/// Rows, separated by commas.
pub fn list<T>(rows: &[T], write_row: impl Fn(&T, &mut String)) -> String {
    let mut sql = String::with_capacity(rows.len() * 96);
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            sql.push(',');
        }
        write_row(row, &mut sql);
    }
    sql
}

/// An id as the database reads it in a statement.
pub fn literal(backend: DbBackend, id: Uuid) -> String {
    match backend {
        DbBackend::Sqlite => format!("X'{}'", id.simple()),
        _ => format!("'{id}'::uuid"),
    }
}

/// Bytes as the database reads them in a statement.
pub fn bytes_literal(backend: DbBackend, bytes: &[u8]) -> String {
    let hex = bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    match backend {
        DbBackend::Sqlite => format!("X'{hex}'"),
        _ => format!("'\\x{hex}'::bytea"),
    }
}
