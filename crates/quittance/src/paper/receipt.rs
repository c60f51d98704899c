//! A receipt as a paper.

use billing::Money;
use billing::ledger::EntryKind;
use billing::payment::Origin;
use documents::{BillTo, ColumnKind, DateOrder, PlainPaper, Reference};
use store::credit::BookingRow;
use store::invoice::DocumentKind;
use store::payment::GatewayPaymentRow;
use store::provider::ProviderRow;
use store::receipt::ReceiptLineRow;

use super::plain::{blank, column, customer, pair};
use super::words;
use crate::formats::Formats;
use crate::receipt::{Receipt, back};

/// The paper of a receipt.
pub fn receipt_paper(receipt: &Receipt, provider: &ProviderRow) -> PlainPaper {
    let payment = &receipt.payment;
    let currency = payment.currency;
    let formats = Formats::shared(provider, receipt.parts.iter().map(|part| part.account.formats));
    let money = |minor: i64| Money::new(minor, currency).with_currency();
    let (paid, left) = (receipt.paid(), receipt.paid() - receipt.back());
    let is_changed = receipt.later().next().is_some();
    let mut facts = vec![pair("Date", formats.long_date(receipt.paid_on))];
    facts.extend((!payment.method_words.is_empty()).then(|| pair("Paid with", payment.method_words.clone())));
    facts.extend(is_changed.then(|| pair("Went back since", money(receipt.back()))));
    let of_accounts = if receipt.parts.len() > 1 { vec![column("Account", ColumnKind::Short)] } else { Vec::new() };
    let columns = [
        column("What for", ColumnKind::Text),
        column("Dated", ColumnKind::Short),
        column("Was open", ColumnKind::Amount),
        column("Paid", ColumnKind::Amount),
        column("Still open", ColumnKind::Amount),
    ];
    let total_label = if is_changed { "Paid, less what went back" } else { "Paid" };
    PlainPaper {
        called: "Receipt".to_owned(),
        number: payment.number.clone(),
        references: references(receipt),
        amount_label: "Paid".to_owned(),
        amount: money(paid),
        facts,
        heading: "What was paid".to_owned(),
        columns: of_accounts.into_iter().chain(columns).collect(),
        rows: rows(receipt, formats.order),
        sums: sums(receipt, formats),
        total_label: format!("{total_label} ({})", currency.code()),
        total: money(left),
        notes: Some("The open amounts are as of this payment.".to_owned()),
        ..blank(
            (provider, formats),
            payer(receipt),
            receipt.later().map(|row| row.booked_on).fold(receipt.paid_on, Ord::max),
        )
    }
}

/// The account; or whoever paid for several.
fn payer(receipt: &Receipt) -> BillTo {
    match receipt.parts.as_slice() {
        [only] => customer(&only.account),
        parts => BillTo {
            name: name(&receipt.payment).to_owned(),
            lines: parts.iter().map(|part| part.account.name.clone()).collect(),
        },
    }
}

fn references(receipt: &Receipt) -> Vec<Reference> {
    let payment = &receipt.payment;
    let codes: Vec<&str> = receipt.parts.iter().map(|part| part.account.code.as_str()).collect();
    let label = if codes.len() > 1 { "Accounts" } else { "Account" };
    let by = match payment.origin {
        Origin::AutoPay => "Auto Pay",
        Origin::Link => "The link of a mail",
        Origin::Page => name(payment),
    };
    vec![pair(label, codes.join(", ")), pair("Paid by", by)]
}

/// Whoever paid.
fn name(payment: &GatewayPaymentRow) -> &str {
    if payment.payer_name.is_empty() { &payment.email } else { &payment.payer_name }
}

fn rows(receipt: &Receipt, order: DateOrder) -> Vec<Vec<String>> {
    let figure = |minor: i64| Money::new(minor, receipt.payment.currency).to_string();
    let mut rows = Vec::new();
    for part in &receipt.parts {
        for line in &part.lines {
            let mut row = if receipt.parts.len() > 1 { vec![part.account.code.clone()] } else { Vec::new() };
            row.extend([what(line), line.issued_on.map(|on| words::full(on, order)).unwrap_or_default()]);
            let is_document = line.number.is_some();
            let of_document = |minor: i64| if is_document { figure(minor) } else { String::new() };
            row.push(of_document(line.open_minor));
            row.push(figure(line.paid_minor));
            row.push(of_document(line.open_minor - line.paid_minor));
            rows.push(row);
        }
    }
    rows
}

fn what(line: &ReceiptLineRow) -> String {
    let number = line.number.as_deref().unwrap_or_default();
    match line.kind {
        Some(DocumentKind::Invoice) => format!("Invoice {number}"),
        Some(DocumentKind::LateFee) => format!("Late fee {number}"),
        Some(DocumentKind::CreditNote) => format!("Credit note {number}"),
        None => "Paid ahead, as credit".to_owned(),
    }
}

/// What each of several accounts paid, and what went back since.
fn sums(receipt: &Receipt, formats: Formats) -> Vec<Reference> {
    let figure = |minor: i64| Money::new(minor, receipt.payment.currency).to_string();
    let mut sums = Vec::new();
    if receipt.parts.len() > 1 {
        let of_account = receipt.parts.iter().map(|part| (&part.account, part.paid()));
        sums.extend(
            of_account.map(|(account, paid)| pair(&format!("{} {}", account.code, account.name), figure(paid))),
        );
    } else if receipt.later().next().is_some() {
        sums.push(pair("Paid", figure(receipt.paid())));
    }
    sums.extend(receipt.later().map(|row| pair(&happened(row, formats), figure(-back(row)))));
    sums
}

/// `Refunded on November 6, 2026`.
fn happened(row: &BookingRow, formats: Formats) -> String {
    let what = match row.kind {
        EntryKind::Refund => "Refunded",
        EntryKind::Returned => "Taken back by the bank",
        EntryKind::Chargeback => "Taken back after a dispute",
        _ => "Counts again",
    };
    format!("{what}, {}", formats.long_date(row.booked_on))
}
