//! One CSV file of the export: its header checked, its values read as the types of the contract.

use std::str::FromStr;

use billing::money::parse_decimal;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

use super::problem::{Problem, Unread};

/// A file's records, each with the line it begins on.
pub struct Table<'a> {
    file: &'a str,
    columns: &'a [&'a str],
    records: Vec<(u64, csv::StringRecord)>,
}

impl<'a> Table<'a> {
    /// Reads `bytes`; what is wrong with the file as a whole goes to `problems`.
    pub fn read(
        file: &'a str,
        bytes: &[u8],
        columns: &'a [&'a str],
        problems: &mut Vec<Problem>,
        unread: &mut Unread,
    ) -> Self {
        let before = problems.len();
        let table = Self::read_records(file, bytes, columns, problems);
        if problems.len() > before {
            unread.add_file(file);
        }
        table
    }

    fn read_records(file: &'a str, bytes: &[u8], columns: &'a [&'a str], problems: &mut Vec<Problem>) -> Self {
        let mut table = Self { file, columns, records: Vec::new() };
        let whole = |line: u64, wrong: String, expected: String| Problem {
            file: file.to_owned(),
            line,
            column: String::new(),
            value: String::new(),
            wrong,
            expected,
        };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.split(|byte| *byte == b'\n').count();
                let line = u64::try_from(line).unwrap_or(u64::MAX);
                problems.push(whole(line, "these bytes are not UTF-8".into(), "the file saved as UTF-8".into()));
                return table;
            }
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut lines = Lines::of(text);
        for record in reader.records() {
            match record {
                Ok(record) => {
                    table.records.push((lines.at(record.position()), record));
                }
                Err(error) => {
                    let line = lines.at(error.position());
                    problems.push(whole(line, format!("this is not CSV: {error}"), "RFC 4180".into()));
                }
            }
        }
        if table.records.is_empty() {
            problems.push(whole(1, "the file is empty".into(), format!("the header {}", columns.join(","))));
            return table;
        }
        let (_, header) = table.records.remove(0);
        if header.iter().ne(columns.iter().copied()) {
            let found = header.iter().collect::<Vec<_>>().join(",");
            problems.push(whole(1, format!("the header is {found}"), columns.join(",")));
            table.records.clear();
        }
        table
    }

    /// Reads every row by `parse`; rows with a problem are left out, with their problems told.
    pub fn rows<R>(
        &self,
        problems: &mut Vec<Problem>,
        unread: &mut Unread,
        mut parse: impl FnMut(&mut RowReader<'_>) -> R,
    ) -> Vec<R> {
        let mut rows = Vec::with_capacity(self.records.len());
        for (line, record) in &self.records {
            let mut reader = RowReader { table: self, line: *line, record, problems, wrong: 0, is_known: true };
            if record.len() != self.columns.len() {
                let wrong = format!("the row has {} values", record.len());
                reader.whole(&wrong, &format!("{}, one for each column", self.columns.len()));
                unread.add(self.file, record.get(0).unwrap_or_default());
                continue;
            }
            let row = parse(&mut reader);
            match (reader.wrong, reader.is_known) {
                (0, _) => rows.push(row),
                (_, true) => unread.add(self.file, record.get(0).unwrap_or_default()),
                // Nobody knows which id was meant: it may be any.
                (_, false) => unread.add_file(self.file),
            }
        }
        rows
    }
}

/// Counts the lines before a record. The reader's own count is one short where the record before ended with CRLF, and
/// where empty lines stand between.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { text: text.as_bytes(), counted: 0, line: 1 }
    }

    /// The line on which the record at `position` begins; positions come in their order.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.counted);
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let rest = self.text.get(start..).unwrap_or_default();
        let begins = start + rest.iter().take_while(|byte| is_end(byte)).count();
        let between = self.text.get(self.counted..begins).unwrap_or_default();
        let passed = between.iter().filter(|byte| **byte == b'\n').count();
        self.line += u64::try_from(passed).unwrap_or(0);
        self.counted = self.counted.max(begins);
        self.line
    }
}

/// Reads the values of one row. A wrong value is told and replaced by a harmless one; the row is then dropped.
pub struct RowReader<'a> {
    table: &'a Table<'a>,
    line: u64,
    record: &'a csv::StringRecord,
    problems: &'a mut Vec<Problem>,
    wrong: usize,
    /// Whether its first column, mostly its id, is right.
    is_known: bool,
}

impl RowReader<'_> {
    /// The line the row begins on.
    pub fn line(&self) -> u64 {
        self.line
    }

    fn raw(&self, column: &str) -> String {
        let index = self.table.columns.iter().position(|name| *name == column);
        index.and_then(|index| self.record.get(index)).unwrap_or_default().to_owned()
    }

    /// Tells a problem of one column.
    pub fn problem(&mut self, column: &str, wrong: &str, expected: &str) {
        self.wrong += 1;
        self.is_known &= self.table.columns.first() != Some(&column);
        self.problems.push(Problem {
            file: self.table.file.to_owned(),
            line: self.line,
            column: column.to_owned(),
            value: if column.is_empty() { String::new() } else { self.raw(column) },
            wrong: wrong.to_owned(),
            expected: expected.to_owned(),
        });
    }

    fn whole(&mut self, wrong: &str, expected: &str) {
        self.problem("", wrong, expected);
    }

    /// Text that may be missing.
    pub fn optional_text(&mut self, column: &str) -> Option<String> {
        let text = self.raw(column);
        if let Some(odd) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            let wrong = format!("it holds the character U+{:04X}, which can't be printed", u32::from(odd));
            self.problem(column, &wrong, "text without it");
        }
        if text.chars().count() > 10_000 {
            self.problem(column, "it is too long", "at most 10,000 characters");
        }
        if text.is_empty() { None } else { Some(text) }
    }

    /// Text that must be there.
    pub fn text(&mut self, column: &str) -> String {
        let text = self.optional_text(column);
        if text.as_ref().is_none_or(|text| text.trim().is_empty()) {
            self.problem(column, "it is empty", "a value");
        }
        text.unwrap_or_default()
    }

    /// An id of the provider's systems: it stands in URLs and on paper.
    pub fn id(&mut self, column: &str) -> String {
        let text = self.text(column);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !text.is_empty() && (text.len() > 40 || !text.chars().all(allowed)) {
            self.problem(column, "it can't be an id", "at most 40 letters, digits, -, _ and .");
        }
        text
    }

    /// An id that may be missing.
    pub fn optional_id(&mut self, column: &str) -> Option<String> {
        if self.raw(column).is_empty() { None } else { Some(self.id(column)) }
    }

    /// A date that must be there.
    pub fn date(&mut self, column: &str) -> Date {
        self.optional_date(column).unwrap_or_else(|| {
            if self.raw(column).is_empty() {
                self.problem(column, "it is empty", "a date such as 2026-09-18");
            }
            Date::ZERO
        })
    }

    /// A date that may be missing; years 1900 to 9998, so that every span of days can be counted.
    pub fn optional_date(&mut self, column: &str) -> Option<Date> {
        let text = self.raw(column);
        if text.is_empty() {
            return None;
        }
        let date: Option<Date> = if text.len() == 10 { text.parse().ok() } else { None };
        match date {
            Some(date) if (1900..9999).contains(&date.year()) => Some(date),
            _ => {
                self.problem(column, "it is not a date", "a date such as 2026-09-18");
                None
            }
        }
    }

    /// A time of day, kept as written.
    pub fn time(&mut self, column: &str) -> String {
        let text = self.raw(column);
        let time: Result<Time, _> = format!("{text}:00").parse();
        if text.len() != 5 || time.is_err() {
            self.problem(column, "it is not a time", "a time such as 08:30");
        }
        text
    }

    /// A decimal as the contract writes it.
    pub fn decimal(&mut self, column: &str) -> Decimal {
        parse_decimal(&self.raw(column)).unwrap_or_else(|expected| {
            self.problem(column, "it is not such a number", expected);
            Decimal::ZERO
        })
    }

    /// A number of days, 0 to 3650.
    pub fn days(&mut self, column: &str) -> u32 {
        let text = self.raw(column);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(days) if digits && days <= 3650 => days,
            _ => {
                self.problem(column, "it is not a number of days", "an integer from 0 to 3650");
                0
            }
        }
    }

    /// A word of a closed list.
    pub fn word<W: FromStr<Err = billing_words::UnknownWord> + Copy>(&mut self, column: &str, fallback: W) -> W {
        self.raw(column).parse().unwrap_or_else(|unknown: billing_words::UnknownWord| {
            self.problem(column, "it is none of the words", &unknown.to_string());
            fallback
        })
    }

    /// `yes` or `no`.
    pub fn yes_no(&mut self, column: &str) -> bool {
        let text = self.raw(column);
        if text != "yes" && text != "no" {
            self.problem(column, "it is neither yes nor no", "yes or no");
        }
        text == "yes"
    }

    /// An ISO 4217 code.
    pub fn currency(&mut self, column: &str) -> billing::Currency {
        let text = self.raw(column);
        billing::Currency::from_code(&text).unwrap_or_else(|| {
            self.problem(column, "it is not a currency", "an ISO 4217 code such as USD");
            billing::Currency::USD
        })
    }

    /// An ISO 3166 alpha-2 code.
    pub fn country(&mut self, column: &str) -> String {
        let text = self.raw(column);
        if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.problem(column, "it is not a country", "an ISO 3166 code such as US");
        }
        text
    }

    /// An e-mail address as it will be mailed to.
    pub fn email(&mut self, column: &str) -> String {
        let text = self.raw(column);
        if let Err(error) = connect::mail::Address::new("", &text) {
            self.problem(column, "it is not an e-mail address", &error.to_string());
        }
        text
    }
}

use billing::words as billing_words;
