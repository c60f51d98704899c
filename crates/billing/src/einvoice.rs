//! The totals of an e-invoice as EN 16931 wants them: its business rules BR-CO-10 to BR-CO-17 and BR-S-8/9.
//! It answers facts of other systems; the product doesn't run it and makes no e-invoices.

use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding, digits};
use crate::words::words;

words! {
    /// Whether something is taken off or added.
    pub enum Direction {
        /// Taken off.
        Allowance = "allowance",
        /// Added.
        Charge = "charge",
    }
}

/// A tax category and its rate. Category O (outside the scope) has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// UNTDID 5305: `S`, `E`, `AE`, `O`.
    pub code: String,
    /// Percent.
    pub rate: Option<Decimal>,
}

/// An allowance or charge on the document, major units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Taken off or added.
    pub direction: Direction,
    /// Major units.
    pub amount: Decimal,
    /// Where it counts for the tax.
    pub category: Category,
}

/// How a line's net comes about; amounts in major units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePrice {
    /// Units.
    pub quantity: Decimal,
    /// Price of `per` units.
    pub price: Decimal,
    /// The base quantity of the price: 1 where there is none.
    pub per: Decimal,
    /// The line's own allowances and charges.
    pub adjustments: Vec<(Direction, Decimal)>,
}

impl LinePrice {
    /// The line's net in minor units, rounded half-up once: quantity x price / base quantity, less allowances, plus
    /// charges (PEPPOL-EN16931-R120).
    ///
    /// # Errors
    /// `Overflow` where the base quantity is 0, or beyond 64 bits.
    pub fn net(&self, currency: Currency) -> Result<i64, Overflow> {
        let price = Fraction::try_from(self.price)?.over(self.per.try_into()?)?;
        let mut net = price.times(self.quantity.try_into()?)?;
        for (direction, amount) in &self.adjustments {
            let amount = Fraction::try_from(*amount)?;
            net = if *direction == Direction::Charge { net.plus(amount)? } else { net.minus(amount)? };
        }
        minor(net, currency)
    }
}

/// A document's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its currency.
    pub currency: Currency,
    /// Net of each line in minor units, and its category.
    pub lines: Vec<(i64, Category)>,
    /// Allowances and charges on the document.
    pub adjustments: Vec<Adjustment>,
    /// Paid already, minor units.
    pub prepaid: i64,
    /// Added to make the amount payable a round one, minor units.
    pub rounding: i64,
}

/// The tax of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtotal {
    /// The category.
    pub category: Category,
    /// What is taxed, minor units (BT-116).
    pub taxable: i64,
    /// Its tax, minor units, rounded once (BT-117, BR-CO-17).
    pub tax: i64,
}

/// All totals, minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// BT-106, BR-CO-10.
    pub line_net: i64,
    /// BT-107, BR-CO-11; none where the document has no allowance.
    pub allowances: Option<i64>,
    /// BT-108, BR-CO-12; none where it has no charge.
    pub charges: Option<i64>,
    /// BT-109, BR-CO-13.
    pub without_tax: i64,
    /// BG-23, in the order in which categories appear.
    pub subtotals: Vec<Subtotal>,
    /// BT-110, BR-CO-14.
    pub tax: i64,
    /// BT-112, BR-CO-15.
    pub with_tax: i64,
    /// BT-115, BR-CO-16.
    pub payable: i64,
}

impl Document {
    /// Adds everything up.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn totals(&self) -> Result<Totals, Overflow> {
        let mut subtotals: Vec<Subtotal> = Vec::new();
        for (net, category) in &self.lines {
            add(&mut subtotals, category, *net)?;
        }
        for adjustment in &self.adjustments {
            let amount = minor(adjustment.amount.try_into()?, self.currency)?;
            let sign = if adjustment.direction == Direction::Charge { 1 } else { -1 };
            add(&mut subtotals, &adjustment.category, amount * sign)?;
        }
        for subtotal in &mut subtotals {
            let rate = Fraction::percent(subtotal.category.rate.unwrap_or_default())?;
            subtotal.tax = rate.times(subtotal.taxable.into())?.round(Rounding::HalfUp)?;
        }
        let (allowances, charges) = (self.sum(Direction::Allowance)?, self.sum(Direction::Charge)?);
        let line_net = sum(self.lines.iter().map(|(net, _)| *net))?;
        let without_tax = sum([line_net, -allowances.unwrap_or(0), charges.unwrap_or(0)])?;
        let tax = sum(subtotals.iter().map(|subtotal| subtotal.tax))?;
        let with_tax = sum([without_tax, tax])?;
        let payable = sum([with_tax, -self.prepaid, self.rounding])?;
        Ok(Totals { line_net, allowances, charges, without_tax, subtotals, tax, with_tax, payable })
    }

    fn sum(&self, direction: Direction) -> Result<Option<i64>, Overflow> {
        let chosen = self.adjustments.iter().filter(|adjustment| adjustment.direction == direction);
        let amounts = chosen
            .map(|adjustment| minor(adjustment.amount.try_into()?, self.currency))
            .collect::<Result<Vec<_>, _>>()?;
        if amounts.is_empty() { Ok(None) } else { sum(amounts).map(Some) }
    }
}

/// Major units, exact, in minor units.
fn minor(amount: Fraction, currency: Currency) -> Result<i64, Overflow> {
    let scale = 10_i64.checked_pow(u32::from(digits(currency))).ok_or(Overflow)?;
    amount.times(scale.into())?.round(Rounding::HalfUp)
}

fn add(subtotals: &mut Vec<Subtotal>, category: &Category, amount: i64) -> Result<(), Overflow> {
    match subtotals.iter_mut().find(|known| known.category == *category) {
        Some(known) => known.taxable = known.taxable.checked_add(amount).ok_or(Overflow)?,
        None => subtotals.push(Subtotal { category: category.clone(), taxable: amount, tax: 0 }),
    }
    Ok(())
}

fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, Overflow> {
    amounts.into_iter().try_fold(0_i64, i64::checked_add).ok_or(Overflow)
}
