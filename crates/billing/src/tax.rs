//! Sales tax: jurisdictions with dated rates, one rounding per invoice, shares that sum to it.

pub mod document;
pub mod sales;

use iso_currency::Currency;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::{Overflow, half_up, major};
use crate::split::split;

/// A jurisdiction's rate, holding from a day until its next row in the same region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedRate {
    /// "Minnesota".
    pub jurisdiction: String,
    /// First day it holds.
    pub from_on: Date,
    /// 6.875 is 6.875 %.
    pub percent: Decimal,
}

/// A jurisdiction and its rate on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// "Minnesota".
    pub jurisdiction: String,
    /// 6.875 is 6.875 %.
    pub percent: Decimal,
}

/// Whether an account is exempt on the day of issue: `until` is the first day on which it is taxed again, none where the
/// exemption has no end. The day of issue decides, as it does for the rates (`rules.md`, Tax).
#[must_use]
pub fn is_exempt(is_exempt: bool, until: Option<Date>, issued_on: Date) -> bool {
    is_exempt && until.is_none_or(|until| issued_on < until)
}

/// The rates of a region that hold on `day`, highest first, then by name; a jurisdiction before its first row has none.
#[must_use]
pub fn rates_on(region: &[DatedRate], day: Date) -> Vec<Rate> {
    let mut newest: Vec<&DatedRate> = Vec::new();
    for row in region.iter().filter(|row| row.from_on <= day) {
        match newest.iter_mut().find(|known| known.jurisdiction == row.jurisdiction) {
            Some(known) if known.from_on < row.from_on => *known = row,
            Some(_) => {}
            None => newest.push(row),
        }
    }
    let mut rates: Vec<Rate> = newest
        .into_iter()
        .filter(|row| !row.percent.is_zero())
        .map(|row| Rate { jurisdiction: row.jurisdiction.clone(), percent: row.percent })
        .collect();
    rates.sort_by(|a, b| b.percent.cmp(&a.percent).then_with(|| a.jurisdiction.cmp(&b.jurisdiction)));
    rates
}

/// A jurisdiction's part of an invoice's tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Who gets it, and its rate.
    pub rate: Rate,
    /// Minor units.
    pub amount: i64,
}

/// The tax on `base` (minor units of the taxable lines), rounded half-up once over the combined rate, with the share of
/// each jurisdiction by largest remainder. Source: `rules.md`, Tax (US Streamlined Sales Tax Agreement s. 324).
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn tax(base: i64, rates: &[Rate], currency: Currency) -> Result<Vec<Share>, Overflow> {
    let combined: Decimal = rates.iter().map(|rate| rate.percent).sum();
    let exact = major(base, currency).checked_mul(combined).ok_or(Overflow)? / Decimal::ONE_HUNDRED;
    let weights: Vec<i64> = rates.iter().map(weight).collect::<Result<_, _>>()?;
    let parts = split(half_up(exact, currency)?, &weights)?;
    Ok(rates.iter().zip(parts).map(|(rate, amount)| Share { rate: rate.clone(), amount }).collect())
}

/// A rate as an integer of millionths of a percent, to weigh the shares.
fn weight(rate: &Rate) -> Result<i64, Overflow> {
    use rust_decimal::prelude::ToPrimitive;
    rate.percent.checked_mul(Decimal::from(1_000_000)).and_then(|scaled| scaled.to_i64()).ok_or(Overflow)
}
