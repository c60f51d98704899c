//! US sales tax as the states agreed to compute it, and tax-inclusive prices.
//! It answers facts of other systems; the product doesn't run it: there `CategoryTax` of the module above taxes a document.

use rust_decimal::Decimal;

use super::{PriceTax, part_of_price};
use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding};
use crate::words::words;

words! {
    /// What US sales tax is computed on; the seller may choose.
    pub enum SalesBasis {
        /// The whole invoice.
        Invoice = "invoice",
        /// Each item.
        Item = "item",
    }
}

words! {
    /// Whether state and local rates are added up before the tax is computed.
    pub enum Rates {
        /// One rounding over the combined rate, the default: the law lets the seller combine them.
        Combined = "combined",
        /// One for each.
        Separate = "separate",
    }
}

/// The tax on `nets` (minor units of the taxable items) at `rates` in percent. The tax is carried to the third decimal of
/// major units and rounded up where that is greater than four, which is half-up. Source: Streamlined Sales and Use Tax
/// Agreement, s. 324.
///
/// # Errors
/// `Overflow` beyond 64 bits.
pub fn sales_tax(nets: &[i64], rates: &[Decimal], basis: SalesBasis, combine: Rates) -> Result<i64, Overflow> {
    let bases = match basis {
        SalesBasis::Item => nets.to_vec(),
        SalesBasis::Invoice => {
            vec![nets.iter().try_fold(0_i64, |sum, net| sum.checked_add(*net)).ok_or(Overflow)?]
        }
    };
    let exact = rates.iter().map(|rate| Fraction::percent(*rate)).collect::<Result<Vec<_>, _>>()?;
    let factors = match combine {
        Rates::Separate => exact,
        Rates::Combined => vec![exact.into_iter().try_fold(Fraction::ZERO, Fraction::plus)?],
    };
    let mut tax = 0_i64;
    for base in bases {
        for factor in &factors {
            let part = factor.of(base, Rounding::HalfUp)?;
            tax = tax.checked_add(part).ok_or(Overflow)?;
        }
    }
    Ok(tax)
}

/// Splits a price that holds its tax (minor units) into (net, tax): the tax is computed and rounded half-up, the net is
/// what it leaves. Rule: `docs/rules.md`, Tax; where both are exact halves the rounding is in the state's favour.
///
/// # Errors
/// `Overflow` beyond 64 bits, or at -100 %.
pub fn out_of_gross(gross: i64, rate: Decimal) -> Result<(i64, i64), Overflow> {
    let tax = part_of_price(rate, PriceTax::Inclusive)?.of(gross, Rounding::HalfUp)?;
    Ok((gross.checked_sub(tax).ok_or(Overflow)?, tax))
}
