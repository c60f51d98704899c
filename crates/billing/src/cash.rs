//! What is added at paying: rounding to a coin, a surcharge for the method, and a discount for paying early.
//! It answers facts of other systems; the product doesn't run it.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::calendar::due_on;
use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding};
use crate::words::words;

/// An amount and what was added to make it, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// What was added; negative where it was taken off.
    pub added: i64,
    /// What is to be paid.
    pub amount: i64,
}

/// `amount` rounded to the nearest `step` (minor units of the smallest coin), half-up away from zero; what was added is
/// the payable rounding amount of an e-invoice (BT-114). Source: Swedish öresavrundning.
///
/// # Errors
/// `Overflow` where the step is 0, or beyond 64 bits.
pub fn round_to_step(amount: i64, step: i64) -> Result<Paid, Overflow> {
    let steps = Fraction::new(amount.into(), step.into())?.round(Rounding::HalfUp)?;
    let rounded = steps.checked_mul(step).ok_or(Overflow)?;
    Ok(Paid { added: rounded.checked_sub(amount).ok_or(Overflow)?, amount: rounded })
}

/// `percent` of `amount` (minor units), rounded half-up once.
///
/// # Errors
/// `Overflow` beyond 64 bits.
pub fn percent_of(amount: i64, percent: Decimal) -> Result<i64, Overflow> {
    Fraction::percent(percent)?.times(amount.into())?.round(Rounding::HalfUp)
}

/// A surcharge for a method of payment: a line of its own, and therefore rounded before it is added.
///
/// # Errors
/// `Overflow` beyond 64 bits.
pub fn surcharge(amount: i64, percent: Decimal) -> Result<Paid, Overflow> {
    let added = percent_of(amount, percent)?;
    Ok(Paid { added, amount: amount.checked_add(added).ok_or(Overflow)? })
}

words! {
    /// What a discount for early payment does to the tax (Odoo's three ways).
    pub enum EarlyTax {
        /// Paid early, net and tax are both discounted.
        Included = "included",
        /// The net alone is discounted, the tax stays.
        Excluded = "excluded",
        /// The tax is always computed on the discounted net, paid early or not.
        Mixed = "mixed",
    }
}

/// Terms of a discount for early payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlyDiscount {
    /// 2 is 2 %.
    pub percent: Decimal,
    /// Days from the date of the invoice, the last one included.
    pub days: u32,
    /// What it does to the tax.
    pub tax: EarlyTax,
}

/// What an invoice with such a discount comes to, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    /// The last day on which it is given.
    pub until_on: Date,
    /// Total without it.
    pub gross: i64,
    /// Total with it.
    pub pay_early: i64,
    /// What it takes off the net.
    pub discount_net: i64,
    /// What it takes off the tax.
    pub discount_tax: i64,
}

impl EarlyDiscount {
    /// The figures for `net` (minor units) at a tax rate in percent. Every figure that is shown is rounded half-up.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn of(self, net: i64, tax_percent: Decimal, issued_on: Date) -> Result<Early, Overflow> {
        let discount_net = percent_of(net, self.percent)?;
        let discounted = net.checked_sub(discount_net).ok_or(Overflow)?;
        let full_tax = percent_of(net, tax_percent)?;
        let (tax, discount_tax) = match self.tax {
            EarlyTax::Included => (full_tax, percent_of(full_tax, self.percent)?),
            EarlyTax::Excluded => (full_tax, 0),
            EarlyTax::Mixed => (percent_of(discounted, tax_percent)?, 0),
        };
        let gross = net.checked_add(tax).ok_or(Overflow)?;
        let pay_early = discounted.checked_add(tax).and_then(|sum| sum.checked_sub(discount_tax)).ok_or(Overflow)?;
        Ok(Early { until_on: due_on(issued_on, self.days), gross, pay_early, discount_net, discount_tax })
    }
}
