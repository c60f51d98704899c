//! Lines, tax and total of an invoice, and whether there is an invoice at all.

use std::collections::BTreeSet;

use crate::money::Overflow;
use crate::run::Stream;
use crate::tax::{CategoryTax, Rate, Share, TaxTerms};
use crate::words::words;

words! {
    /// An invoice's status as the ledger has it. "Overdue" is not one of them: it depends on the day one looks.
    pub enum InvoiceStatus {
        /// Something is left to pay.
        Open = "open",
        /// Nothing is left.
        Paid = "paid",
    }
}

impl InvoiceStatus {
    /// The status that follows from the balance.
    #[must_use]
    pub const fn of(balance: i64) -> Self {
        if balance == 0 { Self::Paid } else { Self::Open }
    }
}

/// Sums of an invoice in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sum of all lines without tax.
    pub subtotal: i64,
    /// Sum of the taxable lines without tax.
    pub taxable: i64,
    /// Shares of the tax by category, the general one first, then highest rate first; none where exempt or nothing is taxable.
    pub shares: Vec<Share>,
    /// The tax of each line, in their order; they sum to the tax, those of a category to its shares.
    pub line_taxes: Vec<i64>,
    /// Sum of the shares.
    pub tax: i64,
    /// Subtotal and tax.
    pub total: i64,
}

/// Adds up `lines` (amount in minor units as priced, and its category where it is taxable) with the `rates` of a category
/// that hold on the issue date; none where exempt.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn totals<'a>(
    lines: impl IntoIterator<Item = (i64, Option<&'a str>)>,
    rates: impl Fn(&str) -> Vec<Rate>,
    terms: TaxTerms,
) -> Result<Totals, Overflow> {
    let lines: Vec<(i64, Option<&str>)> = lines.into_iter().collect();
    let mut sums = Totals { line_taxes: vec![0; lines.len()], ..Totals::default() };
    let categories: BTreeSet<&str> = lines.iter().filter_map(|(_, category)| *category).collect();
    for category in categories {
        let mut on = CategoryTax::new(rates(category), terms)?;
        let own = lines.iter().zip(&mut sums.line_taxes).filter(|((_, of), _)| *of == Some(category));
        for ((amount, _), tax) in own {
            *tax = on.line(*amount)?;
        }
        sums.shares.extend(on.shares(category)?);
    }
    for ((amount, category), tax) in lines.iter().zip(&sums.line_taxes) {
        let net = terms.prices.net(*amount, *tax);
        sums.subtotal = sums.subtotal.checked_add(net).ok_or(Overflow)?;
        sums.tax = sums.tax.checked_add(*tax).ok_or(Overflow)?;
        if category.is_some() {
            sums.taxable = sums.taxable.checked_add(net).ok_or(Overflow)?;
        }
    }
    sums.total = sums.subtotal.checked_add(sums.tax).ok_or(Overflow)?;
    Ok(sums)
}

/// Whether `amounts` (minor units of all lines that a run found for an account) make an invoice in this run: at least
/// one line must have an amount. Recurring lines that are all 0.00 make none and are never charged later; bi-weekly ones
/// wait for the account's next invoice that has an amount.
#[must_use]
pub fn makes_invoice(amounts: impl IntoIterator<Item = i64>) -> bool {
    amounts.into_iter().any(|amount| amount != 0)
}

/// How the stream is called in a sentence: "Recurring invoice", "Bi-weekly invoice".
#[must_use]
pub const fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Recurring => "Recurring",
        Stream::Biweekly => "Bi-weekly",
    }
}
