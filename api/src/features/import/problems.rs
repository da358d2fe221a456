//! Mistakes in the files, collected rather than told one at a time.

use std::fmt;

/// So many are listed; the rest is counted.
pub const MAX_PROBLEMS: usize = 100;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In which file.
    pub file: String,
    /// On which line, from 1; none if the whole file is meant.
    pub line: Option<u64>,
    /// In which column.
    pub column: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", column {column}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

/// All mistakes found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    listed: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    /// Adds a mistake.
    pub fn push(&mut self, file: &str, line: Option<u64>, column: Option<&str>, message: impl Into<String>) {
        if self.listed.len() == MAX_PROBLEMS {
            self.unlisted += 1;
            return;
        }
        let column = column.map(str::to_owned);
        self.listed.push(Problem { file: file.to_owned(), line, column, message: message.into() });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Those that are listed.
    pub fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.listed.len() + self.unlisted
    }
}

/// `, did you mean …?` where one of the known words is close to the given one.
pub fn suggestion<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> String {
    let closest = known
        .map(|word| (strsim::damerau_levenshtein(&given.to_lowercase(), &word.to_lowercase()), word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| *distance <= 2.max(word.chars().count() / 4));
    closest.map_or_else(String::new, |(_, word)| format!("; did you mean {word:?}?"))
}
