//! Exact fractions: 7/31 of a price, a third of a discount. Where a decimal would lose a digit before the one rounding.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::money::{Overflow, Rounding};

/// `numerator / denominator` in lowest terms, the denominator positive. Arithmetic is checked: 128 bits or `Overflow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// The whole.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`.
    ///
    /// # Errors
    /// `Overflow` where the denominator is 0, or the sign doesn't fit.
    pub fn new(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        if denominator == 0 {
            return Err(Overflow);
        }
        let common = i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).map_err(|_| Overflow)?;
        let common = if denominator < 0 { -common } else { common };
        let divided = |figure: i128| figure.checked_div(common).ok_or(Overflow);
        Ok(Self { numerator: divided(numerator)?, denominator: divided(denominator)? })
    }

    /// A percentage as a part of one: 6.875 is 6.875/100.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn percent(percent: Decimal) -> Result<Self, Overflow> {
        Self::try_from(percent)?.over(Self::from(100))
    }

    /// The sum.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let left = self.numerator.checked_mul(other.denominator).ok_or(Overflow)?;
        let right = other.numerator.checked_mul(self.denominator).ok_or(Overflow)?;
        let denominator = self.denominator.checked_mul(other.denominator).ok_or(Overflow)?;
        Self::new(left.checked_add(right).ok_or(Overflow)?, denominator)
    }

    /// The difference.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.plus(other.negated()?)
    }

    /// The product. Common factors are taken out across before multiplying.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        let one = Self::new(self.numerator, other.denominator)?;
        let two = Self::new(other.numerator, self.denominator)?;
        let numerator = one.numerator.checked_mul(two.numerator).ok_or(Overflow)?;
        let denominator = one.denominator.checked_mul(two.denominator).ok_or(Overflow)?;
        Self::new(numerator, denominator)
    }

    /// The quotient.
    ///
    /// # Errors
    /// `Overflow` where `other` is 0, or beyond 128 bits.
    pub fn over(self, other: Self) -> Result<Self, Overflow> {
        self.times(Self::new(other.denominator, other.numerator)?)
    }

    /// With the other sign.
    ///
    /// # Errors
    /// `Overflow` at the very end of 128 bits.
    pub fn negated(self) -> Result<Self, Overflow> {
        Ok(Self { numerator: self.numerator.checked_neg().ok_or(Overflow)?, denominator: self.denominator })
    }

    /// Whether it is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Whether it is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Whether it is more than `other`.
    ///
    /// # Errors
    /// `Overflow` beyond 128 bits.
    pub fn exceeds(self, other: Self) -> Result<bool, Overflow> {
        Ok(other.minus(self)?.is_negative())
    }

    /// As a whole number, rounded once. On the absolute value, so that a credit rounds exactly like its charge.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn round(self, rounding: Rounding) -> Result<i64, Overflow> {
        let (whole, denominator) = (self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        let (down, left) = (whole / denominator, whole % denominator);
        // What is left against what is missing to the next: no doubling that could overflow.
        let goes_up = match left.cmp(&(denominator - left)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => match rounding {
                Rounding::HalfUp => true,
                Rounding::HalfDown => false,
                Rounding::HalfEven => down % 2 == 1,
            },
        };
        let rounded = i128::try_from(down + u128::from(goes_up)).map_err(|_| Overflow)?;
        i64::try_from(if self.is_negative() { -rounded } else { rounded }).map_err(|_| Overflow)
    }

    /// This part of so many minor units, rounded once: as multiplying first, without looking for the lowest terms.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits, or 128 bits on the way.
    pub fn of(self, minor: i64, rounding: Rounding) -> Result<i64, Overflow> {
        let numerator = self.numerator.checked_mul(i128::from(minor)).ok_or(Overflow)?;
        Self { numerator, ..self }.round(rounding)
    }

    /// As a decimal of so many places, rounded half-up: for what is shown, never to go on with.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits of the last place.
    pub fn decimal(self, places: u32) -> Result<Decimal, Overflow> {
        let scale = 10_i128.checked_pow(places).ok_or(Overflow)?;
        let digits = self.times(Self::from_whole(scale))?.round(Rounding::HalfUp)?;
        Decimal::try_from_i128_with_scale(i128::from(digits), places).map_err(|_| Overflow)
    }

    pub(crate) const fn numerator(self) -> i128 {
        self.numerator
    }

    pub(crate) const fn denominator(self) -> i128 {
        self.denominator
    }

    const fn from_whole(whole: i128) -> Self {
        Self { numerator: whole, denominator: 1 }
    }
}

impl From<i64> for Fraction {
    fn from(whole: i64) -> Self {
        Self::from_whole(i128::from(whole))
    }
}

impl From<u32> for Fraction {
    fn from(whole: u32) -> Self {
        Self::from_whole(i128::from(whole))
    }
}

impl From<i32> for Fraction {
    fn from(whole: i32) -> Self {
        Self::from_whole(i128::from(whole))
    }
}

impl TryFrom<Decimal> for Fraction {
    type Error = Overflow;

    fn try_from(decimal: Decimal) -> Result<Self, Overflow> {
        Self::new(decimal.mantissa(), 10_i128.checked_pow(decimal.scale()).ok_or(Overflow)?)
    }
}

impl FromStr for Fraction {
    type Err = &'static str;

    /// Reads `1/3`, `33.5` or `50`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "a ratio such as 50, 33.5 or 1/3";
        let part = |text: &str| {
            let decimal: Decimal = text.trim().parse().map_err(|_| expected)?;
            Self::try_from(decimal).map_err(|_| expected)
        };
        match text.split_once('/') {
            Some((above, below)) => part(above)?.over(part(below)?).map_err(|_| expected),
            None => part(text),
        }
    }
}

/// The greatest common divisor; at least 1.
const fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}
