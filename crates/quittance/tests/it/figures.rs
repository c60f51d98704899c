//! What was issued, as the three tables that `oracle/expected.py` writes.

use std::path::Path;

use billing::Stream;
use store::invoice::{Source, WholeInvoice};

use crate::house::{House, python, root, text};

/// Makes every run of a provider whose first day and anchor these are, in the order of issuing, up to `until`.
pub fn runs(starts_on: jiff::civil::Date, anchor_on: jiff::civil::Date, until: jiff::civil::Date) -> Vec<[String; 4]> {
    let mut runs: Vec<(jiff::civil::Date, u8, [String; 4])> = Vec::new();
    let mut month = billing::Month::of(starts_on);
    while month.next().first() <= until {
        runs.push((month.next().first(), 0, run("recurring", "--for", &month.to_string())));
        month = month.next();
    }
    let grid = billing::Grid::every_two_weeks(anchor_on);
    let mut day = grid.after(starts_on);
    while day <= until {
        runs.push((day, 1, run("biweekly", "--on", &day.to_string())));
        day = grid.after(day);
    }
    runs.sort();
    runs.into_iter().map(|(_, _, run)| run).collect()
}

fn run(stream: &str, option: &str, value: &str) -> [String; 4] {
    ["run", stream, option, value].map(str::to_owned)
}

/// Makes a run and issues all of it.
pub fn issue(house: &House, run: &[String; 4]) {
    let mut arguments: Vec<&str> = run.iter().map(String::as_str).collect();
    arguments.push("--approve");
    house.does(&arguments);
}

/// Computes the expected tables of an export and compares them with what the house issued.
pub fn agree(house: &House, export: &Path, until: &str) {
    let expected = house.path("expected");
    let script = root().join("oracle/expected.py");
    let arguments = [text(&script), "--data", text(export), "--until", until, "--out", text(&expected)];
    let made = std::process::Command::new(python()).args(arguments).status().unwrap();
    assert!(made.success());
    compare(house, &expected);
}

/// Compares what the house issued with three expected tables: number by number, line by line, tax by tax.
pub fn compare(house: &House, expected: &Path) {
    let table = |name: &str| {
        let whole = std::fs::read_to_string(expected.join(name)).unwrap();
        whole.lines().skip(1).map(str::to_owned).collect::<Vec<String>>()
    };
    same("invoices.csv", &table("invoices.csv"), &invoices(house));
    let whole = house.reads(whole_invoices);
    same("lines.csv", &table("lines.csv"), &whole.iter().flat_map(lines).collect::<Vec<_>>());
    same("taxes.csv", &table("taxes.csv"), &whole.iter().flat_map(taxes).collect::<Vec<_>>());
}

fn same(name: &str, expected: &[String], made: &[String]) {
    for (line, (expected, made)) in expected.iter().zip(made).enumerate() {
        assert_eq!(made, expected, "{name}, row {}", line + 2);
    }
    assert_eq!(made.len(), expected.len(), "rows of {name}");
}

fn invoices(house: &House) -> Vec<String> {
    let row = |invoice: crate::house::Listed| {
        assert_eq!((invoice.balance_minor, invoice.status.as_str()), (invoice.total_minor, "open"));
        [
            invoice.number,
            invoice.account,
            invoice.stream,
            invoice.period_from,
            invoice.period_until,
            invoice.issued_on,
            invoice.due_on,
            invoice.currency,
            invoice.lines.to_string(),
            invoice.subtotal_minor.to_string(),
            invoice.tax_minor.to_string(),
            invoice.total_minor.to_string(),
        ]
        .join(",")
    };
    house.invoices().into_iter().map(row).collect()
}

/// Every invoice with its lines and taxes, in the order of the numbers.
pub fn whole_invoices(tx: &mut store::Tx) -> Result<Vec<WholeInvoice>, store::Error> {
    let mut whole = Vec::new();
    for listed in tx.listed_invoices(-1, 100_000)? {
        let number = tx.number(&listed.number)?.unwrap();
        whole.extend(tx.whole_invoice(number.account_id, number.document_id)?);
    }
    Ok(whole)
}

fn lines(whole: &WholeInvoice) -> Vec<String> {
    let mut rows: Vec<[String; 6]> = whole
        .lines
        .iter()
        .map(|line| {
            let source = match line.source {
                Source::Agreement => "line",
                Source::Discount => "discount",
                Source::Time => "entry",
                Source::Delivery => "delivery",
            };
            assert_eq!(line.source == Source::Agreement, whole.invoice.stream == Stream::Recurring);
            let taxable = if line.taxable { "yes" } else { "no" };
            let number = whole.invoice.number.clone();
            let (amount, month) = (line.amount_minor.to_string(), line.month.clone());
            [number, source.to_owned(), line.source_code.clone(), month, amount, taxable.to_owned()]
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|row| row.join(",")).collect()
}

fn taxes(whole: &WholeInvoice) -> Vec<String> {
    let number = &whole.invoice.number;
    let row = |tax: &store::invoice::InvoiceTaxRow| {
        let (name, rate) = (quoted(&tax.jurisdiction), tax.rate_percent);
        format!("{number},{name},{rate},{},{}", tax.base_minor, tax.tax_minor)
    };
    whole.taxes.iter().map(row).collect()
}

/// A value of a CSV file.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
