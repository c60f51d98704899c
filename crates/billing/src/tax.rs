//! Sales tax: jurisdictions with dated rates by category, one rounding per category or per line, shares that sum to it.

pub mod document;
pub mod sales;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding};
use crate::split::split;
use crate::words::words;

words! {
    /// Where the tax of an invoice is rounded.
    #[derive(Default)]
    pub enum TaxRounding {
        /// Once for each category, over the sum of its lines.
        #[default]
        PerCategory = "per_category",
        /// Each line's tax by itself.
        PerLine = "per_line",
    }
}

words! {
    /// Whether prices hold the tax.
    #[derive(Default)]
    pub enum PriceTax {
        /// It is added.
        #[default]
        Exclusive = "exclusive",
        /// It is in them.
        Inclusive = "inclusive",
    }
}

impl PriceTax {
    /// What is earned with a line of so much, of which so much is tax or to which so much is added; minor units.
    #[must_use]
    pub const fn net(self, amount: i64, tax: i64) -> i64 {
        match self {
            Self::Exclusive => amount,
            Self::Inclusive => amount.saturating_sub(tax),
        }
    }

    /// The amount as it was priced, of its net and tax.
    #[must_use]
    pub const fn priced(self, net: i64, tax: i64) -> i64 {
        match self {
            Self::Exclusive => net,
            Self::Inclusive => net.saturating_add(tax),
        }
    }
}

/// How a provider taxes. Source: the import contract, Tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaxTerms {
    /// Where tax is rounded.
    pub rounding: TaxRounding,
    /// Whether prices hold it.
    pub prices: PriceTax,
}

/// A jurisdiction's rate, holding from a day until its next row of the same category in the same region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedRate {
    /// "Minnesota".
    pub jurisdiction: String,
    /// What it is the rate of: "Software"; empty for the general rate.
    pub category: String,
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
/// exemption has no end. The day of issue decides, as it does for the rates (`docs/rules.md`, Tax).
#[must_use]
pub fn is_exempt(is_exempt: bool, until: Option<Date>, issued_on: Date) -> bool {
    is_exempt && until.is_none_or(|until| issued_on < until)
}

/// The category under which something of `category` is taxed in a region on `day`: its own as soon as one jurisdiction has
/// a rate for it, else the general one, which is empty.
#[must_use]
pub fn category_on<'a>(region: &[DatedRate], category: &'a str, day: Date) -> &'a str {
    let is_known = region.iter().any(|row| row.category == category && row.from_on <= day);
    if is_known { category } else { "" }
}

/// The rates of a category in a region that hold on `day`, highest first, then by name. A jurisdiction without a rate for
/// the category by then takes its general one; before its first row, and with a rate of 0, it takes nothing.
#[must_use]
pub fn rates_on(region: &[DatedRate], category: &str, day: Date) -> Vec<Rate> {
    let mut newest: Vec<&DatedRate> = Vec::new();
    let fits = |row: &&DatedRate| row.from_on <= day && (row.category == category || row.category.is_empty());
    // The category's own row before the general one, whichever is newer.
    let place = |row: &DatedRate| (row.category == category, row.from_on);
    for row in region.iter().filter(fits) {
        match newest.iter_mut().find(|known| known.jurisdiction == row.jurisdiction) {
            Some(known) if place(known) < place(row) => *known = row,
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

/// A jurisdiction's part of the tax on a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The category; empty for the general one.
    pub category: String,
    /// Who gets it, and its rate.
    pub rate: Rate,
    /// The sum of the category's lines without tax, minor units.
    pub base: i64,
    /// Minor units.
    pub amount: i64,
}

/// The tax on the lines of one category, line by line. Rounded per category, a line takes the tax on all lines up to it,
/// half-up, less what those before it took: so the last one brings the sum to the one rounding over all of them, whatever
/// lowers the invoice in between. Rounded per line, each takes its own, half-up. Of prices that hold it the tax comes
/// first; the net is what it leaves. Source: `docs/rules.md`, Tax (US Streamlined Sales Tax Agreement s. 324).
#[derive(Clone, Debug)]
pub struct CategoryTax {
    terms: TaxTerms,
    rates: Vec<Rate>,
    part: Fraction,
    /// Sum of the lines as priced.
    amount: i64,
    tax: i64,
}

impl CategoryTax {
    /// No lines so far; `rates` are combined into one.
    ///
    /// # Errors
    /// `Overflow` where they don't fit.
    pub fn new(rates: Vec<Rate>, terms: TaxTerms) -> Result<Self, Overflow> {
        let combined = rates.iter().map(|rate| rate.percent).sum();
        Ok(Self { terms, part: part_of_price(combined, terms.prices)?, rates, amount: 0, tax: 0 })
    }

    /// The tax of the next line, minor units, whether it is in `amount` or comes on top.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn line(&mut self, amount: i64) -> Result<i64, Overflow> {
        let so_far = self.amount.checked_add(amount).ok_or(Overflow)?;
        let tax = match self.terms.rounding {
            TaxRounding::PerLine => self.part.of(amount, Rounding::HalfUp)?,
            TaxRounding::PerCategory => {
                self.part.of(so_far, Rounding::HalfUp)?.checked_sub(self.tax).ok_or(Overflow)?
            }
        };
        self.tax = self.tax.checked_add(tax).ok_or(Overflow)?;
        self.amount = so_far;
        Ok(tax)
    }

    /// What each jurisdiction gets of it, by largest remainder; nothing where nothing is taxed.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn shares(self, category: &str) -> Result<Vec<Share>, Overflow> {
        let base = self.terms.prices.net(self.amount, self.tax);
        if base == 0 && self.tax == 0 {
            return Ok(Vec::new());
        }
        let weights: Vec<i64> = self.rates.iter().map(weight).collect::<Result<_, _>>()?;
        let parts = split(self.tax, &weights)?;
        let share = |(rate, amount)| Share { category: category.to_owned(), rate, base, amount };
        Ok(self.rates.into_iter().zip(parts).map(share).collect())
    }
}

/// What part of a price is tax, or comes to it as tax, at a rate in percent.
fn part_of_price(percent: Decimal, prices: PriceTax) -> Result<Fraction, Overflow> {
    let rate = Fraction::percent(percent)?;
    match prices {
        PriceTax::Exclusive => Ok(rate),
        PriceTax::Inclusive => rate.over(Fraction::ONE.plus(rate)?),
    }
}

/// A rate as an integer of millionths of a percent, to weigh the shares.
fn weight(rate: &Rate) -> Result<i64, Overflow> {
    use rust_decimal::prelude::ToPrimitive;
    rate.percent.checked_mul(Decimal::from(1_000_000)).and_then(|scaled| scaled.to_i64()).ok_or(Overflow)
}
