//! The tax of a whole document, whatever its lines carry: several rates, taxes on taxes, fixed amounts per unit, prices
//! with the tax in them, discounts over all lines. Everything is exact until the one rounding that the level names.
//! It answers facts of other systems; the product doesn't run it: there `CategoryTax` of the module above taxes a document.

use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding, digits};
use crate::split::{shares, split};
use crate::words::words;

words! {
    /// Where tax is rounded.
    pub enum Level {
        /// Once per rate over the document (EN 16931, BR-CO-17), the default.
        Document = "document",
        /// Every line's tax.
        Line = "line",
    }
}

words! {
    /// Whether unit prices hold the tax.
    pub enum Prices {
        /// Tax is added.
        Net = "net",
        /// Tax is in them: the tax is computed, the net is what it leaves.
        Gross = "gross",
    }
}

/// A percentage tax of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRate {
    /// 6.875 is 6.875 %.
    pub percent: Decimal,
    /// Whether it is also taken on the taxes before it.
    pub compound: bool,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Units.
    pub quantity: Decimal,
    /// Major units.
    pub unit_price: Decimal,
    /// Taken off the line, major units.
    pub discount: Decimal,
    /// Percentages, in the order in which compound ones build on each other.
    pub rates: Vec<LineRate>,
    /// A fixed tax per unit, minor units: the first of the line's taxes.
    pub fixed_per_unit: i64,
    /// Whether percentages are also taken on the fixed tax.
    pub fixed_in_base: bool,
}

/// A discount over lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    /// How much.
    pub size: Size,
    /// Which lines, counted from 0; all where there are none.
    pub lines: Vec<usize>,
}

/// The size of a discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Minor units; at most what the lines come to.
    Amount(i64),
    /// Percent of what the lines come to, rounded half-up.
    Percent(Decimal),
}

/// A document before its tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its currency.
    pub currency: Currency,
    /// Where tax is rounded.
    pub level: Level,
    /// Whether unit prices hold the tax.
    pub prices: Prices,
    /// How halves are rounded: half-up.
    pub rounding: Rounding,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Discounts, one after the other, each spread over what is left after those before it.
    pub discounts: Vec<Discount>,
}

/// The figures of a document, minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxed {
    /// After discounts, without tax.
    pub net: i64,
    /// All taxes.
    pub tax: i64,
    /// Both.
    pub gross: i64,
    /// Each line after its own discount, before those of the document, as priced.
    pub line_nets: Vec<i64>,
    /// Each line's tax, rounded by itself.
    pub line_taxes: Vec<i64>,
    /// What the document's discounts take off each line: whole minor units that sum to them.
    pub line_discounts: Vec<i64>,
    /// The same, exact.
    pub exact_discounts: Vec<Fraction>,
    /// The taxes by their place in the lines, a fixed one first, rounded by themselves.
    pub taxes: Vec<i64>,
}

/// One tax of one line, exact, minor units.
struct Tax {
    line: usize,
    place: usize,
    /// None for a fixed tax.
    percent: Option<Decimal>,
    amount: Fraction,
}

impl Document {
    /// Computes it. Rule: `docs/rules.md`, Tax; sources: EN 16931, Odoo, Lago, Invoice Ninja.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits in a figure, or 128 bits on the way: gross prices under more than a handful of different
    /// combinations of rates have no common denominator that fits.
    pub fn taxed(&self) -> Result<Taxed, Overflow> {
        let line_nets: Vec<i64> = self.lines.iter().map(|line| self.line_amount(line)).collect::<Result<_, _>>()?;
        let exact_discounts = self.discounts(&line_nets)?;
        let mut taxes = Vec::new();
        for (at, (line, (net, discount))) in self.lines.iter().zip(line_nets.iter().zip(&exact_discounts)).enumerate() {
            taxes.extend(self.taxes_of(line, Fraction::from(*net).minus(*discount)?, at)?);
        }
        let line_taxes = (0..self.lines.len())
            .map(|at| self.rounded(&taxes, |tax| tax.line == at))
            .collect::<Result<Vec<_>, _>>()?;
        let places = taxes.iter().map(|tax| tax.place + 1).max().unwrap_or(0);
        let by_place =
            (0..places).map(|place| self.rounded(&taxes, |tax| tax.place == place)).collect::<Result<Vec<_>, _>>()?;
        let tax = match self.level {
            Level::Line => self.per_line(&taxes)?,
            Level::Document => self.per_rate(&taxes)?,
        };
        let discount = sum(&exact_discounts)?.round(self.rounding)?;
        let priced = line_nets.iter().try_fold(0_i64, |sum, net| sum.checked_add(*net)).ok_or(Overflow)?;
        let priced = priced.checked_sub(discount).ok_or(Overflow)?;
        let (net, gross) = match self.prices {
            Prices::Net => (priced, priced.checked_add(tax).ok_or(Overflow)?),
            Prices::Gross => (priced.checked_sub(tax).ok_or(Overflow)?, priced),
        };
        let line_discounts = whole(discount, &exact_discounts)?;
        Ok(Taxed { net, tax, gross, line_nets, line_taxes, line_discounts, exact_discounts, taxes: by_place })
    }

    /// Quantity times price less the line's discount, rounded once.
    fn line_amount(&self, line: &Line) -> Result<i64, Overflow> {
        let exact = Fraction::try_from(line.quantity)?.times(line.unit_price.try_into()?)?;
        let scale = Fraction::from(10_i64.checked_pow(digits(self.currency).into()).ok_or(Overflow)?);
        exact.minus(line.discount.try_into()?)?.times(scale)?.round(self.rounding)
    }

    /// What the discounts take off each line, exact, minor units.
    fn discounts(&self, nets: &[i64]) -> Result<Vec<Fraction>, Overflow> {
        let mut left: Vec<Fraction> = nets.iter().map(|net| Fraction::from(*net)).collect();
        for discount in &self.discounts {
            let takes_part = |at: usize| discount.lines.is_empty() || discount.lines.contains(&at);
            let weights: Vec<Fraction> =
                left.iter().enumerate().map(|(at, left)| if takes_part(at) { *left } else { Fraction::ZERO }).collect();
            let all = sum(&weights)?;
            let size = match discount.size {
                Size::Amount(amount) => Fraction::from(amount),
                Size::Percent(percent) => all.times(Fraction::percent(percent)?)?.round(self.rounding)?.into(),
            };
            let size = if size.exceeds(all)? { all } else { size };
            for (left, share) in left.iter_mut().zip(shares(size, &weights)?) {
                *left = left.minus(share)?;
            }
        }
        nets.iter().zip(left).map(|(net, left)| Fraction::from(*net).minus(left)).collect()
    }

    /// The taxes of a line that comes to `priced`. Each is `factor x net + fixed`, so that a price that holds them can
    /// be solved for its net.
    fn taxes_of(&self, line: &Line, priced: Fraction, at: usize) -> Result<Vec<Tax>, Overflow> {
        let fixed = Fraction::from(line.fixed_per_unit).times(line.quantity.try_into()?)?;
        let has_fixed = line.fixed_per_unit != 0;
        let (mut factors, mut constants) = (Fraction::ZERO, Fraction::ZERO);
        let mut terms = Vec::new();
        for rate in &line.rates {
            let percent = Fraction::percent(rate.percent)?;
            let base = if rate.compound { Fraction::ONE.plus(factors)? } else { Fraction::ONE };
            let base_constant = if rate.compound { constants } else { Fraction::ZERO };
            let in_base = if line.fixed_in_base { fixed } else { Fraction::ZERO };
            let (factor, constant) = (percent.times(base)?, percent.times(base_constant.plus(in_base)?)?);
            (factors, constants) = (factors.plus(factor)?, constants.plus(constant)?);
            terms.push((rate.percent, factor, constant));
        }
        let net = match self.prices {
            Prices::Net => priced,
            Prices::Gross => priced.minus(fixed)?.minus(constants)?.over(Fraction::ONE.plus(factors)?)?,
        };
        let mut taxes = Vec::new();
        if has_fixed {
            taxes.push(Tax { line: at, place: 0, percent: None, amount: fixed });
        }
        for (place, (percent, factor, constant)) in (usize::from(has_fixed)..).zip(terms) {
            let amount = net.times(factor)?.plus(constant)?;
            taxes.push(Tax { line: at, place, percent: Some(percent), amount });
        }
        Ok(taxes)
    }

    /// The sum of some taxes, rounded once.
    fn rounded(&self, taxes: &[Tax], belongs: impl Fn(&Tax) -> bool) -> Result<i64, Overflow> {
        let amounts: Vec<Fraction> = taxes.iter().filter(|tax| belongs(tax)).map(|tax| tax.amount).collect();
        sum(&amounts)?.round(self.rounding)
    }

    /// Every tax of every line rounded by itself.
    fn per_line(&self, taxes: &[Tax]) -> Result<i64, Overflow> {
        taxes.iter().try_fold(0_i64, |sum, tax| sum.checked_add(tax.amount.round(self.rounding)?).ok_or(Overflow))
    }

    /// One rounding per rate, and one for the fixed taxes.
    fn per_rate(&self, taxes: &[Tax]) -> Result<i64, Overflow> {
        let mut rates: Vec<Option<Decimal>> = Vec::new();
        for tax in taxes {
            if !rates.contains(&tax.percent) {
                rates.push(tax.percent);
            }
        }
        rates.into_iter().try_fold(0_i64, |sum, rate| {
            sum.checked_add(self.rounded(taxes, |tax| tax.percent == rate)?).ok_or(Overflow)
        })
    }
}

fn sum(parts: &[Fraction]) -> Result<Fraction, Overflow> {
    parts.iter().try_fold(Fraction::ZERO, |sum, part| sum.plus(*part))
}

/// Exact parts as whole minor units that sum to `total`: their proportion in millionths, then largest remainder.
fn whole(total: i64, parts: &[Fraction]) -> Result<Vec<i64>, Overflow> {
    let weights: Vec<i64> = parts
        .iter()
        .map(|part| part.times(Fraction::from(1_000_000))?.round(Rounding::HalfUp))
        .collect::<Result<_, _>>()?;
    if total == 0 { Ok(vec![0; parts.len()]) } else { split(total, &weights) }
}
