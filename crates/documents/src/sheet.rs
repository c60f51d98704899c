//! The sheet: an invoice's paper with every word already written, as the templates place it.

mod biweekly;
mod plain;
mod recurring;

use serde::Serialize;

use crate::paper::{BillTo, DateOrder, InvoicePaper, PaperCurrency, PaperSize, ProviderPaper, Stream};
use crate::text::{Printed, clipped, one_line};
use crate::words::{amount, decimal, long_date, money, span};
use crate::{Error, qr};

/// The broadest words that stay whole, by the column they stand in; one is a figure's breadth.
mod word {
    pub const QUANTITY: usize = 7;
    pub const FIGURES: usize = 9;
    pub const SHORT: usize = 12;
    pub const NAME: usize = 24;
    pub const WIDE: usize = 36;
}

/// Addresses and references beyond this are not printed: the head of page 1 cannot grow without end.
const MOST_LINES: usize = 8;

/// Everything the templates place.
#[derive(Debug, Serialize)]
pub struct Sheet {
    title: String,
    author: String,
    size: &'static str,
    accent: String,
    head: Head,
    facts: Facts,
    parties: Parties,
    recurring: Option<recurring::Recurring>,
    biweekly: Option<biweekly::Biweekly>,
    plain: Option<plain::Plain>,
    notes: Option<Printed>,
    notes_label: &'static str,
    /// Only what has amounts has them.
    totals: Option<Totals>,
    /// Only what is to be paid has one.
    stub: Option<Stub>,
    footer: Footer,
}

#[derive(Debug, Serialize)]
struct Head {
    name: Printed,
    tagline: Option<Printed>,
    logo: Option<String>,
    /// The alternative text of the logo.
    alt: String,
    letter: String,
    /// What it is.
    word: String,
    number: String,
}

#[derive(Debug, Serialize)]
struct Facts {
    label: String,
    due: String,
    rows: Vec<Row>,
}

/// A label and what it says.
#[derive(Debug, Serialize)]
struct Row {
    label: Printed,
    value: Printed,
}

#[derive(Debug, Serialize)]
struct Parties {
    to_label: &'static str,
    bill_to: Vec<Printed>,
    from: Vec<Printed>,
    references: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Totals {
    rows: Vec<Row>,
    due_label: String,
    due: String,
}

#[derive(Debug, Serialize)]
struct Stub {
    caption: &'static str,
    qr: String,
    qr_alt: String,
    /// Empty where the address is nothing a reader could follow.
    url: String,
    portal: Printed,
    remit_label: &'static str,
    remit_to: Vec<Printed>,
    rows: Vec<Row>,
    due: String,
    /// The sign before the blank for the amount of a check; empty where checks are not usual.
    enclosed: &'static str,
}

#[derive(Debug, Serialize)]
struct Footer {
    provider: String,
    invoice: String,
}

impl Sheet {
    /// Writes the sheet of a paper.
    ///
    /// # Errors
    /// [`Error::Address`] where the invoice's address does not fit a QR code.
    pub fn of(paper: &InvoicePaper) -> Result<Self, Error> {
        let number = clipped(&paper.number, 40);
        let name = clipped(&paper.provider.name, 120);
        Ok(Self {
            title: format!("Invoice {number}, {name}"),
            author: name,
            size: size(paper.size),
            accent: accent(&paper.accent),
            head: head(&paper.provider, paper.logo_svg.clone(), ("Invoice", &paper.number)),
            facts: facts(paper),
            parties: parties(&paper.provider, (&paper.bill_to, "Bill to"), references(paper)),
            recurring: (paper.stream == Stream::Recurring).then(|| recurring::Recurring::of(paper)),
            biweekly: (paper.stream == Stream::Biweekly).then(|| biweekly::Biweekly::of(paper)),
            plain: None,
            notes: notes(paper.notes.as_deref()),
            notes_label: "Notes",
            totals: Some(totals(paper)),
            stub: Some(stub(paper)?),
            footer: footer(&paper.provider, &format!("Invoice {}", clipped(&paper.number, 40))),
        })
    }

    /// The same sheet with a monogram in place of the logo.
    pub fn without_logo(mut self) -> Self {
        self.head.logo = None;
        self
    }

    /// Whether a logo of the provider's stands on it.
    pub fn has_logo(&self) -> bool {
        self.head.logo.is_some()
    }
}

fn size(size: PaperSize) -> &'static str {
    match size {
        PaperSize::Letter => "us-letter",
        PaperSize::A4 => "a4",
    }
}

/// The accent as `#rrggbb`; a calm ink blue where the given one is no such colour.
fn accent(given: &str) -> String {
    let is_colour =
        given.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_colour { given.to_owned() } else { "#1f4e79".to_owned() }
}

fn notes(text: Option<&str>) -> Option<Printed> {
    text.filter(|note| !note.trim().is_empty()).map(|note| Printed::block(note, word::WIDE))
}

fn head(provider: &ProviderPaper, logo: Option<String>, (called, number): (&str, &str)) -> Head {
    let name = clipped(&provider.name, 120);
    let letter = name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default();
    Head {
        tagline: provider.tagline.as_deref().map(|line| Printed::line(&clipped(line, 120), word::NAME)),
        logo,
        alt: format!("Logo of {name}"),
        letter,
        word: clipped(called, 40),
        number: clipped(number, 40),
        name: Printed::line(&name, word::NAME),
    }
}

fn facts(paper: &InvoicePaper) -> Facts {
    let order = paper.date_order;
    let terms = match paper.terms_days {
        0 => "Due on receipt".to_owned(),
        days => format!("Net {days}"),
    };
    Facts {
        label: "Amount due".to_owned(),
        due: money(paper.total, &currency(paper)),
        rows: vec![
            row("Due date", &long_date(paper.due_on, order)),
            row("Invoice date", &long_date(paper.issued_on, order)),
            row("Service period", &span(paper.period_from, paper.period_until, order)),
            row("Terms", &terms),
        ],
    }
}

fn references(paper: &InvoicePaper) -> Vec<Row> {
    let mut references = vec![row("Account", &paper.account)];
    references.extend(paper.po_number.as_deref().map(|po| row("PO number", po)));
    references.extend(paper.references.iter().map(|reference| row(&reference.label, &reference.value)));
    references
}

fn parties(provider: &ProviderPaper, (to, to_label): (&BillTo, &'static str), mut references: Vec<Row>) -> Parties {
    let mut from = vec![provider.legal_name.as_str()];
    from.extend(provider.address.iter().map(String::as_str));
    from.extend(provider.tax_id.as_deref());
    from.extend(provider.website.as_deref());
    let mut bill_to = vec![to.name.as_str()];
    bill_to.extend(to.lines.iter().map(String::as_str));
    references.truncate(MOST_LINES);
    Parties { to_label, bill_to: address(&bill_to), from: address(&from), references }
}

/// Address lines without empty ones.
fn address(lines: &[&str]) -> Vec<Printed> {
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    filled.take(MOST_LINES).map(|line| Printed::line(&clipped(line, 160), word::NAME)).collect()
}

fn totals(paper: &InvoicePaper) -> Totals {
    let currency = currency(paper);
    let first = if paper.prices_hold_tax { "Net, prices above include tax" } else { "Subtotal" };
    let mut rows = vec![row(first, &amount(paper.subtotal, &currency))];
    if paper.tax_exempt {
        let certificate = paper.exemption_certificate.as_ref().map(|text| format!(", certificate {text}"));
        let label = format!("Tax exempt{}", certificate.unwrap_or_default());
        rows.push(row(&label, &amount(paper.tax, &currency)));
    } else if paper.taxes.is_empty() {
        rows.push(row("Tax", &amount(paper.tax, &currency)));
    }
    if !paper.tax_exempt {
        rows.extend(paper.taxes.iter().map(|share| {
            let base = amount(share.base, &currency);
            let label = format!("{} {}% on {base}", share.jurisdiction, decimal(&share.rate_percent));
            row(&label, &amount(share.amount, &currency))
        }));
    }
    Totals {
        rows,
        due_label: format!("Amount due ({})", clipped(&currency.code, 8)),
        due: money(paper.total, &currency),
    }
}

fn stub(paper: &InvoicePaper) -> Result<Stub, Error> {
    let is_checked = paper.date_order == DateOrder::MonthFirst;
    let provider = &paper.provider;
    let remit: Vec<&str> = if provider.remit_to.is_empty() {
        std::iter::once(&provider.legal_name).chain(&provider.address).map(String::as_str).collect()
    } else {
        provider.remit_to.iter().map(String::as_str).collect()
    };
    let is_address = paper.invoice_url.starts_with("https://") || paper.invoice_url.starts_with("http://");
    Ok(Stub {
        caption: if is_checked {
            "Return this part with a check, or pay online with the code."
        } else {
            "Return this part with your payment, or pay online with the code."
        },
        qr: qr::svg(&paper.invoice_url)?,
        qr_alt: format!("QR code with the address of this invoice: {}", one_line(&paper.invoice_url)),
        url: if is_address { paper.invoice_url.clone() } else { String::new() },
        portal: Printed::line(&clipped(&paper.portal, 120), word::NAME),
        remit_label: if is_checked { "Pay by check to" } else { "Pay to" },
        remit_to: address(&remit),
        rows: vec![
            row("Account", &paper.account),
            row("Invoice", &clipped(&paper.number, 40)),
            row("Due date", &long_date(paper.due_on, paper.date_order)),
        ],
        due: money(paper.total, &currency(paper)),
        enclosed: if is_checked && paper.currency.code == "USD" { "$" } else { "" },
    })
}

fn footer(provider: &ProviderPaper, document: &str) -> Footer {
    let parts = [clipped(&provider.name, 60), clipped(&provider.phone, 30), clipped(&provider.email, 60)];
    let filled: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    Footer { provider: filled.join(" · "), invoice: document.to_owned() }
}

fn row(label: &str, value: &str) -> Row {
    Row { label: Printed::line(&clipped(label, 120), 14), value: Printed::line(&clipped(value, 120), word::SHORT) }
}

/// The paper's currency with a code that is safe to print.
fn currency(paper: &InvoicePaper) -> PaperCurrency {
    PaperCurrency { code: clipped(&paper.currency.code, 8), digits: paper.currency.digits }
}
