//! Payments that were recorded by hand, as the office's pages say them.

use billing::Money;
use billing::ledger::EntryKind;
use jiff::civil::Date;
use store::credit::PaymentRow;
use store::{InvoiceId, Tx};

use crate::actions::return_payment::BY_PROCESSOR;
use crate::web::pages::{Day, Notice, NoticeKind, OfficePaymentLine, PaymentLine, Status, StatusKind};
use crate::web::portal::shown::Today;

/// The newest ones, each with its day.
///
/// # Errors
/// Those of the database.
pub fn lines(tx: &mut Tx, most: i64, today: &Today) -> Result<Vec<(Date, OfficePaymentLine)>, store::Error> {
    let mut lines = Vec::new();
    for row in tx.newest_by_hand(BY_PROCESSOR, most)? {
        let day = today.day(row.booked_on);
        let parts = parts(tx, &row)?;
        lines.push((row.booked_on, line(row, day, &parts)));
    }
    Ok(lines)
}

fn line(row: PaymentRow, day: Day, parts: &[(String, i64)]) -> OfficePaymentLine {
    let numbers: Vec<&str> = parts.iter().map(|(number, _)| number.as_str()).collect();
    let what = match numbers.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    };
    let status = match row.newest_kind {
        EntryKind::Returned => Status::new(StatusKind::Overdue, "Came back"),
        EntryKind::Chargeback => Status::new(StatusKind::Overdue, "Went back after a dispute"),
        _ => Status::new(StatusKind::Paid, "Paid"),
    };
    let line = PaymentLine {
        number: "By hand".to_owned(),
        href: String::new(),
        day,
        what,
        method: row.reason,
        amount: Money::new(row.amount_minor, row.currency).with_currency(),
        status,
    };
    OfficePaymentLine { line, accounts: row.account_code }
}

/// What a payment settled, by number; `Credit` is what was left of it.
fn parts(tx: &mut Tx, row: &PaymentRow) -> Result<Vec<(String, i64)>, store::Error> {
    let moved = tx.moved_by(row.account_id, EntryKind::Payment, row.booking_id)?;
    let mut parts = Vec::new();
    for part in moved {
        let number = match part.document_id {
            Some(document) => tx.number_of(row.account_id, document)?.map(|row| row.number).unwrap_or_default(),
            None => "Credit".to_owned(),
        };
        parts.push((number, part.amount_minor.saturating_neg()));
    }
    Ok(parts)
}

/// Says what a payment that was just recorded has paid; nothing where there is none of this id.
///
/// # Errors
/// Those of the database.
pub fn recorded(tx: &mut Tx, booking: InvoiceId) -> Result<Option<Notice>, store::Error> {
    let Some(row) = tx.payments_named(booking, "")?.into_iter().next() else { return Ok(None) };
    let money = |minor: i64| Money::new(minor, row.currency).with_currency();
    let (credit, paid): (Vec<_>, Vec<_>) = parts(tx, &row)?.into_iter().partition(|(number, _)| number == "Credit");
    let paid: Vec<String> = paid.iter().map(|(number, minor)| format!("{} of {number}", money(*minor))).collect();
    let mut rest =
        if paid.is_empty() { "Nothing was open.".to_owned() } else { format!("It paid {}.", paid.join(", ")) };
    if let Some((_, minor)) = credit.first() {
        rest = format!("{rest} {} is the account’s credit.", money(*minor));
    }
    let first = format!("{} of {} is recorded: {}.", money(row.amount_minor), row.account_code, row.reason);
    Ok(Some(Notice { kind: NoticeKind::Done, first, rest, link: None }))
}
