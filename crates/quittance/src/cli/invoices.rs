//! `quittance invoices`: what was issued.

mod one;

use std::process::ExitCode;

use billing::money::Money;
use billing::{Currency, Stream};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use store::invoice::ListedInvoice;

pub use one::print_difference;

use super::output::is_read;
use super::{Place, say};
use crate::error::{Error, Result};

/// How many invoices are read at a time.
const PAGE: i64 = 1000;

/// List all invoices, or show one.
#[derive(Args)]
pub struct Invoices {
    /// One invoice with its lines, and why it differs from the one before it in its stream.
    number: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// What every invoice begins with, as scripts read it: dates `YYYY-MM-DD`.
#[derive(Serialize)]
struct Head<'a> {
    number: &'a str,
    account: &'a str,
    stream: &'static str,
    period_from: String,
    period_until: String,
    issued_on: String,
    due_on: String,
    currency: &'static str,
}

impl<'a> Head<'a> {
    fn of(
        (number, account): (&'a str, &'a str),
        stream: Stream,
        [from, until, issued_on, due_on]: [Date; 4],
        currency: Currency,
    ) -> Self {
        Self {
            number,
            account,
            stream: stream.as_str(),
            period_from: from.to_string(),
            period_until: until.to_string(),
            issued_on: issued_on.to_string(),
            due_on: due_on.to_string(),
            currency: currency.code(),
        }
    }
}

/// What it comes to, in minor units.
#[derive(Serialize)]
struct Sums {
    subtotal_minor: i64,
    tax_minor: i64,
    total_minor: i64,
}

/// An invoice of the list, with the count of its lines.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    lines: i64,
    #[serde(flatten)]
    sums: Sums,
    balance_minor: i64,
    status: &'static str,
}

impl Invoices {
    /// Prints them in the order of their numbers, or the one asked for.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        if let Some(number) = self.number {
            return one::show(&app, number, self.json).await;
        }
        let mut after = -1;
        loop {
            let page = app.store.read(move |tx| tx.listed_invoices(after, PAGE)).await?;
            let Some(last) = page.last().filter(|_| is_read()) else { return Ok(ExitCode::SUCCESS) };
            after = last.serial;
            for invoice in &page {
                say(&if self.json { json(invoice)? } else { row(invoice) });
            }
        }
    }
}

fn json(invoice: &ListedInvoice) -> Result<String> {
    let days = [invoice.period_from, invoice.period_until, invoice.issued_on, invoice.due_on];
    let names = (invoice.number.as_str(), invoice.account_code.as_str());
    let (subtotal_minor, tax_minor, total_minor) = (invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor);
    let shown = Listed {
        head: Head::of(names, invoice.stream, days, invoice.currency),
        lines: invoice.line_count,
        sums: Sums { subtotal_minor, tax_minor, total_minor },
        balance_minor: invoice.balance_minor,
        status: invoice.status.as_str(),
    };
    serde_json::to_string(&shown).map_err(Error::internal)
}

fn row(invoice: &ListedInvoice) -> String {
    format!(
        "{:<14} {:<12} {:<10} issued {} due {} {:>14} {:<6} {:>14} left",
        invoice.number,
        invoice.account_code,
        invoice.stream.as_str(),
        invoice.issued_on,
        invoice.due_on,
        Money::new(invoice.total_minor, invoice.currency).to_string(),
        invoice.status.as_str(),
        Money::new(invoice.balance_minor, invoice.currency).to_string(),
    )
}
