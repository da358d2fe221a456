//! Cells as values. A cell that cannot be read is a problem, and the row is left out.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use domain::billing_calendar::local_midnight;
use sha2::{Digest, Sha256};
use shared::vocab::UnknownWord;

use super::problems::Problems;
use super::table::{Format, Record};
use crate::clock::whole_micros;

/// The longest external id.
const MAX_ID_CHARS: usize = 64;

/// Reads the cells of one record.
pub struct Cells<'a> {
    format: &'static Format,
    record: &'a Record,
    problems: &'a mut Problems,
    is_whole: bool,
}

impl<'a> Cells<'a> {
    pub fn new(format: &'static Format, record: &'a Record, problems: &'a mut Problems) -> Self {
        Self { format, record, problems, is_whole: true }
    }

    /// Whether every cell could be read.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub fn problem(&mut self, column: &str, message: impl Into<String>) {
        self.is_whole = false;
        self.problems.push(self.format.file, Some(self.record.line), Some(column), message);
    }

    /// The cell, none if it is empty.
    pub fn optional(&self, column: &str) -> Option<&'a str> {
        let position = self.format.columns.iter().position(|known| *known == column)?;
        self.record.cells.get(position).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// A text of a limited length.
    pub fn text(&mut self, column: &str, longest: usize) -> Option<String> {
        let text = self.optional(column)?;
        if text.chars().count() > longest {
            self.problem(column, format!("is longer than {longest} characters"));
            return None;
        }
        Some(text.to_owned())
    }

    /// A text that must be there; empty after a problem.
    pub fn required(&mut self, column: &str, longest: usize) -> String {
        if self.optional(column).is_none() {
            self.problem(column, "must not be empty");
        }
        self.text(column, longest).unwrap_or_default()
    }

    /// An id of the sender's making.
    pub fn id(&mut self, column: &str) -> String {
        let id = self.required(column, MAX_ID_CHARS);
        if id.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            self.problem(column, format!("{id:?} must not contain spaces or control characters"));
        }
        id
    }

    /// One of a list of words.
    pub fn word<T: FromStr<Err = UnknownWord>>(&mut self, column: &str) -> Option<T> {
        let Some(text) = self.optional(column) else {
            self.problem(column, "must not be empty");
            return None;
        };
        self.parsed(
            column,
            text.parse().map_err(|error: UnknownWord| {
                format!("{text:?} is not known; expected one of {}", error.expected.join(", "))
            }),
        )
    }

    /// `true` or `false`.
    pub fn flag(&mut self, column: &str, default: bool) -> bool {
        match self.optional(column) {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(other) => {
                self.problem(column, format!("{other:?} must be true or false"));
                default
            }
        }
    }

    /// A whole number within bounds.
    pub fn number(&mut self, column: &str, (low, high): (u32, u32), default: u32) -> u32 {
        let Some(text) = self.optional(column) else { return default };
        match text.parse::<u32>() {
            Ok(number) if (low..=high).contains(&number) => number,
            _ => {
                self.problem(column, format!("{text:?} must be a whole number from {low} to {high}"));
                default
            }
        }
    }

    /// A date such as 2026-11-22.
    pub fn date(&mut self, column: &str) -> Option<NaiveDate> {
        let text = self.optional(column)?;
        let is_iso = text.len() == 10;
        let date = text.parse().ok().filter(|_| is_iso);
        self.parsed(column, date.ok_or_else(|| format!("{text:?} must be a date such as 2026-11-22")))
    }

    /// A moment such as 2026-11-22T13:02:00Z, or a date for its first moment in the reseller's zone if that is allowed.
    pub fn moment(&mut self, column: &str, zone: Option<chrono_tz::Tz>) -> Option<DateTime<Utc>> {
        let Some(text) = self.optional(column) else {
            self.problem(column, "must not be empty");
            return None;
        };
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Some(whole_micros(moment.to_utc()));
        }
        let Some(zone) = zone else {
            let expected =
                "must be a moment with its offset, such as 2026-11-22T13:02:00Z or 2026-11-22T14:02:00+01:00";
            self.problem(column, format!("{text:?} {expected}"));
            return None;
        };
        let date = text.parse::<NaiveDate>().ok().filter(|_| text.len() == 10);
        let midnight = date.and_then(|date| local_midnight(date, zone).ok());
        let expected = "must be a moment such as 2026-11-22T13:02:00Z or a date such as 2026-11-22";
        self.parsed(column, midnight.ok_or_else(|| format!("{text:?} {expected}")))
    }

    /// The value, or its problem.
    pub fn parsed<T>(&mut self, column: &str, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.problem(column, message)).ok()
    }

    /// What the row says: one half for what can never change, one for all of it.
    pub fn hash(&self, changeable: &[&str]) -> Vec<u8> {
        let half = |is_in: &dyn Fn(&str) -> bool| {
            let mut hash = Sha256::new();
            for (column, cell) in self.format.columns.iter().zip(&self.record.cells) {
                if is_in(column) && !cell.is_empty() {
                    hash.update(format!("{column}\u{1f}{cell}\u{1e}"));
                }
            }
            hash.finalize()[..16].to_vec()
        };
        [half(&|column| !changeable.contains(&column)), half(&|_| true)].concat()
    }
}
