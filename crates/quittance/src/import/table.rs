//! One CSV file of the export, record by record: its header checked, its values read as the types of the contract.

use std::str::FromStr;

use billing::money::parse_decimal;
use billing::words::UnknownWord;
use csv::{ByteRecord, StringRecord};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::countries;
use super::lines::{LONGEST_RECORD, Lines, Misquoted, line_ends};
use super::problem::{Problem, Problems, Unread};
use super::quotes::Fault;
use super::source::Source;
use crate::error::Result;

/// Characters of an id.
const LONGEST_ID: usize = 100;
/// Bytes read at a time.
const BUFFER: usize = 64 << 10;

/// What becomes of problems, and of the ids of rows that can't be read.
pub struct Findings<'a> {
    /// Everything wrong.
    pub problems: &'a mut Problems,
    /// Rows that others may refer to all the same.
    pub unread: &'a mut Unread,
}

/// The header of a file: columns that must be there, and then those of the optional ones that are, in this order.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// The first is mostly the id.
    pub required: &'static [&'static str],
    /// One that isn't there is empty on every row.
    pub optional: &'static [&'static str],
}

impl Columns {
    /// The name of the first column.
    pub fn first(self) -> &'static str {
        self.required.first().copied().unwrap_or_default()
    }

    /// The columns that a header names; nothing where it is not one of this file.
    fn named(self, header: &StringRecord) -> Option<Vec<&'static str>> {
        let mut optional = self.optional.iter();
        let is_required = header.iter().take(self.required.len()).eq(self.required.iter().copied());
        let more = header.iter().skip(self.required.len()).map(|name| optional.find(|known| **known == name));
        let more: Vec<&str> = more.collect::<Option<Vec<_>>>()?.into_iter().copied().collect();
        is_required.then(|| [self.required, &more].concat())
    }

    fn told(self) -> String {
        let required = self.required.join(",");
        if self.optional.is_empty() {
            return required;
        }
        format!("{required} and, where wanted, after them in this order: {}", self.optional.join(","))
    }
}

/// An open file. Its records come one after the other; what is wrong goes to the findings.
pub struct Table {
    source: Source,
    columns: Vec<&'static str>,
    reader: csv::Reader<Lines>,
    record: StringRecord,
    has_ended: bool,
}

impl Table {
    /// Opens a file and checks its header.
    ///
    /// # Errors
    /// `Refused` where it can't be read.
    pub fn open(source: &Source, columns: Columns, findings: &mut Findings<'_>) -> Result<Self> {
        let mut builder = csv::ReaderBuilder::new();
        let builder = builder.flexible(true).has_headers(false).buffer_capacity(BUFFER);
        let reader = builder.from_reader(source.open()?);
        let record = StringRecord::new();
        let mut table = Self { source: source.clone(), columns: Vec::new(), reader, record, has_ended: false };
        let wrong = match table.advance(findings)? {
            Some(_) => match columns.named(&table.record) {
                Some(named) => {
                    table.columns = named;
                    return Ok(table);
                }
                None => Some((format!("the header is {}", joined(table.record.iter())), columns.told())),
            },
            // Its first line was told already.
            None if table.has_ended => None,
            None => Some(("the file is empty".to_owned(), format!("the header {}", columns.told()))),
        };
        if let Some((wrong, expected)) = wrong {
            findings.problems.push(Problem::of_row(source.name, 1, wrong, expected));
        }
        table.give_up(findings);
        Ok(table)
    }

    /// The next row that is right, by `parse`; nothing at the end. Rows with a problem are told and passed over.
    ///
    /// # Errors
    /// `Refused` where the file can't be read on.
    pub fn row<R>(
        &mut self,
        findings: &mut Findings<'_>,
        parse: impl Fn(&mut RowReader<'_>) -> R,
    ) -> Result<Option<R>> {
        while let Some(line) = self.advance(findings)? {
            let (file, columns, record) = (self.source.name, self.columns.as_slice(), &self.record);
            let problems = &mut *findings.problems;
            let mut reader = RowReader { file, columns, record, line, place: 0, problems, wrong: 0, is_known: true };
            let row = if record.len() == columns.len() {
                Some(parse(&mut reader))
            } else {
                let wrong = format!("the row has {} values", record.len());
                reader.problem("", &wrong, &format!("{}, one for each column", columns.len()));
                None
            };
            match (row, reader.wrong, reader.is_known) {
                (Some(row), 0, _) => return Ok(Some(row)),
                (_, _, true) => findings.unread.add(file, record.get(0).unwrap_or_default()),
                // Nobody knows which id was meant: it may be any.
                (_, _, false) => findings.unread.add_file(file),
            }
        }
        Ok(None)
    }

    /// At most so many of the next rows that are right; none at the end.
    ///
    /// # Errors
    /// As [`Table::row`].
    pub fn rows<R>(
        &mut self,
        most: usize,
        findings: &mut Findings<'_>,
        parse: impl Fn(&mut RowReader<'_>) -> R,
    ) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = self.row(findings, &parse)?
        {
            rows.push(row);
        }
        Ok(rows)
    }

    /// How many bytes were read so far.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.reader.get_ref().bytes()).unwrap_or(u64::MAX)
    }

    /// A hash of everything read so far.
    pub fn hash(&self) -> u64 {
        self.reader.get_ref().hash()
    }

    /// Reads the next record that is one and gives the line on which it begins.
    fn advance(&mut self, findings: &mut Findings<'_>) -> Result<Option<u64>> {
        while !self.has_ended {
            let mut bytes = std::mem::take(&mut self.record).into_byte_record();
            let read = self.reader.read_byte_record(&mut bytes);
            if self.reader.get_ref().is_endless() {
                let line = self.reader.get_mut().at(bytes.position());
                let wrong = format!("a record from here on is longer than {} MB", LONGEST_RECORD >> 20);
                let expected = "a quote that closes the one that was opened";
                findings.problems.push(Problem::of_row(self.source.name, line, wrong, expected));
                self.give_up(findings);
                break;
            }
            if !read.map_err(|error| self.source.unreadable(&error))? {
                break;
            }
            let line = self.reader.get_mut().at(bytes.position());
            let end = self.reader.position().byte();
            if let Some(misquoted) = self.reader.get_mut().misquoted(end) {
                self.tell_misquoted(line, misquoted, &bytes, findings);
                continue;
            }
            match StringRecord::from_byte_record(bytes) {
                Ok(record) => {
                    self.record = record;
                    return Ok(Some(line));
                }
                Err(error) => {
                    let (at, bytes) = (error.utf8_error().clone(), error.into_byte_record());
                    let line = line + ends_before(&at, &bytes);
                    let value = String::from_utf8_lossy(bytes.get(at.field()).unwrap_or_default()).into_owned();
                    let place = self.of_field(at.field(), value);
                    let (wrong, expected) = ("these bytes are not UTF-8", "the file saved as UTF-8");
                    let problem = Problem { line, wrong: wrong.to_owned(), expected: expected.to_owned(), ..place };
                    self.pass_over(problem, at.field(), &bytes, findings);
                }
            }
        }
        Ok(None)
    }

    /// Tells a quote that stands where none may. Where one that isn't closed may have taken further rows into its field,
    /// nobody knows which: the file is read no further.
    fn tell_misquoted(&mut self, line: u64, misquoted: Misquoted, bytes: &ByteRecord, findings: &mut Findings<'_>) {
        let is_open = misquoted.fault == Fault::Open || misquoted.spans_lines;
        let (wrong, expected) = match misquoted.fault {
            _ if is_open => (
                "the quote that opens here isn't closed, or a quote inside the text isn't doubled; the file was read no further",
                "a quote that closes it, and every quote inside it doubled, such as \"a 24\"\" monitor\"",
            ),
            Fault::Bare => (
                "a quote stands in a value that doesn't begin with one",
                "the value in quotes and those inside it doubled, such as \"a 24\"\" monitor\"",
            ),
            Fault::Open | Fault::Closes => (
                "text follows the quote that closes the value",
                "every quote inside a value in quotes doubled, such as \"a 24\"\" monitor\"",
            ),
        };
        let line = if is_open { line + misquoted.lines_before } else { line };
        let place = self.of_field(misquoted.field, misquoted.value);
        let problem = Problem { line, wrong: wrong.to_owned(), expected: expected.to_owned(), ..place };
        self.pass_over(problem, misquoted.field, bytes, findings);
        if is_open {
            self.give_up(findings);
        }
    }

    /// A problem of a field of the record, with its column where the header is known.
    fn of_field(&self, field: usize, value: String) -> Problem {
        let column = self.columns.get(field).copied().unwrap_or_default().to_owned();
        let value = if column.is_empty() { String::new() } else { value };
        Problem { column, value, ..Problem::of_row(self.source.name, 0, "", "") }
    }

    /// Tells why a record can't be read, and remembers whose row it is where its id can be.
    fn pass_over(&mut self, problem: Problem, field: usize, bytes: &ByteRecord, findings: &mut Findings<'_>) {
        findings.problems.push(problem);
        match bytes.get(0).map(std::str::from_utf8) {
            // Without a header nothing is known of the rest either.
            _ if self.columns.is_empty() => self.give_up(findings),
            Some(Ok(id)) if field > 0 => findings.unread.add(self.source.name, id),
            _ => findings.unread.add_file(self.source.name),
        }
    }

    /// Reads no further: nobody knows what the rest of the file means.
    fn give_up(&mut self, findings: &mut Findings<'_>) {
        self.has_ended = true;
        findings.unread.add_file(self.source.name);
    }
}

fn joined<'s>(names: impl Iterator<Item = &'s str>) -> String {
    names.collect::<Vec<_>>().join(",")
}

/// How many lines of the record end before the wrong bytes.
fn ends_before(error: &csv::Utf8Error, record: &ByteRecord) -> u64 {
    let field = record.get(error.field()).and_then(|field| field.get(..error.valid_up_to())).unwrap_or_default();
    record.iter().take(error.field()).map(line_ends).sum::<u64>() + line_ends(field)
}

/// What a row says in a column that the header may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// The header leaves it out: what was recorded stays.
    Nothing,
    /// The value, or that there is none.
    This(Option<T>),
}

impl<T> Told<T> {
    /// What is told, or else what was recorded.
    pub fn or(self, recorded: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => recorded,
            Self::This(value) => value,
        }
    }
}

/// Reads the values of one row. A wrong value is told and replaced by a harmless one; the row is then dropped.
pub struct RowReader<'a> {
    file: &'static str,
    columns: &'a [&'static str],
    record: &'a StringRecord,
    line: u64,
    /// Of the column read last: the next one to be read is mostly the one after it.
    place: usize,
    problems: &'a mut Problems,
    wrong: usize,
    /// Whether its first column, mostly its id, is right.
    is_known: bool,
}

impl<'a> RowReader<'a> {
    /// The line the row begins on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What stands in a column; nothing where the header doesn't have it.
    fn raw(&mut self, column: &str) -> &'a str {
        let is_at = |place: usize| self.columns.get(place).is_some_and(|name| *name == column);
        let place = [self.place, self.place.saturating_add(1)].into_iter().find(|place| is_at(*place));
        let Some(place) = place.or_else(|| self.columns.iter().position(|name| *name == column)) else { return "" };
        self.place = place;
        self.record.get(place).unwrap_or_default()
    }

    /// A value that may be missing, of a column that may be missing as well.
    pub fn told<T>(&mut self, column: &str, read: fn(&mut Self, &str) -> Option<T>) -> Told<T> {
        if self.columns.contains(&column) { Told::This(read(self, column)) } else { Told::Nothing }
    }

    /// Tells a problem of one column.
    pub fn problem(&mut self, column: &str, wrong: &str, expected: &str) {
        self.wrong += 1;
        self.is_known &= self.columns.first() != Some(&column);
        let value = if column.is_empty() { String::new() } else { self.raw(column).to_owned() };
        let place = Problem::of_row(self.file, self.line, wrong, expected);
        self.problems.push(Problem { column: column.to_owned(), value, ..place });
    }

    /// Text that may be missing.
    pub fn optional_text(&mut self, column: &str) -> Option<String> {
        let text = self.raw(column);
        if let Some(odd) = unprintable(text) {
            let wrong = format!("it holds the character U+{:04X}, which can't be printed", u32::from(odd));
            self.problem(column, &wrong, "text without it");
        }
        if text.len() > 10_000 && text.chars().count() > 10_000 {
            self.problem(column, "it is too long", "at most 10,000 characters");
        }
        if text.is_empty() { None } else { Some(text.to_owned()) }
    }

    /// Text that must be there.
    pub fn text(&mut self, column: &str) -> String {
        let text = self.optional_text(column);
        if text.as_ref().is_none_or(|text| text.trim().is_empty()) {
            self.problem(column, "it is empty", "a value");
        }
        text.unwrap_or_default()
    }

    /// An id of the provider's systems, as they write it.
    pub fn id(&mut self, column: &str) -> String {
        let text = self.text(column);
        let is_short = text.len() <= LONGEST_ID || text.chars().count() <= LONGEST_ID;
        // What can't be printed at all was told with the text.
        let is_spread = text.trim() != text || text.contains(['\n', '\r', '\t']);
        if !text.trim().is_empty() && (is_spread || !is_short) {
            let expected = format!("at most {LONGEST_ID} characters on one line, with no blanks around them");
            self.problem(column, "it can't be an id", &expected);
        }
        text
    }

    /// The id of an account: it stands in web addresses and names of files.
    pub fn account_id(&mut self, column: &str) -> String {
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
        if !is_time(text) {
            self.problem(column, "it is not a time", "a time such as 08:30");
        }
        text.to_owned()
    }

    /// A decimal as the contract writes it.
    pub fn decimal(&mut self, column: &str) -> Decimal {
        parse_decimal(self.raw(column)).unwrap_or_else(|expected| {
            self.problem(column, "it is not such a number", expected);
            Decimal::ZERO
        })
    }

    /// A percentage of at most 100.
    pub fn percent(&mut self, column: &str) -> Decimal {
        let percent = self.decimal(column);
        if percent > Decimal::ONE_HUNDRED {
            self.problem(column, "it is more than 100 percent", "percent such as 6.875");
        }
        percent
    }

    /// A decimal that may be missing.
    pub fn optional_decimal(&mut self, column: &str) -> Option<Decimal> {
        if self.raw(column).is_empty() { None } else { Some(self.decimal(column)) }
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

    /// A number of months, 0 to 120, that may be missing.
    pub fn optional_months(&mut self, column: &str) -> Option<u32> {
        let text = self.raw(column);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            _ if text.is_empty() => None,
            Ok(months) if digits && months <= 120 => Some(months),
            _ => {
                self.problem(column, "it is not a number of months", "an integer from 0 to 120");
                None
            }
        }
    }

    fn no_word(&mut self, column: &str, unknown: UnknownWord) {
        let expected = format!("one of: {}", unknown.expected.join(", "));
        self.problem(column, "it is none of the words", &expected);
    }

    /// A word of a closed list.
    pub fn word<W: FromStr<Err = UnknownWord> + Copy>(&mut self, column: &str, fallback: W) -> W {
        self.raw(column).parse().unwrap_or_else(|unknown: UnknownWord| {
            self.no_word(column, unknown);
            fallback
        })
    }

    /// A word of a closed list that may be missing.
    pub fn optional_word<W: FromStr<Err = UnknownWord>>(&mut self, column: &str) -> Option<W> {
        let text = self.raw(column);
        if text.is_empty() {
            return None;
        }
        let word = text.parse();
        word.map_err(|unknown: UnknownWord| self.no_word(column, unknown)).ok()
    }

    /// A number of days or months that may be missing.
    pub fn optional_days(&mut self, column: &str) -> Option<u32> {
        if self.raw(column).is_empty() { None } else { Some(self.days(column)) }
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
        billing::Currency::from_code(text).unwrap_or_else(|| {
            self.problem(column, "it is not a currency", "an ISO 4217 code such as USD");
            billing::Currency::USD
        })
    }

    /// An ISO 3166 alpha-2 code.
    pub fn country(&mut self, column: &str) -> String {
        let text = self.raw(column);
        if !countries::is_country(text) {
            self.problem(column, "it is not a country", countries::EXPECTED);
        }
        text.to_owned()
    }

    /// An e-mail address as it will be mailed to; blanks around it mean nothing.
    pub fn email(&mut self, column: &str) -> String {
        let text = self.raw(column).trim();
        if let Err(error) = connect::mail::Address::new("", text) {
            self.problem(column, "it is not an e-mail address", &error.to_string());
        }
        text.to_owned()
    }
}

/// A character that is neither printed nor ends a line.
pub fn unprintable(text: &str) -> Option<char> {
    // Nearly always there is none, and bytes are quicker to look through: all of these characters have one such.
    let is_odd = |byte: u8| matches!(byte, 0..b' ' | 0x7f | 0xc2);
    if !text.bytes().any(is_odd) {
        return None;
    }
    text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// `HH:MM` from 00:00 to 23:59.
fn is_time(text: &str) -> bool {
    let part = |text: &str, limit: u8| {
        text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse().is_ok_and(|n: u8| n < limit)
    };
    text.split_once(':').is_some_and(|(hours, minutes)| part(hours, 24) && part(minutes, 60))
}
