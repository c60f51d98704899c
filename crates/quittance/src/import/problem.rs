//! What is wrong in an export, where, and what would be right.

use std::fmt;

/// One thing wrong with one value. The whole list is shown; nothing is written while it isn't empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File name inside the export.
    pub file: String,
    /// Line on which the record begins, from 1.
    pub line: u64,
    /// Column, or empty where the whole row is meant.
    pub column: String,
    /// The value as it stands in the file.
    pub value: String,
    /// What is wrong with it.
    pub wrong: String,
    /// What is expected, or what to do.
    pub expected: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if !self.column.is_empty() {
            write!(f, ": column {}, value {:?}", self.column, shortened(&self.value))?;
        }
        write!(f, ": {}. Expected: {}", self.wrong, self.expected)
    }
}

fn shortened(value: &str) -> String {
    let mut short: String = value.chars().take(60).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}
