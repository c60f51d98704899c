//! The invoices of another system, as `quittance compare` reads them: one row for an invoice, or one for each of its lines.

use std::collections::BTreeMap;
use std::path::Path;

use billing::Stream;
use billing::money::parse_decimal;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::problem::{Problem, Problems, Unread};
use super::source::Source;
use super::table::{Columns, Findings, RowReader, Table};
use crate::error::Result;

const COLUMNS: Columns =
    Columns { required: &["account", "stream", "issued_on", "total"], optional: &["line_description", "line_amount"] };

/// An invoice of the other system. Amounts are major units as they were written: the currency is the account's.
#[derive(Clone, Debug)]
pub struct OtherInvoice {
    /// Its account's code.
    pub account: String,
    /// The stream it would belong to here.
    pub stream: Stream,
    /// The date on it.
    pub issued_on: Date,
    /// With tax.
    pub total: Decimal,
    /// Description and amount without tax; none where the file gives totals alone.
    pub lines: Vec<(String, Decimal)>,
}

struct Row {
    line: u64,
    invoice: OtherInvoice,
}

/// Reads the file. With problems, nothing of it counts.
///
/// # Errors
/// `Refused` where it can't be read.
pub fn read(path: &Path) -> Result<(Vec<OtherInvoice>, Problems)> {
    let source = Source::other(path)?;
    let (mut problems, mut unread) = (Problems::default(), Unread::default());
    let mut invoices: BTreeMap<(String, Stream, Date), Row> = BTreeMap::new();
    let mut findings = Findings { problems: &mut problems, unread: &mut unread };
    let mut table = Table::open(&source, COLUMNS, &mut findings)?;
    while let Some(row) = table.row(&mut findings, parse)? {
        let one = &row.invoice;
        let key = (one.account.clone(), one.stream, one.issued_on);
        match invoices.get_mut(&key) {
            None => drop(invoices.insert(key, row)),
            Some(known) if known.invoice.total == one.total && !one.lines.is_empty() => {
                known.invoice.lines.extend(row.invoice.lines);
            }
            Some(known) => {
                let wrong = format!("its invoice stands on line {} already", known.line);
                let expected = "one row for each invoice, or one for each of its lines, all with the same total";
                findings.problems.push(Problem::of_row(source.name, row.line, wrong, expected));
            }
        }
    }
    if invoices.is_empty() && problems.count() == 0 {
        problems.push(Problem::of_row(source.name, 1, "it holds no invoice", "a row for each invoice"));
    }
    Ok((invoices.into_values().map(|row| row.invoice).collect(), problems))
}

fn parse(row: &mut RowReader<'_>) -> Row {
    let line = row.line();
    let (account, stream) = (row.id("account"), row.word("stream", Stream::Recurring));
    let (issued_on, total) = (row.date("issued_on"), row.decimal("total"));
    let description = row.optional_text("line_description");
    let amount = row.optional_text("line_amount").map(|text| signed(row, &text));
    let lines = match (description, amount) {
        (Some(description), Some(amount)) => vec![(description, amount)],
        (None, None) => Vec::new(),
        _ => {
            row.problem("line_amount", "a line needs both", "line_description and line_amount, or neither");
            Vec::new()
        }
    };
    Row { line, invoice: OtherInvoice { account, stream, issued_on, total, lines } }
}

/// Other systems take discounts off as lines below zero.
fn signed(row: &mut RowReader<'_>, text: &str) -> Decimal {
    let (sign, figure) = text.strip_prefix('-').map_or((Decimal::ONE, text), |figure| (-Decimal::ONE, figure));
    let amount = parse_decimal(figure).unwrap_or_else(|expected| {
        row.problem("line_amount", "it is not such a number", expected);
        Decimal::ZERO
    });
    amount * sign
}
