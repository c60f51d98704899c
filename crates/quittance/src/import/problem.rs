//! What is wrong in an export, where, and what would be right.

use std::collections::HashSet;
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

/// Rows that could not be read, by file and first column: a row that refers to one of them is not wrong itself.
#[derive(Clone, Debug, Default)]
pub struct Unread {
    rows: HashSet<(String, String)>,
    files: HashSet<String>,
}

impl Unread {
    /// A row of which only the first column is known.
    pub fn add(&mut self, file: &str, id: &str) {
        self.rows.insert((file.to_owned(), id.to_owned()));
    }

    /// A file of which nothing is known.
    pub fn add_file(&mut self, file: &str) {
        self.files.insert(file.to_owned());
    }

    /// Whether `id` may stand in `file` all the same.
    pub fn may_hold(&self, file: &str, id: &str) -> bool {
        self.files.contains(file) || self.rows.contains(&(file.to_owned(), id.to_owned()))
    }
}

fn shortened(value: &str) -> String {
    let mut short: String = value.chars().take(60).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}
