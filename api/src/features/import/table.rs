//! Reading CSV files: encoding, header, cells. Knows which columns there are, not what they mean.

use std::collections::HashMap;
use std::path::Path;

use super::problems::{Problems, suggestion};

/// A file: its name, its columns, and how many of them, from the first, are required.
#[derive(Debug)]
pub struct Format {
    /// The name in the folder.
    pub file: &'static str,
    /// Columns, the required ones first.
    pub columns: &'static [&'static str],
    /// How many of them are required.
    pub required: usize,
}

pub const PRODUCTS: Format = Format {
    file: "products.csv",
    columns: &["external_id", "name", "description", "provisioning", "grace_days", "access_url", "access_note"],
    required: 2,
};
pub const PRICES: Format = Format {
    file: "prices.csv",
    columns: &["product", "billing_interval", "amount", "currency", "valid_from_on"],
    required: 3,
};
pub const CLIENTS: Format =
    Format { file: "clients.csv", columns: &["external_id", "name", "email", "notes"], required: 2 };
pub const ACTIVATIONS: Format = Format {
    file: "activations.csv",
    columns: &[
        "external_id",
        "product",
        "client",
        "billing_interval",
        "activated_on",
        "auto_renew",
        "priority",
        "paused_on",
        "resumed_on",
        "deactivated_on",
        "price",
        "notes",
    ],
    required: 5,
};
pub const MOVEMENTS: Format = Format {
    file: "balance_movements.csv",
    columns: &["external_id", "kind", "amount", "occurred_at", "reference"],
    required: 4,
};
pub const USAGE: Format =
    Format { file: "usage.csv", columns: &["id", "activation", "end_user", "occurred_at", "label"], required: 4 };

const FORMATS: [&Format; 6] = [&PRODUCTS, &PRICES, &CLIENTS, &ACTIVATIONS, &MOVEMENTS, &USAGE];

/// One line of a file.
#[derive(Debug, Clone)]
pub struct Record {
    /// Where it starts, from 1.
    pub line: u64,
    /// Cells in the order of the format's columns, trimmed; empty where there is none.
    pub cells: Vec<String>,
}

/// The lines of each file that is there.
pub type Tables = HashMap<&'static str, Vec<Record>>;

/// Reads the files of a folder.
pub fn read_folder(folder: &Path, problems: &mut Problems) -> Tables {
    let mut tables = Tables::new();
    let shown = folder.display().to_string();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(&shown, None, None, format!("the folder cannot be read: {error}"));
            return tables;
        }
    };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let known = || FORMATS.iter().map(|format| format.file);
    for name in names.iter().filter(|name| name.to_lowercase().ends_with(".csv")) {
        let Some(format) = FORMATS.iter().find(|format| format.file == name) else {
            let message = format!("there is no such file in an import{}", suggestion(name, known()));
            problems.push(name, None, None, message);
            continue;
        };
        match std::fs::read(folder.join(name)) {
            Ok(bytes) => {
                tables.insert(format.file, read_table(format, &bytes, problems));
            }
            Err(error) => problems.push(name, None, None, format!("the file cannot be read: {error}")),
        }
    }
    if tables.is_empty() && problems.is_empty() {
        let expected = known().collect::<Vec<_>>().join(", ");
        problems.push(&shown, None, None, format!("there is nothing to import; expected one or more of {expected}"));
    }
    tables
}

fn read_table(format: &Format, bytes: &[u8], problems: &mut Problems) -> Vec<Record> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut positions: Option<Vec<usize>> = None;
    let mut records = Vec::new();
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(format.file, None, None, format!("the file is not CSV: {error}"));
                break;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let Some(cells) = decode(format, &record, line, positions.as_deref(), problems) else { continue };
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let Some(positions) = &positions else {
            positions = Some(read_header(format, &cells, line, problems));
            if !problems.is_empty() && positions.as_ref().is_some_and(Vec::is_empty) {
                break;
            }
            continue;
        };
        if cells.len() != positions.len() {
            let message = format!("there are {} cells, the header has {}", cells.len(), positions.len());
            problems.push(format.file, Some(line), None, message);
            continue;
        }
        let mut ordered = vec![String::new(); format.columns.len()];
        for (cell, position) in cells.into_iter().zip(positions) {
            if let Some(place) = ordered.get_mut(*position) {
                *place = cell;
            }
        }
        records.push(Record { line, cells: ordered });
    }
    if positions.is_none() {
        problems.push(format.file, None, None, format!("the header is missing: {}", format.columns.join(",")));
    }
    records
}

fn decode(
    format: &Format,
    record: &csv::ByteRecord,
    line: u64,
    positions: Option<&[usize]>,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let mut cells = Vec::with_capacity(record.len());
    for (index, bytes) in record.iter().enumerate() {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let column = positions.and_then(|positions| format.columns.get(*positions.get(index)?)).copied();
            let message = "these bytes are not UTF-8; save the file as “CSV UTF-8”";
            problems.push(format.file, Some(line), column, message);
            return None;
        };
        cells.push(text.trim().to_owned());
    }
    Some(cells)
}

/// For each cell of the header its place among the format's columns; one past the end for what is not known.
fn read_header(format: &Format, cells: &[String], line: u64, problems: &mut Problems) -> Vec<usize> {
    if let [only] = cells
        && (only.contains(';') || only.contains('\t'))
    {
        problems.push(format.file, Some(line), None, "the cells must be separated by commas");
        return Vec::new();
    }
    let mut positions = Vec::with_capacity(cells.len());
    for cell in cells {
        let known = format.columns.iter().position(|column| column == cell);
        if known.is_none() {
            let hint = suggestion(cell, format.columns.iter().copied());
            problems.push(format.file, Some(line), Some(cell), format!("there is no such column{hint}"));
        }
        let position = known.unwrap_or(format.columns.len());
        if known.is_some() && positions.contains(&position) {
            problems.push(format.file, Some(line), Some(cell), "the column is there twice");
        }
        positions.push(position);
    }
    for (position, column) in format.columns.iter().enumerate().take(format.required) {
        if !positions.contains(&position) {
            problems.push(format.file, Some(line), Some(column), "the column is missing");
        }
    }
    positions
}
