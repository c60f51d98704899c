//! Files for spreadsheets: an invoice's lines, and the list.

use ::csv::{Terminator, WriterBuilder};
use billing::Span;
use billing::money::major;
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, WholeInvoice};
use store::portal::ListedRow;
use store::scope::AccountScope;

use crate::error::{Error, Result};
use crate::spreadsheet::calm;

/// The columns of an invoice's lines.
const LINE_COLUMNS: [&str; 34] = [
    "invoice",
    "account",
    "line",
    "kind",
    "reference",
    "agreement",
    "agreement_name",
    "ticket",
    "ticket_summary",
    "asked_by",
    "site",
    "from",
    "to",
    "started_at",
    "ended_at",
    "technician",
    "work_type",
    "item",
    "description",
    "coverage",
    "hours_worked",
    "quantity",
    "unit",
    "unit_price",
    "charged_price",
    "taxable",
    "amount",
    "role",
    "rate_factor",
    "minimum_hours",
    "prepaid_hours",
    "not_charged",
    "tax_category",
    "tax",
];

/// The columns of the list of invoices.
const LIST_COLUMNS: [&str; 15] = [
    "invoice",
    "account",
    "account_name",
    "stream",
    "service_from",
    "service_to",
    "issued",
    "due",
    "po_number",
    "currency",
    "subtotal",
    "tax",
    "total",
    "open",
    "late_fee_for",
];

/// The lines of one invoice; amounts in major units. They sum to its subtotal, their tax to its tax; where prices hold the
/// tax, the amounts sum to its total.
///
/// # Errors
/// `Internal` where the file can't be written, which memory always can.
pub fn lines_csv(whole: &WholeInvoice) -> Result<Vec<u8>> {
    let head = LINE_COLUMNS.map(str::to_owned);
    file(std::iter::once(head).chain(whole.lines.iter().map(|line| line_cells(line, whole))))
}

fn line_cells(line: &InvoiceLineRow, whole: &WholeInvoice) -> [String; 34] {
    let text = |text: &Option<String>| calm(text.as_deref().unwrap_or_default());
    let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let number = |number: Option<Decimal>| number.map(|number| number.normalize().to_string()).unwrap_or_default();
    let invoice = &whole.invoice;
    [
        calm(&invoice.number),
        calm(&invoice.account_code),
        line.line_no.to_string(),
        line.source.as_str().to_owned(),
        calm(&line.source_code),
        text(&line.agreement_code),
        text(&line.agreement_name),
        text(&line.ticket),
        text(&line.ticket_summary),
        text(&line.requester),
        text(&line.site),
        line.from_on.to_string(),
        Span::new(line.from_on, line.until_on).last().to_string(),
        text(&line.started_at),
        text(&line.ended_at),
        text(&line.technician),
        word(line.work_type.map(|kind| kind.as_str())),
        text(&line.item_code),
        calm(&line.description),
        word(line.coverage.map(|coverage| coverage.as_str())),
        number(line.hours_worked),
        line.quantity.normalize().to_string(),
        text(&line.unit),
        crate::paper::price(line.unit_price, invoice.currency),
        crate::paper::price(line.charged_price, invoice.currency),
        if line.taxable { "yes" } else { "no" }.to_owned(),
        major(line.amount_minor, invoice.currency).to_string(),
        text(&line.role),
        number(line.rate_factor),
        number(line.minimum_hours),
        number(line.prepaid_hours),
        line.over_minor.map(|minor| major(minor, invoice.currency).to_string()).unwrap_or_default(),
        calm(&line.tax_category),
        major(line.tax_minor, invoice.currency).to_string(),
    ]
}

/// The head of the list.
///
/// # Errors
/// As [`lines_csv`].
pub fn list_head() -> Result<Vec<u8>> {
    file(std::iter::once(LIST_COLUMNS.map(str::to_owned)))
}

/// A row of the list for each invoice; amounts in major units.
///
/// # Errors
/// As [`lines_csv`].
pub fn list_rows(rows: &[ListedRow], scope: &AccountScope) -> Result<Vec<u8>> {
    file(rows.iter().map(|row| list_cells(row, scope)))
}

fn list_cells(row: &ListedRow, scope: &AccountScope) -> [String; 15] {
    let account = scope.account(row.account_id);
    let money = |minor: i64| major(minor, row.currency).to_string();
    [
        calm(&row.number),
        calm(account.map_or("", |account| &account.code)),
        calm(account.map_or("", |account| &account.name)),
        row.stream.as_str().to_owned(),
        row.period_from.to_string(),
        Span::new(row.period_from, row.period_until).last().to_string(),
        row.issued_on.to_string(),
        row.due_on.to_string(),
        calm(row.po_number.as_deref().unwrap_or_default()),
        row.currency.code().to_owned(),
        money(row.subtotal_minor),
        money(row.tax_minor),
        money(row.total_minor),
        money(row.balance_minor),
        calm(row.fee_for.as_deref().unwrap_or_default()),
    ]
}

/// Records as RFC 4180 has them, ended by CRLF.
fn file<const N: usize>(records: impl Iterator<Item = [String; N]>) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_back_what_was_written() {
        let cells = ["a,b", "say \"hi\"", "two\r\nlines", "", "plain"].map(str::to_owned);
        let written = file(std::iter::once(cells.clone())).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert!(record.iter().eq(cells.iter().map(String::as_str)));
    }
}
