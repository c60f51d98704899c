//! Proration: what part of a period costs. One rounding per line, half-up, on an exact fraction (17/31 days).
//! It answers facts of other systems; the product doesn't run it: there `agreement` and `life` prorate.

use jiff::civil::Date;

use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding};
use crate::period::Span;
use crate::words::words;

words! {
    /// What a part of a period is measured against; an agreement's setting.
    pub enum Basis {
        /// Actual days of part and period, the default.
        ActualDays = "actual_days",
        /// Every month has 30 days (Kill Bill's fixed days option).
        Fixed30 = "fixed_30",
        /// Not at all: a part costs the whole.
        Whole = "none",
    }
}

words! {
    /// Whether the day on which service ends is charged; an agreement's setting.
    pub enum LastDay {
        /// Half-open: it isn't, the default.
        Free = "no",
        /// It is, as at Lago: who ends on the day of the start pays for one day.
        Charged = "yes",
    }
}

impl LastDay {
    /// The days of service from `from` where it was ended on `ends_on`.
    #[must_use]
    pub fn service(self, from: Date, ends_on: Date) -> Span {
        match self {
            Self::Free => Span::new(from, ends_on),
            Self::Charged => Span::new(from, ends_on.tomorrow().unwrap_or(ends_on)),
        }
    }
}

impl Basis {
    /// How much of the period `of` the days of `part` are. 0 for no day at all, 1 for a period without days.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn share(self, part: Span, of: Span) -> Result<Fraction, Overflow> {
        match (part.days(), of.days(), self) {
            (0, ..) => Ok(Fraction::ZERO),
            (_, 0, _) | (.., Self::Whole) => Ok(Fraction::ONE),
            (days, of, Self::ActualDays) => Fraction::new(i128::from(days), i128::from(of)),
            (.., Self::Fixed30) => Fraction::new(days_of_30(part), days_of_30(of)),
        }
    }

    /// The price of `part` of a period that costs `price` (minor units), rounded half-up once. A credit is exactly the
    /// charge with the other sign. Source: `docs/rules.md`, Proration.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits of minor units.
    pub fn amount(self, price: i64, part: Span, of: Span) -> Result<i64, Overflow> {
        self.amount_rounded(price, part, of, Rounding::HalfUp)
    }

    /// The same with the rounding of another system, to replay its invoices.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits of minor units.
    pub fn amount_rounded(self, price: i64, part: Span, of: Span, rounding: Rounding) -> Result<i64, Overflow> {
        self.share(part, of)?.times(Fraction::from(price))?.round(rounding)
    }
}

/// Days where every month has 30: within a month they are the actual ones, and each end of a month that is crossed
/// counts as if that month had 30. Source: Kill Bill, fixed proration days.
fn days_of_30(span: Span) -> i128 {
    let day = |date: Date| i128::from(date.year()) * 360 + i128::from(date.month()) * 30 + i128::from(date.day());
    day(span.until) - day(span.from)
}

/// A period that was split after it had been billed for `price`: what the days before `on` cost, and the complement that
/// the days from `on` cost, so that both sum to the price.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn split_on(basis: Basis, price: i64, period: Span, on: Date) -> Result<(i64, i64), Overflow> {
    let before = basis.amount(price, Span::new(period.from, on.clamp(period.from, period.until)), period)?;
    Ok((before, price.checked_sub(before).ok_or(Overflow)?))
}

/// A price for a period, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced {
    /// Minor units for all of it.
    pub price: i64,
    /// The days it is for.
    pub period: Span,
}

/// A line of a change: what is credited or charged, and for which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Minor units: positive is charged, negative credited.
    pub amount: i64,
    /// From the change to the end of its period.
    pub days: Span,
}

/// An immediate change on `on`: the new prices are charged and the old ones credited, each for the rest of its own
/// period and rounded by itself. Nothing is left of a period that is over, and it makes no line. Periods may differ
/// (monthly to yearly). Source: Kill Bill and Meteroid, immediate changes.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn change(basis: Basis, on: Date, old: &[Priced], new: &[Priced]) -> Result<Vec<Change>, Overflow> {
    let charges = new.iter().map(|priced| (priced, 1));
    let credits = old.iter().map(|priced| (priced, -1));
    let mut lines = Vec::new();
    for (priced, sign) in charges.chain(credits) {
        let days = Span::new(on.max(priced.period.from), priced.period.until);
        let amount = basis.amount(priced.price, days, priced.period)? * sign;
        if days.days() > 0 && amount != 0 {
            lines.push(Change { amount, days });
        }
    }
    Ok(lines)
}

/// The sum of a change; `one_time` (minor units) is what is added in full.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn net(lines: &[Change], one_time: &[i64]) -> Result<i64, Overflow> {
    let amounts = lines.iter().map(|line| line.amount).chain(one_time.iter().copied());
    amounts.into_iter().try_fold(0_i64, |sum, amount| sum.checked_add(amount)).ok_or(Overflow)
}

/// A unit added inside a period that was not billed yet, billed with the next: the unit's price for the next period plus
/// that for the rest of the one it was added in, each rounded; then times the quantity, as the unit price shows it.
/// Gives (unit, all), minor units. Source: ConnectWise, licences added inside a month.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn catch_up(basis: Basis, unit: Priced, added_on: Date, quantity: i64) -> Result<(i64, i64), Overflow> {
    let rest = Span::new(added_on.max(unit.period.from), unit.period.until);
    let caught_up = basis.amount(unit.price, rest, unit.period)?;
    let each = unit.price.checked_add(caught_up).ok_or(Overflow)?;
    Ok((each, each.checked_mul(quantity).ok_or(Overflow)?))
}

/// A quantity from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The first day it holds for.
    pub from_on: Date,
    /// Units.
    pub units: i64,
}

/// The quantity that holds on a period's first day: one that changes inside a period takes effect with the next.
#[must_use]
pub fn quantity_of(period: Span, quantities: &[Quantity]) -> i64 {
    let known = quantities.iter().filter(|quantity| quantity.from_on <= period.from);
    known.max_by_key(|quantity| quantity.from_on).map_or(0, |quantity| quantity.units)
}
