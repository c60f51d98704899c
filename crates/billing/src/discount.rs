//! Discounts on the recurring stream: a percentage or a fixed amount off a month of an agreement, or of one of its lines.

use iso_currency::Currency;
use jiff::ToSpan;
use rust_decimal::Decimal;

use crate::calendar::Month;
use crate::money::{Overflow, half_up, major};
use crate::split::split;
use crate::words::words;

words! {
    /// How a discount is meant.
    pub enum DiscountKind {
        /// So many percent of what is charged.
        Percent = "percent",
        /// So much a month, never more than is charged.
        Fixed = "fixed",
    }
}

/// A discount and the months for which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discount {
    /// How `value` is meant.
    pub kind: DiscountKind,
    /// Percent, or major units; positive.
    pub value: Decimal,
    /// The first month. A quarter or year counts as the month in which it begins.
    pub from: Month,
    /// For so many months; without end where `None`.
    pub months: Option<u32>,
}

impl Discount {
    /// Whether it holds for a month.
    #[must_use]
    pub fn covers(&self, month: Month) -> bool {
        let last = self.months.map(|months| i32::try_from(months).unwrap_or(i32::MAX));
        let until = last.map(|months| self.from.first().checked_add(months.months()).map_or(month.next(), Month::of));
        self.from <= month && until.is_none_or(|until| month < until)
    }

    /// What is taken off `bases`, minor units each, of which `taken` are taken off by other discounts already: one
    /// rounding half-up, split over the bases by largest remainder, and never more than is left of each. Positive.
    ///
    /// Source: `docs/rules.md`, Splitting; a percentage is of what is charged before any discount.
    ///
    /// # Errors
    /// `Overflow` where a base is negative, or beyond 64 bits.
    pub fn off(&self, bases: &[i64], taken: &[i64], currency: Currency) -> Result<Vec<i64>, Overflow> {
        let sum = bases.iter().try_fold(0_i64, |sum, base| sum.checked_add(*base)).ok_or(Overflow)?;
        let wanted = match self.kind {
            DiscountKind::Percent => {
                half_up(major(sum, currency).checked_mul(self.value).ok_or(Overflow)? / Decimal::ONE_HUNDRED, currency)?
            }
            DiscountKind::Fixed => half_up(self.value, currency)?,
        };
        let left: Vec<i64> = bases.iter().zip(taken).map(|(base, taken)| base.saturating_sub(*taken).max(0)).collect();
        let most = left.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part)).ok_or(Overflow)?;
        if wanted >= most {
            return Ok(left);
        }
        // By what is charged, as long as each base has room for its share; by what is left of them otherwise.
        let parts = split(wanted, bases)?;
        if parts.iter().zip(&left).all(|(part, left)| part <= left) { Ok(parts) } else { split(wanted, &left) }
    }
}
