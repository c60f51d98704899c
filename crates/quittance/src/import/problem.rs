//! What is wrong in an export, where, and what would be right.

use std::collections::HashSet;
use std::fmt;

use super::listed::Listed;

/// How many problems are kept to be shown; the rest is counted.
const SHOWN: usize = 10_000;
/// Characters of a value that are shown.
const VALUE: usize = 60;

/// One thing wrong with one value. Nothing is written while there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File name inside the export.
    pub file: String,
    /// Line on which the record begins, from 1.
    pub line: u64,
    /// Column, or empty where the whole row is meant.
    pub column: String,
    /// The value as it stands in the file, or its beginning.
    pub value: String,
    /// What is wrong with it.
    pub wrong: String,
    /// What is expected, or what to do.
    pub expected: String,
}

impl Problem {
    /// A problem of a file, or of a row as a whole.
    pub fn of_row(file: &str, line: u64, wrong: impl Into<String>, expected: impl Into<String>) -> Self {
        let (wrong, expected) = (wrong.into(), expected.into());
        Self { file: file.to_owned(), line, column: String::new(), value: String::new(), wrong, expected }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if !self.column.is_empty() {
            write!(f, ": column {}, value {:?}", self.column, self.value)?;
        }
        write!(f, ": {}. Expected: {}", self.wrong, self.expected)
    }
}

/// Everything that is wrong: the first ones to be shown, all of them counted.
#[derive(Clone, Debug)]
pub struct Problems(Listed<Problem>);

impl Default for Problems {
    fn default() -> Self {
        Self(Listed::at_most(SHOWN))
    }
}

impl Problems {
    /// One more.
    pub fn push(&mut self, mut problem: Problem) {
        problem.value = shortened(&problem.value);
        self.0.push(problem);
    }

    /// Those of a part of the work, after those known.
    pub fn append(&mut self, others: Problems) {
        self.0.append(others.0);
    }

    /// How many there are, shown or not.
    pub fn count(&self) -> usize {
        self.0.count()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Whether further ones are only counted.
    pub fn is_full(&self) -> bool {
        self.0.is_full()
    }

    /// Those to show, by file and line.
    pub fn shown(&self) -> Vec<&Problem> {
        let mut shown: Vec<&Problem> = self.0.shown().iter().collect();
        shown.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        shown
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

    /// Whether something of `file` is not known.
    pub fn misses_some_of(&self, file: &str) -> bool {
        self.files.contains(file) || self.rows.iter().any(|(of, _)| of == file)
    }

    /// Whether `id` may stand in `file` all the same.
    pub fn may_hold(&self, file: &str, id: &str) -> bool {
        self.files.contains(file) || self.rows.contains(&(file.to_owned(), id.to_owned()))
    }
}

fn shortened(value: &str) -> String {
    let mut short: String = value.chars().take(VALUE).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}
