//! What an agreement line charges for a month: proration, arrears and advance.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::calendar::Month;
use crate::life::Life;
use crate::money::{Overflow, half_up};
use crate::period::Span;
use crate::words::words;
use iso_currency::Currency;

words! {
    /// When a month is billed: after it, or before it.
    pub enum Billing {
        /// The run for month M charges M.
        Arrears = "arrears",
        /// The run for month M charges M+1.
        Advance = "advance",
    }
}

words! {
    /// Whether a month that is covered in part is charged in part.
    pub enum Proration {
        /// By days.
        Daily = "yes",
        /// In full.
        Never = "no",
    }
}

/// What a line charges and when: the line's own days cut to those of its agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Days of service: `[max(starts), min(ends))` of line and agreement.
    pub active: Span,
    /// Arrears or advance.
    pub billing: Billing,
    /// Units.
    pub quantity: Decimal,
    /// Price of a unit for a month, in major units, used exactly as written.
    pub unit_price: Decimal,
    /// Whether part of a month is charged in part.
    pub proration: Proration,
}

words! {
    /// Why a month stands on this invoice.
    pub enum Part {
        /// The month that the run is for, or the one ahead where billed in advance.
        Regular = "regular",
        /// Billed in advance, began inside the month: the rest of that month.
        CatchUp = "catch_up",
        /// Billed in advance, the very first run: the month that runs already.
        FirstMonth = "first_month",
        /// An earlier run should have charged it, had it been known.
        Late = "late",
        /// The difference to what an earlier invoice charged.
        TrueUp = "true_up",
    }
}

/// One charge of one agreement line: a period, or the part of it over which nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The month in which the period begins: with the line, the key. A period is charged once, ever.
    pub month: Month,
    /// Why it stands here.
    pub part: Part,
    /// The days charged.
    pub span: Span,
    /// Units.
    pub quantity: Decimal,
    /// Price of a unit for the whole period, in major units.
    pub unit_price: Decimal,
    /// Price of a unit after proration: unrounded where the period is charged in full.
    pub charged_price: Decimal,
    /// The days of the period, where `charged_price` is a part of the price (17/31 days).
    pub of_days: Option<u32>,
    /// Minor units.
    pub amount: i64,
}

impl Terms {
    /// The charges that the run for `month` makes for a line to which nothing happens: none, one, or (advance) two.
    ///
    /// `billing_starts_on` is the 1st of the provider's first month: its run also charges that month to lines billed
    /// in advance. Source: the import contract, Recurring.
    ///
    /// # Errors
    /// `Overflow` where price times quantity leaves 64 bits of minor units.
    pub fn charges(&self, month: Month, billing_starts_on: Date, currency: Currency) -> Result<Vec<Charge>, Overflow> {
        let life = Life::of(*self);
        let periods = life.periods(month, billing_starts_on).into_iter();
        let charges = periods.map(|(period, part)| life.charges(period, part, currency));
        Ok(charges.collect::<Result<Vec<_>, _>>()?.concat())
    }
}

/// The price of a unit for `days` of a month of `of_days`, rounded half-up once to the minor unit: where a unit price is
/// shown, it is prorated and rounded first, then multiplied (`docs/rules.md`, Proration).
pub(crate) fn prorate(unit_price: Decimal, days: u32, of_days: u32, currency: Currency) -> Result<Decimal, Overflow> {
    let exact = unit_price
        .checked_mul(Decimal::from(days))
        .and_then(|product| product.checked_div(Decimal::from(of_days)))
        .ok_or(Overflow)?;
    Ok(crate::money::major(half_up(exact, currency)?, currency))
}
