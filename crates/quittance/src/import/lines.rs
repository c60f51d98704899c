//! The bytes of a file on their way to the CSV reader: lines are counted and the whole is hashed.

use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};

/// No record of the contract is nearly as long (bytes): one that is has a quote that nothing closes.
pub const LONGEST_RECORD: usize = 8 << 20;

/// Counts the lines before a record. The CSV reader's own count is one short where the record before ended with CRLF,
/// and where empty lines stand between.
pub struct Lines {
    source: Box<dyn Read + Send>,
    /// What was read and isn't left behind yet.
    window: Vec<u8>,
    /// Where the window begins in the file.
    window_at: usize,
    /// How much of the window is counted.
    counted: usize,
    line: u64,
    hash: DefaultHasher,
}

impl Lines {
    /// At the beginning of a file.
    pub fn of(source: Box<dyn Read + Send>) -> Self {
        Self { source, window: Vec::new(), window_at: 0, counted: 0, line: 1, hash: DefaultHasher::new() }
    }

    /// The line on which the record at `position` begins; positions come in their order.
    pub fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let start = start.saturating_sub(self.window_at).max(self.counted);
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let rest = self.window.get(start..).unwrap_or_default();
        let begins = start + rest.iter().take_while(|byte| is_end(byte)).count();
        let between = self.window.get(self.counted..begins).unwrap_or_default();
        self.line += line_ends(between);
        self.counted = begins;
        self.line
    }

    /// How many bytes were read.
    pub fn bytes(&self) -> usize {
        self.window_at + self.window.len()
    }

    /// A hash of everything read so far: another pass over the same bytes ends with the same.
    pub fn hash(&self) -> u64 {
        self.hash.finish()
    }

    /// Whether the record being read is longer than any can be.
    pub fn is_endless(&self) -> bool {
        self.window.len() - self.counted > LONGEST_RECORD
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_endless() {
            return Err(io::Error::other("a record doesn't end"));
        }
        self.window.drain(..self.counted);
        self.window_at += self.counted;
        self.counted = 0;
        let count = self.source.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.window.extend_from_slice(read);
        self.hash.write(read);
        Ok(count)
    }
}

/// How many lines end in these bytes.
pub fn line_ends(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}
