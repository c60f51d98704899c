//! The bytes of a file on their way to the CSV reader: lines are counted, quotes looked at, and the whole is hashed.

use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};

use super::quotes::{Fault, Misplaced, Quotes};

/// No record of the contract is nearly as long (bytes): one that is has a quote that nothing closes.
pub const LONGEST_RECORD: usize = 8 << 20;
/// Bytes of a value that are kept to be shown.
const SHOWN: usize = 400;

/// A quote of a record that stands where none may.
pub struct Misquoted {
    pub fault: Fault,
    /// The field it stands in, from 0.
    pub field: usize,
    /// That field as it stands in the file, or its beginning.
    pub value: String,
    /// How many lines of the record end before the field's first quote.
    pub lines_before: u64,
    /// Whether lines end between that and the misplaced one.
    pub spans_lines: bool,
}

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
    quotes: Quotes,
}

impl Lines {
    /// At the beginning of a file.
    pub fn of(source: Box<dyn Read + Send>) -> Self {
        let (hash, quotes) = (DefaultHasher::new(), Quotes::none());
        Self { source, window: Vec::new(), window_at: 0, counted: 0, line: 1, hash, quotes }
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

    /// The first misplaced quote of the record that ends before the byte `end` and that [`Lines::at`] was asked about last.
    pub fn misquoted(&mut self, end: u64) -> Option<Misquoted> {
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let Misplaced { fault, at, opened_at } = self.quotes.misplaced_before(end)?;
        let begin = self.window_at + self.counted;
        let record = self.window.get(self.counted..end.saturating_sub(self.window_at))?;
        let (at, opened_at) = (at.saturating_sub(begin), opened_at.saturating_sub(begin));
        let (field, value) = field_at(record, at);
        let lines_before = line_ends(record.get(..opened_at).unwrap_or_default());
        let spans_lines = record.get(opened_at..at).unwrap_or_default().contains(&b'\n');
        let value =
            String::from_utf8_lossy(value.get(..SHOWN).unwrap_or(value)).trim_end_matches(['\r', '\n']).to_owned();
        Some(Misquoted { fault, field, value, lines_before, spans_lines })
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
        self.quotes.see(read);
        if count == 0 && !buffer.is_empty() {
            self.quotes.end();
        }
        Ok(count)
    }
}

/// The field of a record that the byte at a place belongs to, as the CSV reader cuts it: its number and its bytes.
fn field_at(record: &[u8], at: usize) -> (usize, &[u8]) {
    let (mut field, mut begin, mut end) = (0, 0, record.len());
    let (mut is_quoted, mut closed_at) = (false, None);
    for (place, byte) in record.iter().enumerate() {
        match byte {
            b'"' if is_quoted => {
                is_quoted = false;
                closed_at = Some(place + 1);
            }
            // Two together are one of the text.
            b'"' if place == begin || closed_at == Some(place) => is_quoted = true,
            b',' if !is_quoted && place > at => {
                end = place;
                break;
            }
            b',' if !is_quoted => {
                field += 1;
                begin = place + 1;
            }
            _ => {}
        }
    }
    (field, record.get(begin..end).unwrap_or_default())
}

/// How many lines end in these bytes.
pub fn line_ends(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}
