//! Credit notes of documents told by net amounts, as other systems do it: net and tax rounded, gross their sum; never more than
//! what is left, and the last takes the remainder.
//! It answers facts of other systems; the product doesn't run it: there the module above credits lines and shares.

use rust_decimal::Decimal;

use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding};
use crate::split::shares;

/// Net, tax and their sum, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// Their sum.
    pub gross: i64,
}

impl Figures {
    /// Of net and tax.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn of(net: i64, tax: i64) -> Result<Self, Overflow> {
        Ok(Self { net, tax, gross: net.checked_add(tax).ok_or(Overflow)? })
    }

    /// Of an exact net in minor units and a rate in percent: net and tax are rounded once each, the tax from the exact
    /// net; gross is the sum of both, not the rounding of the exact gross. Source: Lago, credit note rounding.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn of_exact(net: Fraction, rate: Decimal) -> Result<Self, Overflow> {
        let tax = net.times(Fraction::percent(rate)?)?;
        Self::of(net.round(Rounding::HalfUp)?, tax.round(Rounding::HalfUp)?)
    }
}

/// A line of the invoice that is credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Before the document's discount, minor units.
    pub net: i64,
    /// Percent.
    pub rate: Decimal,
}

/// An issued invoice, and what is credited of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditable {
    lines: Vec<Line>,
    /// Each line's exact share of the document's discount.
    discounts: Vec<Fraction>,
    /// Of the lines, before the discount: credited so far.
    credited: Vec<i64>,
    /// Credited without naming a line.
    credited_at_large: i64,
    left: Figures,
}

/// Why no credit note is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More than what is left, or nothing.
    #[error("a credit note can't be for nothing, nor for more than what is left of the invoice or the line")]
    MoreThanLeft,
    /// The invoice has no such line.
    #[error("the invoice has no line {0}")]
    NoSuchLine(usize),
    /// A figure is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Creditable {
    /// An invoice of `lines` with a discount on all of them (minor units), as it was `issued`.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn new(lines: Vec<Line>, discount: i64, issued: Figures) -> Result<Self, Overflow> {
        let nets: Vec<Fraction> = lines.iter().map(|line| line.net.into()).collect();
        let discounts = shares(discount.into(), &nets)?;
        Ok(Self { credited: vec![0; lines.len()], credited_at_large: 0, discounts, lines, left: issued })
    }

    /// What is left to credit.
    #[must_use]
    pub const fn left(&self) -> Figures {
        self.left
    }

    /// The next credit note, for `net` (minor units before the discount) of one line or of the invoice at large. The
    /// discount is credited back with the line, the tax computed on the exact net. Rule: `docs/rules.md`, Credit notes.
    ///
    /// # Errors
    /// `MoreThanLeft`, `NoSuchLine`, `Overflow`.
    pub fn credit(&mut self, line: Option<usize>, net: i64) -> Result<Figures, Refused> {
        let (whole, credited) = (self.sum(|line| line.net)?, self.credited_so_far()?);
        let available = match line {
            None => whole.checked_sub(credited).ok_or(Overflow)?,
            Some(at) => self.left_of(at)?.min(whole.checked_sub(credited).ok_or(Overflow)?),
        };
        if net <= 0 || net > available {
            return Err(Refused::MoreThanLeft);
        }
        let note = if credited.checked_add(net) == Some(whole) { self.left } else { self.part(line, net)? };
        self.left = Figures::of(self.left.net - note.net, self.left.tax - note.tax)?;
        match line.and_then(|at| self.credited.get_mut(at)) {
            Some(credited) => *credited += net,
            None => self.credited_at_large += net,
        }
        Ok(note)
    }

    /// A credit note that is not the last: rounded, and cut to what is left where many roundings have used that up.
    fn part(&self, line: Option<usize>, net: i64) -> Result<Figures, Refused> {
        let (mut exact, mut tax) = (Fraction::ZERO, Fraction::ZERO);
        let chosen = |at: usize| line.is_none_or(|line| line == at);
        let whole: i64 = self.lines.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, line)| line.net).sum();
        for (at, (line, discount)) in self.lines.iter().zip(&self.discounts).enumerate() {
            if chosen(at) {
                let share = Fraction::new(net.into(), whole.into())?;
                let part = Fraction::from(line.net).minus(*discount)?.times(share)?;
                exact = exact.plus(part)?;
                tax = tax.plus(part.times(Fraction::percent(line.rate)?)?)?;
            }
        }
        let (net, tax) = (exact.round(Rounding::HalfUp)?, tax.round(Rounding::HalfUp)?);
        Ok(Figures::of(net.min(self.left.net), tax.min(self.left.tax))?)
    }

    fn left_of(&self, at: usize) -> Result<i64, Refused> {
        let line = self.lines.get(at).ok_or(Refused::NoSuchLine(at))?;
        Ok(line.net - self.credited.get(at).copied().unwrap_or(0))
    }

    fn credited_so_far(&self) -> Result<i64, Overflow> {
        self.credited.iter().try_fold(self.credited_at_large, |sum, net| sum.checked_add(*net)).ok_or(Overflow)
    }

    fn sum(&self, figure: impl Fn(&Line) -> i64) -> Result<i64, Overflow> {
        self.lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(figure(line))).ok_or(Overflow)
    }
}
