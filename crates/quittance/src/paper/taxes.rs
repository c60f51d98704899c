//! The tax of an issued invoice as document, page and lists say it: a row for each category and jurisdiction, and what
//! stands beside a line.

use billing::tax::{PriceTax, TaxRounding};
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, InvoiceRow, InvoiceTaxRow, WholeInvoice};

/// A row of the sums: `Software, Minnesota` at `3` on so much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxLine {
    /// The jurisdiction, after its category where that isn't the general one.
    pub name: String,
    /// `6.875`.
    pub percent: String,
    /// The lines of the category without tax, minor units.
    pub base: i64,
    /// Minor units.
    pub amount: i64,
}

/// Whether the amounts of its lines hold tax: not where the customer is exempt, though prices do.
pub fn is_held(invoice: &InvoiceRow) -> bool {
    invoice.prices == PriceTax::Inclusive && invoice.tax_minor != 0
}

/// The rows of the sums. A category whose rate is 0 stands there too, where others are taxed.
pub fn rows(whole: &WholeInvoice) -> Vec<TaxLine> {
    let mut rows: Vec<(&str, TaxLine)> =
        whole.taxes.iter().map(|share| (share.tax_category.as_str(), row(share))).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    for line in whole.lines.iter().filter(|line| line.taxable) {
        let category = line.tax_category.as_str();
        let net = whole.net_of(line);
        match rows.iter_mut().find(|(known, _)| *known == category) {
            None => rows.push((category, untaxed(category, net))),
            Some((_, row)) if row.percent == NOTHING => row.base = row.base.saturating_add(net),
            Some(_) => {}
        }
    }
    rows.retain(|(_, row)| row.base != 0 || row.amount != 0);
    rows.sort_by_key(|(category, _)| *category);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The rate of a category that no jurisdiction taxes.
const NOTHING: &str = "0";

fn row(share: &InvoiceTaxRow) -> TaxLine {
    TaxLine {
        name: taxed_by(share),
        percent: share.rate_percent.normalize().to_string(),
        base: share.base_minor,
        amount: share.tax_minor,
    }
}

fn untaxed(category: &str, base: i64) -> TaxLine {
    let name = if category.is_empty() { "Tax" } else { category };
    TaxLine { name: name.to_owned(), percent: NOTHING.to_owned(), base, amount: 0 }
}

/// `Minnesota`; `Software, Minnesota` of a category.
pub fn taxed_by(share: &InvoiceTaxRow) -> String {
    match share.tax_category.as_str() {
        "" => share.jurisdiction.clone(),
        category => format!("{category}, {}", share.jurisdiction),
    }
}

/// The rate of all jurisdictions together on a category.
pub fn combined<'a>(taxes: impl IntoIterator<Item = &'a InvoiceTaxRow>) -> Decimal {
    taxes.into_iter().map(|share| share.rate_percent).sum::<Decimal>().normalize()
}

/// The combined rate that a taxable line carries: `7.375`. Nothing where it isn't taxable, or nobody takes tax.
pub fn percent(line: &InvoiceLineRow, whole: &WholeInvoice) -> Option<String> {
    let own = whole.taxes.iter().filter(|share| share.tax_category == line.tax_category);
    (line.taxable && !whole.taxes.is_empty()).then(|| combined(own).to_string())
}

/// The tax of a line where each line's is rounded by itself: the sums are those of the lines.
pub fn own(line: &InvoiceLineRow, whole: &WholeInvoice) -> Option<i64> {
    let is_own = whole.invoice.tax_rounding == TaxRounding::PerLine && line.taxable && !whole.taxes.is_empty();
    is_own.then_some(line.tax_minor)
}
