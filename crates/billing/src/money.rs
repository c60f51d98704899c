//! Money: integer minor units with their currency. No floats; every rounding names itself.

use std::fmt;

use iso_currency::Currency;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::fraction::Fraction;
use crate::words::words;

/// A figure does not fit into 64 bits of minor units (or into the 28 digits of a decimal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large to be computed exactly")]
pub struct Overflow;

/// An amount in minor units (cents) of one currency. Amounts of two currencies never meet: arithmetic refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// `minor` units of `currency`: `new(412_00, USD)` is $412.00.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, of `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency the minor units are of.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits, or when the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let minor = self.same(other)?.minor.checked_add(other.minor).ok_or(Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits, or when the currencies differ.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        let minor = self.same(other)?.minor.checked_sub(other.minor).ok_or(Overflow)?;
        Ok(Self { minor, ..self })
    }

    fn same(self, other: Self) -> Result<Self, Overflow> {
        if self.currency == other.currency { Ok(self) } else { Err(Overflow) }
    }
}

words! {
    /// Where exactly half a unit goes. Every rounding is half-up; the others are there to read what other systems did.
    pub enum Rounding {
        /// Away from zero: 2.5 is 3, -2.5 is -3.
        HalfUp = "half_up",
        /// To the even neighbour: 2.5 is 2, 3.5 is 4.
        HalfEven = "half_even",
        /// Towards zero: 2.5 is 2, -2.5 is -2.
        HalfDown = "half_down",
    }
}

/// Rounds `amount` (in major units) half-up, away from zero, to the minor units of `currency`.
///
/// Rule: `docs/rules.md`, Money; the contract's "half-up".
///
/// # Errors
/// `Overflow` when the result needs more than 64 bits.
pub fn half_up(amount: Decimal, currency: Currency) -> Result<i64, Overflow> {
    let scale = Decimal::from(10_u64.pow(u32::from(digits(currency))));
    amount
        .checked_mul(scale)
        .ok_or(Overflow)?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
        .to_i64()
        .ok_or(Overflow)
}

/// The quotient of two whole numbers of major units in minor units of `currency`, rounded half-up once: a third of
/// $100.00 is 33.33.
///
/// # Errors
/// `Overflow` where the divisor is 0, or beyond 64 bits.
pub fn quotient(dividend: i64, divisor: i64, currency: Currency) -> Result<i64, Overflow> {
    let scale = 10_i128.checked_pow(u32::from(digits(currency))).ok_or(Overflow)?;
    let units = i128::from(dividend).checked_mul(scale).ok_or(Overflow)?;
    Fraction::new(units, i128::from(divisor))?.round(Rounding::HalfUp)
}

/// Minor units as a decimal of major units: 41200 USD is 412.00.
#[must_use]
pub fn major(minor: i64, currency: Currency) -> Decimal {
    Decimal::new(minor, u32::from(digits(currency)))
}

/// How many digits the minor unit has: 2 for USD, 0 for JPY, 3 for KWD.
#[must_use]
pub fn digits(currency: Currency) -> u16 {
    currency.exponent().unwrap_or(0)
}

/// Reads a decimal as the import contract writes it: a point, no sign, no thousands separator, at most 4 decimals and
/// 12 digits before the point (so that a price times a quantity is always exact).
///
/// # Errors
/// The sentence that says what was expected.
pub fn parse_decimal(text: &str) -> Result<Decimal, &'static str> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits_only(whole) || !digits_only(fraction) {
        return Err("a decimal such as 46.50: digits and a point, no sign, no separator");
    }
    if fraction.len() > 4 {
        return Err("at most 4 decimals");
    }
    if whole.len() > 12 {
        return Err("at most 12 digits before the point");
    }
    text.parse().map_err(|_| "a decimal such as 46.50")
}

/// Why a text is no amount that could be paid or booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAmount {
    /// Something else than digits and a point.
    #[error("it is not written as digits and a point")]
    Unreadable,
    /// More decimals than the currency has.
    #[error("it has more decimals than the currency")]
    TooPrecise,
    /// More than 12 digits before the point.
    #[error("it has more than 12 digits before the point")]
    TooLarge,
    /// Nothing at all.
    #[error("it is 0")]
    Nothing,
}

/// Minor units of an amount that a person wrote, more than 0: `1234.5`, `12.`, `.50`; in USD these are 123450, 1200 and 50.
///
/// # Errors
/// What keeps the text from being one; whoever asked for it says so in their words.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, NoAmount> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return Err(NoAmount::Unreadable);
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let places = usize::from(digits(currency));
    if fraction.len() > places {
        return Err(NoAmount::TooPrecise);
    }
    if whole.len() > 12 {
        return Err(NoAmount::TooLarge);
    }
    let minor: i64 = format!("0{whole}{fraction:0<places$}").parse().map_err(|_| NoAmount::TooLarge)?;
    if minor == 0 { Err(NoAmount::Nothing) } else { Ok(minor) }
}

impl fmt::Display for Money {
    /// `1,234.56`, with a minus sign U+2212; the currency is not written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minor < 0 {
            f.write_str("\u{2212}")?;
        }
        let unit = 10_u64.pow(u32::from(digits(self.currency)));
        let absolute = self.minor.unsigned_abs();
        let whole = (absolute / unit).to_string();
        for (position, digit) in whole.char_indices() {
            if position > 0 && (whole.len() - position).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        let width = usize::from(digits(self.currency));
        if width > 0 {
            write!(f, ".{:0width$}", absolute % unit)?;
        }
        Ok(())
    }
}

impl Money {
    /// With its currency, for totals and sentences: `$1,234.56`, `−$5.00`; other currencies `1,234.56 CAD`.
    #[must_use]
    pub fn with_currency(self) -> String {
        let bare = self.to_string();
        if self.currency != Currency::USD {
            return format!("{bare} {}", self.currency.code());
        }
        match bare.strip_prefix('\u{2212}') {
            Some(positive) => format!("\u{2212}${positive}"),
            None => format!("${bare}"),
        }
    }
}
