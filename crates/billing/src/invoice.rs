//! Lines, tax and total of an invoice, and whether there is an invoice at all.

use iso_currency::Currency;

use crate::money::Overflow;
use crate::run::Stream;
use crate::tax::{self, Rate, Share};
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
    /// The status that follows from the balance (I5).
    #[must_use]
    pub const fn of(balance: i64) -> Self {
        if balance == 0 { Self::Paid } else { Self::Open }
    }
}

/// Sums of an invoice in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Sum of all lines.
    pub subtotal: i64,
    /// Sum of the taxable lines.
    pub taxable: i64,
    /// Shares of the tax, highest rate first; none where exempt or nothing is taxable.
    pub shares: Vec<Share>,
    /// Sum of the shares.
    pub tax: i64,
    /// Subtotal and tax.
    pub total: i64,
}

/// Adds up `lines` (amount in minor units, taxable) with the `rates` valid on the issue date; none where exempt.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn totals(
    lines: impl IntoIterator<Item = (i64, bool)>,
    rates: &[Rate],
    currency: Currency,
) -> Result<Totals, Overflow> {
    let (mut subtotal, mut taxable) = (0_i64, 0_i64);
    for (amount, is_taxable) in lines {
        subtotal = subtotal.checked_add(amount).ok_or(Overflow)?;
        if is_taxable {
            taxable = taxable.checked_add(amount).ok_or(Overflow)?;
        }
    }
    let shares = if taxable == 0 { Vec::new() } else { tax::tax(taxable, rates, currency)? };
    let tax = shares.iter().try_fold(0_i64, |sum, share| sum.checked_add(share.amount)).ok_or(Overflow)?;
    let total = subtotal.checked_add(tax).ok_or(Overflow)?;
    Ok(Totals { subtotal, taxable, shares, tax, total })
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
