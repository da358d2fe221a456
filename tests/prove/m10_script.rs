//! From what PostgreSQL logged of one activation, a script with which pgbench does the same.
//!
//! Ids that two activations share stand as they are, those that differ are made anew; the wallet's number and balance come
//! from the statement that changes it, as they do in the product.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A statement as it was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// With `$1`, `$2`, … in it.
    pub sql: String,
    /// Their values; none for NULL.
    pub values: Vec<Option<String>>,
}

/// Reads the log: statements, each with the parameters that the next line has.
pub fn read_log(log: &str) -> Vec<Logged> {
    let mut found: Vec<Logged> = Vec::new();
    let mut is_sql = false;
    for line in log.lines() {
        if let Some(text) = line.strip_prefix('\t') {
            if let Some(last) = found.last_mut().filter(|_| is_sql) {
                let _ = write!(last.sql, " {text}");
            }
            continue;
        }
        is_sql = false;
        if let Some((_, rest)) = line.split_once("] LOG:  ") {
            let executed = rest.strip_prefix("execute ").and_then(|rest| rest.split_once(": ")).map(|(_, sql)| sql);
            if let Some(sql) = executed.or_else(|| rest.strip_prefix("statement: ")) {
                found.push(Logged { sql: sql.to_owned(), values: Vec::new() });
                is_sql = true;
            }
        } else if let Some((_, rest)) = line.split_once("] DETAIL:  parameters: ")
            && let Some(last) = found.last_mut()
        {
            last.values = values(rest);
        }
    }
    found
}

/// `$1 = 'it''s', $2 = NULL`.
fn values(text: &str) -> Vec<Option<String>> {
    let (mut values, mut rest) = (Vec::new(), text);
    while let Some((_, after)) = rest.split_once(" = ") {
        let Some(quoted) = after.strip_prefix('\'') else {
            values.push(None);
            rest = after.strip_prefix("NULL").unwrap_or(after);
            continue;
        };
        let (mut value, mut characters) = (String::new(), quoted.char_indices().peekable());
        let mut end = quoted.len();
        while let Some((at, character)) = characters.next() {
            if character != '\'' {
                value.push(character);
            } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
                characters.next();
                value.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        values.push(Some(value));
        rest = &quoted[end..];
    }
    values
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Every id among the parameters.
fn ids(statements: &[Logged]) -> BTreeSet<String> {
    statements.iter().flat_map(|logged| logged.values.iter().flatten()).filter(|text| is_id(text)).cloned().collect()
}

/// What the script is made of.
#[derive(Debug)]
pub struct Sample<'a> {
    /// One activation.
    pub statements: &'a [Logged],
    /// Another one of the same reseller.
    pub other: &'a [Logged],
    /// The ids of which each copied reseller has its own.
    pub own: &'a [String],
    /// The key under which it was asked for.
    pub key: &'a str,
    /// The copied resellers, numbered from 1; 0 for the original alone.
    pub copies: u32,
}

impl Sample<'_> {
    /// The script.
    pub fn script(&self) -> String {
        let shared = ids(self.other);
        let fresh: BTreeMap<String, usize> = ids(self.statements).difference(&shared).cloned().zip(1_usize..).collect();
        let mut script = format!("\\set wallet random(1, {})\n", self.copies.max(1));
        for number in 0..=fresh.len() {
            let _ = writeln!(script, "\\set u{number} random(100000000000, 999999999999)");
        }
        for logged in self.statements {
            let columns = entry_columns(&logged.sql);
            let mut sql = logged.sql.clone();
            // From the last on, so that $1 is not found in $10.
            for (index, value) in logged.values.iter().enumerate().rev() {
                let number = index + 1;
                let written = match columns.get(&number).map(String::as_str) {
                    Some("sequence") => ":w_last_sequence".to_owned(),
                    Some("balance_after_minor") => ":w_balance_minor".to_owned(),
                    _ => self.expression(&logged.sql, value.as_deref(), &fresh),
                };
                sql = sql.replace(&format!("${number}"), &written);
            }
            script.push_str(&sql);
            script.push_str(if sql.contains("RETURNING \"balance_minor\"") { " \\gset w_\n" } else { ";\n" });
        }
        script
    }

    fn expression(&self, sql: &str, value: Option<&str>, fresh: &BTreeMap<String, usize>) -> String {
        let Some(value) = value else { return "NULL".to_owned() };
        if sql.contains("pg_try_advisory_xact_lock") {
            return "CAST(:u0 AS bigint)".to_owned();
        }
        if value == self.key {
            return "concat('bench-', CAST(:u0 AS text))".to_owned();
        }
        if let Some(number) = fresh.get(value) {
            return format!("CAST(concat('0192f0a0-0000-7000-8000-', CAST(:u{number} AS text)) AS uuid)");
        }
        if self.copies > 0 && self.own.iter().any(|own| own == value) {
            return format!(
                "CAST(overlay('{value}' PLACING lpad(to_hex(CAST(:wallet AS integer)), 8, '0') FROM 29) AS uuid)"
            );
        }
        literal(value)
    }
}

/// The columns of the ledger entry that a statement writes, by the number of their parameters.
fn entry_columns(sql: &str) -> BTreeMap<usize, String> {
    let read = || {
        let (_, rest) = sql.split_once("INSERT INTO \"ledger_entries\" (")?;
        let (names, rest) = rest.split_once(") VALUES (")?;
        let (values, _) = rest.split_once(')')?;
        let numbers = values.split(", ").map(|value| value.strip_prefix('$')?.parse().ok());
        let names = names.split(", ").map(|name| name.trim_matches('"').to_owned());
        Some(numbers.zip(names).filter_map(|(number, name)| Some((number?, name))).collect())
    };
    read().unwrap_or_default()
}

/// pgbench takes every colon for the beginning of a variable.
fn literal(value: &str) -> String {
    let quoted = value.replace('\'', "''");
    if quoted.contains(':') {
        format!("U&'{}'", quoted.replace('\\', "\\\\").replace(':', "\\003A"))
    } else {
        format!("'{quoted}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_with_its_parameters() {
        let log = "2026-11-22 13:02:00.1 UTC [7] LOG:  execute sqlx_s_1: INSERT INTO \"a\" (\"id\", \"b\")\n\
                   \tVALUES ($1, $2)\n2026-11-22 13:02:00.1 UTC [7] DETAIL:  parameters: $1 = 'it''s = 1', $2 = NULL\n\
                   2026-11-22 13:02:00.1 UTC [7] LOG:  statement: COMMIT\n";
        let read = read_log(log);
        assert_eq!(read[0].sql, "INSERT INTO \"a\" (\"id\", \"b\") VALUES ($1, $2)");
        assert_eq!(read[0].values, [Some("it's = 1".to_owned()), None]);
        assert_eq!(entry_columns(&read[0].sql), BTreeMap::new());
        let both = "WITH s0 AS (INSERT INTO \"a\" (\"sequence\") VALUES ($1) RETURNING 1), s1 AS (INSERT INTO \
                    \"ledger_entries\" (\"id\", \"sequence\") VALUES ($2, $3) RETURNING 1) SELECT 1";
        assert_eq!(entry_columns(both), BTreeMap::from([(2, "id".to_owned()), (3, "sequence".to_owned())]));
        assert_eq!(read[1], Logged { sql: "COMMIT".to_owned(), values: Vec::new() });
        assert_eq!(literal("13:02 'x'"), "U&'13\\003A02 ''x'''");
    }
}
