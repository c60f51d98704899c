//! How far an import is, for whoever waits: set by the one that works, looked at by the one that tells.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The last step done, shared between threads.
#[derive(Clone, Default)]
pub struct Progress(Arc<Mutex<Option<Step>>>);

/// A step that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Rows of a small file were read.
    Read { file: &'static str, rows: usize, bytes: u64, of: u64 },
    /// Rows of a small file are being compared with what is stored.
    Comparing { file: &'static str, rows: usize },
    /// Rows of a small file are being written.
    Writing { file: &'static str, rows: usize },
    /// Rows of a file were checked and compared; how many it has isn't known before its end.
    Checked { file: &'static str, rows: usize, bytes: u64, of: u64 },
    /// Rows of a file were passed by what writes.
    Written { file: &'static str, rows: usize, of: usize },
}

impl Progress {
    /// A step was done.
    pub fn set(&self, step: Step) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(step);
    }

    /// The last one.
    pub fn last(&self) -> Option<Step> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |bytes: u64, of: u64| bytes.saturating_mul(100).checked_div(of).unwrap_or(100).min(100);
        match self {
            Self::Read { file, rows, bytes, of } => {
                write!(f, "{file}: {} rows read, {} %", grouped(*rows), percent(*bytes, *of))
            }
            Self::Comparing { file, rows } => write!(f, "{file}: comparing {} rows", grouped(*rows)),
            Self::Writing { file, rows } => write!(f, "{file}: writing {} rows", grouped(*rows)),
            Self::Checked { file, rows, bytes, of } => {
                write!(f, "{file}: {} rows checked, {} %", grouped(*rows), percent(*bytes, *of))
            }
            Self::Written { file, rows, of } => {
                write!(f, "{file}: {} of {} rows written", grouped(*rows), grouped(*of))
            }
        }
    }
}

/// `1,000,000`
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
