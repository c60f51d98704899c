//! What an agreement line charges for a month: proration, arrears and advance.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::calendar::Month;
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
    }
}

/// One month of one agreement line. It is charged once, ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The month charged: with the line, the unique key.
    pub month: Month,
    /// Why it stands here.
    pub part: Part,
    /// The active days inside the month.
    pub span: Span,
    /// Price of a unit after proration, in major units: unrounded when the month is charged in full.
    pub charged_price: Decimal,
    /// Whether `charged_price` is a part of the price (17/31 days).
    pub prorated: bool,
    /// Minor units.
    pub amount: i64,
}

impl Terms {
    /// The charges that the run for `month` makes: none, one, or (advance) two.
    ///
    /// `billing_starts_on` is the 1st of the provider's first month: its run also charges that month to lines billed
    /// in advance. Source: the import contract, Recurring.
    ///
    /// # Errors
    /// `Overflow` where price times quantity leaves 64 bits of minor units.
    pub fn charges(&self, month: Month, billing_starts_on: Date, currency: Currency) -> Result<Vec<Charge>, Overflow> {
        let mut charges = Vec::new();
        match self.billing {
            Billing::Arrears => charges.extend(self.charge(month, Part::Regular, currency)?),
            Billing::Advance => {
                if let Some(part) = self.current_month(month, billing_starts_on) {
                    charges.extend(self.charge(month, part, currency)?);
                }
                if self.active.covers(month.next().first()) {
                    charges.extend(self.charge(month.next(), Part::Regular, currency)?);
                }
            }
        }
        Ok(charges)
    }

    /// Whether an advance line also owes the month of the run itself, and why.
    fn current_month(&self, month: Month, billing_starts_on: Date) -> Option<Part> {
        let began_inside = self.active.from > month.first() && month.span().covers(self.active.from);
        let first_run = Month::of(billing_starts_on) == month && self.active.covers(billing_starts_on);
        match (began_inside, first_run) {
            (true, _) => Some(Part::CatchUp),
            (false, true) => Some(Part::FirstMonth),
            (false, false) => None,
        }
    }

    /// The charge for one month; none where no day of it is active.
    fn charge(&self, month: Month, part: Part, currency: Currency) -> Result<Option<Charge>, Overflow> {
        let span = self.active.and(month.span());
        let days = span.days();
        if days == 0 {
            return Ok(None);
        }
        let prorated = days < month.days() && self.proration == Proration::Daily;
        let charged_price =
            if prorated { prorate(self.unit_price, days, month.days(), currency)? } else { self.unit_price };
        let amount = half_up(charged_price.checked_mul(self.quantity).ok_or(Overflow)?, currency)?;
        Ok(Some(Charge { month, part, span, charged_price, prorated, amount }))
    }
}

/// The price of a unit for `days` of a month of `of_days`, rounded half-up once to the minor unit: where a unit price is
/// shown, it is prorated and rounded first, then multiplied (`rules.md`, Proration).
pub(crate) fn prorate(unit_price: Decimal, days: u32, of_days: u32, currency: Currency) -> Result<Decimal, Overflow> {
    let exact = unit_price
        .checked_mul(Decimal::from(days))
        .and_then(|product| product.checked_div(Decimal::from(of_days)))
        .ok_or(Overflow)?;
    Ok(crate::money::major(half_up(exact, currency)?, currency))
}
