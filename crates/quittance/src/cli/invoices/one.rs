//! `quittance invoices NUMBER`: one invoice with its lines, and why it differs from the one before it in its stream.

use std::process::ExitCode;

use billing::difference::Change;
use billing::money::Money;
use documents::DateOrder;
use serde::Serialize;
use store::invoice::WholeInvoice;

use super::{Head, Sums};
use crate::app::App;
use crate::cli::say;
use crate::error::{Error, Result};
use crate::paper::{change, taxes, why};

/// An invoice as scripts read it: amounts in minor units, quantities and prices as decimals in text.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    lines: Vec<Line<'a>>,
    #[serde(flatten)]
    sums: Sums,
    /// `exclusive`, or `inclusive` where the lines' amounts hold their tax.
    prices: &'a str,
    taxes: Vec<Tax<'a>>,
    /// Nothing on the first of its stream.
    difference: Option<Difference<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    code: &'a str,
    description: &'a str,
    from_on: String,
    until_on: String,
    quantity: String,
    unit_price: String,
    charged_price: String,
    amount_minor: i64,
    /// Empty for the general one.
    tax_category: &'a str,
    tax_minor: i64,
}

/// A jurisdiction's share of the tax on a category.
#[derive(Serialize)]
struct Tax<'a> {
    category: &'a str,
    jurisdiction: &'a str,
    rate_percent: String,
    base_minor: i64,
    tax_minor: i64,
}

/// Rows sum to `change_minor`, and the causes of each row to its change.
#[derive(Serialize)]
struct Difference<'a> {
    previous: &'a str,
    change_minor: i64,
    sentence: Option<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
pub struct Row {
    label: String,
    before_minor: Option<i64>,
    after_minor: Option<i64>,
    change_minor: i64,
    causes: Vec<Cause>,
}

#[derive(Serialize)]
struct Cause {
    cause: &'static str,
    amount_minor: i64,
    words: Option<String>,
}

/// Prints one invoice.
///
/// # Errors
/// `Refused` where there is no such invoice; those of the database.
pub async fn show(app: &App, number: String, as_json: bool) -> Result<ExitCode> {
    let wanted = number.clone();
    let read = app.store.read(move |tx| {
        let Some(found) = tx.number(&wanted)? else { return Ok(None) };
        let Some(whole) = tx.whole_invoice(found.account_id, found.document_id)? else { return Ok(None) };
        let previous = match whole.invoice.previous_id {
            Some(previous) => tx.whole_invoice(found.account_id, previous)?,
            None => None,
        };
        Ok::<_, store::Error>(Some((whole, previous)))
    });
    let Some((whole, previous)) = read.await? else {
        return Err(Error::Refused(format!("there is no invoice {number}; quittance invoices lists them")));
    };
    let order = DateOrder::of_country(&app.provider().country);
    let rows = previous.as_ref().map(|before| change::rows(before, &whole, order)).unwrap_or_default();
    if as_json {
        say(&json(&whole, previous.as_ref(), &rows)?);
    } else {
        print(&whole, previous.as_ref(), &rows);
    }
    Ok(ExitCode::SUCCESS)
}

fn json(whole: &WholeInvoice, previous: Option<&WholeInvoice>, rows: &[Change]) -> Result<String> {
    let invoice = &whole.invoice;
    let lines = whole.lines.iter().map(|line| Line {
        source: line.source.as_str(),
        code: &line.source_code,
        description: &line.description,
        from_on: line.from_on.to_string(),
        until_on: line.until_on.to_string(),
        quantity: line.quantity.to_string(),
        unit_price: line.unit_price.to_string(),
        charged_price: line.charged_price.to_string(),
        amount_minor: line.amount_minor,
        tax_category: &line.tax_category,
        tax_minor: line.tax_minor,
    });
    let taxes = whole.taxes.iter().map(|share| Tax {
        category: &share.tax_category,
        jurisdiction: &share.jurisdiction,
        rate_percent: share.rate_percent.normalize().to_string(),
        base_minor: share.base_minor,
        tax_minor: share.tax_minor,
    });
    let days = [invoice.period_from, invoice.period_until, invoice.issued_on, invoice.due_on];
    let names = (invoice.number.as_str(), invoice.account_code.as_str());
    let (subtotal_minor, tax_minor, total_minor) = (invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor);
    let shown = Shown {
        head: Head::of(names, invoice.stream, days, invoice.currency),
        lines: lines.collect(),
        sums: Sums { subtotal_minor, tax_minor, total_minor },
        prices: invoice.prices.as_str(),
        taxes: taxes.collect(),
        difference: previous.map(|before| Difference {
            previous: &before.invoice.number,
            change_minor: invoice.total_minor.saturating_sub(before.invoice.total_minor),
            sentence: why::sentence(before, whole),
            rows: rows.iter().map(|row| row_of(row, invoice.currency)).collect(),
        }),
    };
    serde_json::to_string(&shown).map_err(Error::internal)
}

fn row_of(row: &Change, currency: billing::Currency) -> Row {
    let causes = row.causes.iter().map(|cause| Cause {
        cause: cause.why.as_str(),
        amount_minor: cause.amount,
        words: why::words_of(row, cause, currency),
    });
    Row {
        label: row.label.clone(),
        before_minor: row.before.as_ref().map(|portion| portion.amount),
        after_minor: row.after.as_ref().map(|portion| portion.amount),
        change_minor: row.change,
        causes: causes.collect(),
    }
}

fn print(whole: &WholeInvoice, previous: Option<&WholeInvoice>, rows: &[Change]) {
    let invoice = &whole.invoice;
    let money = |minor: i64| Money::new(minor, invoice.currency).to_string();
    say(&format!(
        "{} {} {}, issued {}, due {}",
        invoice.number, invoice.account_code, invoice.stream, invoice.issued_on, invoice.due_on
    ));
    crate::cli::run::print_lines(&whole.lines, invoice.currency);
    for row in taxes::rows(whole) {
        say(&format!("    {} {}% on {}: {}", row.name, row.percent, money(row.base), money(row.amount)));
    }
    say(&format!(
        "    Subtotal {}, tax {}, total {}",
        money(invoice.subtotal_minor),
        money(invoice.tax_minor),
        money(invoice.total_minor)
    ));
    if let Some(before) = previous {
        print_difference(before, whole, rows);
    }
}

/// Why an invoice, or a draft, differs from the invoice before it.
pub fn print_difference(before: &WholeInvoice, whole: &WholeInvoice, rows: &[Change]) {
    let invoice = &whole.invoice;
    match why::sentence(before, whole) {
        Some(sentence) => say(&sentence),
        None => say(&format!("As much as {}.", before.invoice.number)),
    }
    for row in rows.iter().filter(|row| !row.is_same()) {
        let why = why::told(row, invoice.currency).map(|words| format!("  ({words})")).unwrap_or_default();
        say(&format!("    {:>14}  {}{why}", why::signed(row.change, invoice.currency), row.label));
    }
}
