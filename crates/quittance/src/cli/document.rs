//! `quittance invoices` and `quittance document`: what was issued.

use std::path::PathBuf;
use std::process::ExitCode;

use billing::money::Money;
use clap::Args;
use serde::Serialize;
use store::invoice::ListedInvoice;

use super::output::is_read;
use super::{Place, say};
use crate::actions::render_documents::render_document;
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

/// An invoice as scripts read it: dates `YYYY-MM-DD`, amounts in minor units, `lines` a count.
#[derive(Serialize)]
struct Shown<'a> {
    number: &'a str,
    account: &'a str,
    stream: &'a str,
    period_from: String,
    period_until: String,
    issued_on: String,
    due_on: String,
    currency: &'a str,
    lines: i64,
    subtotal_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    balance_minor: i64,
    status: &'a str,
}

impl Invoices {
    /// Prints them in the order of their numbers, or the one asked for.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        if let Some(number) = self.number {
            return super::invoice::show(&app, number, self.json).await;
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
    let shown = Shown {
        number: &invoice.number,
        account: &invoice.account_code,
        stream: invoice.stream.as_str(),
        period_from: invoice.period_from.to_string(),
        period_until: invoice.period_until.to_string(),
        issued_on: invoice.issued_on.to_string(),
        due_on: invoice.due_on.to_string(),
        currency: invoice.currency.code(),
        lines: invoice.line_count,
        subtotal_minor: invoice.subtotal_minor,
        tax_minor: invoice.tax_minor,
        total_minor: invoice.total_minor,
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

/// Write an invoice's PDF to a file.
#[derive(Args)]
pub struct Document {
    /// Its number, such as INV-20001.
    number: String,
    /// The file.
    #[arg(long)]
    out: PathBuf,
}

impl Document {
    /// Writes the stored bytes; a document that waits is rendered first.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let number = self.number.clone();
        let found = app.store.read(move |tx| tx.number(&number)).await?;
        let Some(found) = found else {
            return Err(Error::Refused(format!("there is no invoice {}", self.number)));
        };
        let (account, id) = (found.account_id, found.document_id);
        let bytes = render_document(&app, account, id).await?;
        let bytes = bytes
            .ok_or_else(|| Error::Refused(format!("{} could not be rendered; see quittance render", self.number)))?;
        std::fs::write(&self.out, &bytes)
            .map_err(|error| Error::Refused(format!("{} can't be written: {error}", self.out.display())))?;
        Ok(ExitCode::SUCCESS)
    }
}
