//! Splitting an amount over parts so that the parts sum to the whole: largest remainder, ties to the earliest. And
//! applying an amount to what is open, the oldest first. The product runs [`split()`]; the rest answers facts of other systems.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::fraction::Fraction;
use crate::money::Overflow;
use crate::words::words;

/// Splits `total` (minor units) in proportion to `weights`, which are not negative. Computed on the absolute value, so
/// that a credit splits exactly like its charge. Where all weights are 0, the first part takes everything.
///
/// Rule: `docs/rules.md`, Splitting.
///
/// # Errors
/// `Overflow` where a weight is negative or a product leaves 128 bits.
pub fn split(total: i64, weights: &[i64]) -> Result<Vec<i64>, Overflow> {
    if weights.iter().any(|weight| *weight < 0) {
        return Err(Overflow);
    }
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from(*weight)).collect();
    let mut parts = largest_remainder(i128::from(total.unsigned_abs()), &weights)?;
    if weights.iter().all(|weight| *weight == 0)
        && let Some(first) = parts.first_mut()
    {
        *first = i128::from(total.unsigned_abs());
    }
    signed(total, &parts)
}

/// Why ratios can't split anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// None, a negative one, all zero, or shares of more than the whole.
    #[error("ratios can't be negative, all zero, or shares of more than the whole")]
    InvalidRatios,
    /// A figure is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

words! {
    /// What the ratios of a split mean.
    pub enum Ratios {
        /// Weights of any size: 50 and 50, 7 and 3.
        Weights = "weights",
        /// Shares of the whole, together not more than it: 1/2 and 1/3; what they leave is split alike.
        Shares = "shares",
    }
}

/// Splits `total` (minor units) in proportion to ratios; a credit splits exactly like its charge. Rule: `docs/rules.md`,
/// Splitting.
///
/// # Errors
/// `InvalidRatios`, or `Overflow` beyond 128 bits.
pub fn allocate(total: i64, ratios: &[Fraction], meaning: Ratios) -> Result<Vec<i64>, Refused> {
    let sum = ratios.iter().try_fold(Fraction::ZERO, |sum, ratio| sum.plus(*ratio))?;
    let too_much = meaning == Ratios::Shares && sum.exceeds(Fraction::ONE)?;
    if ratios.iter().any(|ratio| ratio.is_negative()) || sum.is_zero() || too_much {
        return Err(Refused::InvalidRatios);
    }
    let weights = whole_weights(ratios)?;
    Ok(signed(total, &largest_remainder(i128::from(total.unsigned_abs()), &weights)?)?)
}

/// The shares of `total` (minor units) in proportion to `weights`, exact: to compute with, as the parts of a discount
/// under a tax. All nothing where the weights are.
///
/// # Errors
/// `Overflow` beyond 128 bits.
pub fn shares(total: Fraction, weights: &[Fraction]) -> Result<Vec<Fraction>, Overflow> {
    let sum = weights.iter().try_fold(Fraction::ZERO, |sum, weight| sum.plus(*weight))?;
    if sum.is_zero() {
        return Ok(vec![Fraction::ZERO; weights.len()]);
    }
    let each = total.over(sum)?;
    weights.iter().map(|weight| each.times(*weight)).collect()
}

/// The same shares to show: decimals of minor units with so many places.
///
/// # Errors
/// `Overflow` beyond 64 bits of the last place.
pub fn shown_shares(total: i64, weights: &[i64], places: u32) -> Result<Vec<Decimal>, Overflow> {
    let weights: Vec<Fraction> = weights.iter().map(|weight| Fraction::from(*weight)).collect();
    shares(total.into(), &weights)?.into_iter().map(|share| share.decimal(places)).collect()
}

/// Something open: an invoice, an instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its due date.
    pub due_on: Date,
    /// Minor units; nothing is applied to what is not positive.
    pub amount: i64,
}

/// An amount applied to what is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Minor units for each, in the order given.
    pub parts: Vec<i64>,
    /// Minor units left over: account credit.
    pub left: i64,
}

/// Applies `amount` (minor units, not negative) to what is open, the oldest due date first, of one day in the order
/// given; what is left is credit. Rule: `docs/rules.md`, Applying.
#[must_use]
pub fn apply_oldest_first(amount: i64, open: &[Open]) -> Applied {
    let mut order: Vec<(usize, &Open)> = open.iter().enumerate().collect();
    order.sort_by_key(|(_, item)| item.due_on);
    let mut left = amount.max(0);
    let mut applied: Vec<(usize, i64)> = Vec::with_capacity(open.len());
    for (index, item) in order {
        let part = left.min(item.amount.max(0));
        left -= part;
        applied.push((index, part));
    }
    applied.sort_by_key(|(index, _)| *index);
    Applied { parts: applied.into_iter().map(|(_, part)| part).collect(), left }
}

/// The ratios as whole numbers in the same proportion, over their common denominator.
fn whole_weights(ratios: &[Fraction]) -> Result<Vec<i128>, Overflow> {
    let mut common = Fraction::ONE;
    for ratio in ratios {
        // The least common multiple: the denominator of common/denominator says what is missing.
        let missing = Fraction::new(common.numerator(), ratio.denominator())?.denominator();
        common = common.times(Fraction::new(missing, 1)?)?;
    }
    ratios.iter().map(|ratio| Ok(ratio.times(common)?.numerator())).collect()
}

/// The parts of `whole` by largest remainder, ties to the earliest; all 0 where the weights are. None is negative.
fn largest_remainder(whole: i128, weights: &[i128]) -> Result<Vec<i128>, Overflow> {
    let sum = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight)).ok_or(Overflow)?;
    if sum == 0 {
        return Ok(vec![0; weights.len()]);
    }
    let mut parts = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let product = whole.checked_mul(*weight).ok_or(Overflow)?;
        parts.push(Part { index, units: product / sum, remainder: product % sum });
    }
    let left = whole - parts.iter().map(|part| part.units).sum::<i128>();
    parts.sort_by(|a, b| b.remainder.cmp(&a.remainder).then(a.index.cmp(&b.index)));
    for part in parts.iter_mut().take(usize::try_from(left).map_err(|_| Overflow)?) {
        part.units += 1;
    }
    parts.sort_by_key(|part| part.index);
    Ok(parts.into_iter().map(|part| part.units).collect())
}

/// The parts with the sign of what was split.
fn signed(total: i64, parts: &[i128]) -> Result<Vec<i64>, Overflow> {
    let sign = i128::from(total.signum());
    parts.iter().map(|part| i64::try_from(part * sign).map_err(|_| Overflow)).collect()
}

struct Part {
    index: usize,
    units: i128,
    remainder: i128,
}
