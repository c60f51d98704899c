//! A statement as people and files read it: the ledger's movements with words, a running balance, and the ageing.

use billing::ledger::EntryKind;
use billing::settling::Open;
use billing::statement::{aged, running};
use billing::{Currency, Span};
use documents::DateOrder;
use jiff::civil::Date;
use store::account_statement::{MovementRow, StatementParts};

use crate::error::{Error, Result};
use crate::paper::words;
use crate::spreadsheet::calm;

/// One movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// When it was booked.
    pub on: Date,
    /// What it is about.
    pub kind: EntryKind,
    /// The document's number; empty for a booking.
    pub number: String,
    /// `Invoice, due Nov 1`, `Credit for INV-20001: …`.
    pub what: String,
    /// How what is owed less credit changes.
    pub amount: i64,
    /// What is owed less credit after it.
    pub balance: i64,
}

/// What happened on an account in a time. Every figure is a sum of the ledger's postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// First day, and first day not shown.
    pub span: Span,
    /// In what currency; amounts are minor units.
    pub currency: Currency,
    /// What was owed less credit before the first day.
    pub opening: i64,
    /// In the order they were booked.
    pub lines: Vec<StatementLine>,
    /// What is owed less credit after the last day.
    pub closing: i64,
    /// The closing balance by age, as in `ageing::COLUMNS`.
    pub ageing: [i64; 5],
}

/// Puts the ledger's parts together.
///
/// # Errors
/// `Refused` where sums leave 64 bits.
pub fn statement(parts: &StatementParts, span: Span, currency: Currency, order: DateOrder) -> Result<Statement> {
    let run = running(parts.opening_minor, parts.movements.iter().map(|row| row.amount_minor))?;
    let lines = parts.movements.iter().zip(&run.after).map(|(row, balance)| StatementLine {
        on: row.posted_on,
        kind: row.kind,
        number: row.number.clone().unwrap_or_default(),
        what: what(row, order),
        amount: row.amount_minor,
        balance: *balance,
    });
    let open: Vec<Open> = parts
        .open
        .iter()
        .map(|row| Open { document: row.document_id.into(), due_on: row.due_on, balance: row.balance_minor })
        .collect();
    Ok(Statement {
        span,
        currency,
        opening: parts.opening_minor,
        lines: lines.collect(),
        closing: run.closing,
        ageing: aged(&open, parts.credit_minor, span.last())?,
    })
}

fn what(row: &MovementRow, order: DateOrder) -> String {
    let invoice = row.invoice.as_deref().unwrap_or_default();
    let reason = row.reason.as_deref().unwrap_or_default();
    let payment = row.payment.as_deref().unwrap_or_default();
    let due = row.due_on.map(|on| format!(", due {}", words::beside(on, row.posted_on, order))).unwrap_or_default();
    match row.kind {
        EntryKind::Invoice => format!("Invoice{due}"),
        EntryKind::CreditNote => format!("Credit for {invoice}: {reason}"),
        EntryKind::LateFee => format!("Late fee for {invoice}{due}"),
        EntryKind::Payment => format!("Payment, {reason}"),
        EntryKind::Refund => format!("Refund, {reason}"),
        EntryKind::WriteOff => "Written off".to_owned(),
        EntryKind::CreditUsed => "Credit used".to_owned(),
        EntryKind::Goodwill => format!("Credit: {reason}"),
        EntryKind::Returned => format!("Payment returned, {payment}: {reason}"),
        EntryKind::Chargeback => format!("Payment charged back, {payment}: {reason}"),
        EntryKind::Reinstated => format!("Payment reinstated, {payment}: {reason}"),
        EntryKind::BankFee | EntryKind::Payout => reason.to_owned(),
    }
}

/// A line of the file for spreadsheets: dates `YYYY-MM-DD`, amounts plain decimals with a hyphen as minus.
#[derive(serde::Serialize)]
struct Record<'a> {
    date: String,
    kind: &'a str,
    number: String,
    what: String,
    amount: String,
    balance: String,
    currency: &'a str,
}

/// The statement for spreadsheets: opening, every movement, closing.
///
/// # Errors
/// `Internal` where the text can't be made: a bug.
pub fn csv(made: &Statement) -> Result<String> {
    let figure = |minor: i64| billing::money::major(minor, made.currency).to_string();
    let currency = made.currency.code();
    let end = |on: Date, kind: &'static str, balance: i64| Record {
        date: on.to_string(),
        kind,
        number: String::new(),
        what: String::new(),
        amount: String::new(),
        balance: figure(balance),
        currency,
    };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let lines = made.lines.iter().map(|line| Record {
        date: line.on.to_string(),
        kind: line.kind.as_str(),
        number: calm(&line.number),
        what: calm(&line.what),
        amount: figure(line.amount),
        balance: figure(line.balance),
        currency,
    });
    let first = std::iter::once(end(made.span.from, "opening", made.opening));
    let last = std::iter::once(end(made.span.last(), "closing", made.closing));
    for record in first.chain(lines).chain(last) {
        writer.serialize(record).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(Error::internal)?;
    String::from_utf8(bytes).map_err(Error::internal)
}
