//! The recurring part of a sheet: what each agreement charges, and what changed since the invoice before.

use serde::Serialize;

use super::{currency, word};
use crate::paper::{AgreementLinePart, AgreementPart, ChangeLine, Changes, DateOrder, InvoicePaper, PaperCurrency};
use crate::text::{Printed, clipped};
use crate::words::{amount, decimal, difference, short_span};

#[derive(Debug, Serialize)]
pub struct Recurring {
    agreements: Vec<Agreement>,
    changes: Option<Changed>,
}

#[derive(Debug, Serialize)]
struct Agreement {
    name: Printed,
    /// Code and PO number.
    about: Printed,
    lines: Vec<Charge>,
    /// Its sum, where it is not the only agreement.
    subtotal: Option<String>,
}

#[derive(Debug, Serialize)]
struct Charge {
    description: Printed,
    kind: Option<Printed>,
    days: String,
    fraction: Option<String>,
    quantity: Printed,
    unit: Printed,
    price: Printed,
    charged: Option<Printed>,
    tax: String,
    /// Beneath it.
    rate: Option<String>,
    amount: String,
}

#[derive(Debug, Serialize)]
struct Changed {
    heading: String,
    beside: String,
    lines: Vec<Difference>,
    total: String,
}

#[derive(Debug, Serialize)]
struct Difference {
    label: Printed,
    why: Option<Printed>,
    before: String,
    after: String,
    change: String,
}

impl Recurring {
    pub fn of(paper: &InvoicePaper) -> Self {
        let writer = Writer {
            currency: currency(paper),
            order: paper.date_order,
            taxing: Taxing::of(paper),
            po_number: paper.po_number.clone(),
        };
        let is_alone = paper.agreements.len() == 1;
        Self {
            agreements: paper
                .agreements
                .iter()
                .map(|part| Agreement {
                    subtotal: (!is_alone).then(|| amount(part.amount, &writer.currency)),
                    ..writer.agreement(part)
                })
                .collect(),
            changes: paper.changes.as_ref().map(|changes| writer.changes(changes)),
        }
    }
}

/// What lines show in their tax column, as far as it is the same for all.
pub struct Taxing {
    currency: PaperCurrency,
    is_exempt: bool,
    /// Nothing is levied where the customer is.
    is_free: bool,
}

impl Taxing {
    pub fn of(paper: &InvoicePaper) -> Self {
        Self { currency: currency(paper), is_exempt: paper.tax_exempt, is_free: paper.tax == 0 }
    }

    /// The rate of a line; or its own tax, and the rate beneath it.
    pub fn mark(&self, taxable: bool, percent: Option<&str>, own: Option<i64>) -> (String, Option<String>) {
        let rate = percent.map(|percent| format!("{}%", decimal(&clipped(percent, 10))));
        match (rate, own) {
            _ if !taxable => (NONE.to_owned(), None),
            _ if self.is_exempt => ("Exempt".to_owned(), None),
            (rate @ Some(_), Some(own)) => (amount(own, &self.currency), rate),
            (Some(rate), None) => (rate, None),
            (None, _) if self.is_free => (NONE.to_owned(), None),
            (None, _) => ("Yes".to_owned(), None),
        }
    }
}

/// The dash of a line without tax, or of a side that does not exist.
pub const NONE: &str = "–";

struct Writer {
    currency: PaperCurrency,
    order: DateOrder,
    taxing: Taxing,
    /// The PO number of the whole invoice, which an agreement does not repeat.
    po_number: Option<String>,
}

impl Writer {
    fn agreement(&self, part: &AgreementPart) -> Agreement {
        let about = match part.po_number.as_deref() {
            Some(po) if self.po_number.as_deref() != Some(po) => {
                format!("{} · PO number {po}", part.code)
            }
            _ => part.code.clone(),
        };
        Agreement {
            name: Printed::line(&part.name, word::WIDE),
            about: Printed::line(&about, word::WIDE),
            lines: part.lines.iter().map(|line| self.charge(line)).collect(),
            subtotal: None,
        }
    }

    fn charge(&self, line: &AgreementLinePart) -> Charge {
        let (tax, rate) = self.taxing.mark(line.taxable, line.tax_percent.as_deref(), line.own_tax);
        Charge {
            description: Printed::line(&line.description, word::WIDE),
            kind: line.kind_label.as_deref().map(|kind| Printed::line(kind, word::NAME)),
            days: short_span(line.from, line.until, self.order),
            fraction: line.fraction.map(|f| format!("{}/{} days", f.days, f.of_days)),
            quantity: Printed::line(&decimal(&line.quantity), word::QUANTITY),
            unit: Printed::line(&line.unit, word::SHORT),
            price: Printed::line(&decimal(&line.unit_price), word::FIGURES),
            charged: line
                .charged_unit_price
                .as_deref()
                .map(|price| Printed::line(&format!("→ {}", decimal(price)), word::FIGURES)),
            tax,
            rate,
            amount: amount(line.amount, &self.currency),
        }
    }

    fn changes(&self, changes: &Changes) -> Changed {
        let label = clipped(&changes.previous_label, 40);
        Changed {
            heading: format!("What changed since {label}"),
            beside: clipped(&changes.previous_number, 40),
            lines: changes.lines.iter().map(|line| self.difference(line)).collect(),
            total: difference(changes.total_change, &self.currency),
        }
    }

    fn difference(&self, line: &ChangeLine) -> Difference {
        let side = |side: Option<i64>| side.map_or_else(|| NONE.to_owned(), |minor| amount(minor, &self.currency));
        Difference {
            label: Printed::line(&line.label, word::WIDE),
            why: line.why.as_deref().map(|why| Printed::line(why, word::WIDE)),
            before: side(line.before),
            after: side(line.after),
            change: difference(line.change, &self.currency),
        }
    }
}
