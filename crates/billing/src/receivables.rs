//! The provider's settings about credit notes and late fees, and what a late fee comes to.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{Overflow, half_up, major};

/// Numbers of credit notes and late fees, and what paying late costs. Stored with each version of the profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receivables {
    /// The letters before a credit note's number.
    pub credit_number_prefix: String,
    /// The first credit note's number.
    pub credit_number_start: i64,
    /// The letters before a late fee's number.
    pub late_fee_number_prefix: String,
    /// The first late fee's number.
    pub late_fee_number_start: i64,
    /// What paying late costs; by default nothing.
    pub late_fee: LateFee,
}

impl Default for Receivables {
    fn default() -> Self {
        Self {
            credit_number_prefix: "CN-".to_owned(),
            credit_number_start: 1001,
            late_fee_number_prefix: "LF-".to_owned(),
            late_fee_number_start: 1001,
            late_fee: LateFee::default(),
        }
    }
}

/// What paying an invoice late costs, once for each invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LateFee {
    /// A fixed amount in major units of the account's currency.
    pub flat: Decimal,
    /// Simple interest on what is open, in percent a year of 365 days.
    pub percent_per_year: Decimal,
    /// How many days after the due date it is charged; interest is counted up to then.
    pub after_days: u32,
    /// Whether it is charged by itself, once a day; else somebody asks for it.
    pub automatic: bool,
}

/// The two parts of a late fee in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    /// The fixed part.
    pub flat: i64,
    /// The interest.
    pub interest: i64,
}

impl LateFee {
    /// Whether anything is charged at all.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.flat.is_zero() || !self.percent_per_year.is_zero()
    }

    /// The fee for `open` minor units, `days` after the due date; nothing as long as the days of grace last, or where it
    /// comes to nothing. Both parts are rounded half-up once; interest is open x percent x days / 365.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits of minor units.
    pub fn of(&self, open: i64, days: u32, currency: Currency) -> Result<Option<Fee>, Overflow> {
        if days <= self.after_days || open <= 0 || !self.is_set() {
            return Ok(None);
        }
        let yearly = major(open, currency).checked_mul(self.percent_per_year).ok_or(Overflow)?;
        let interest = yearly.checked_mul(Decimal::from(days)).ok_or(Overflow)? / Decimal::from(36_500);
        let fee = Fee { flat: half_up(self.flat, currency)?, interest: half_up(interest, currency)? };
        Ok((fee.flat > 0 || fee.interest > 0).then_some(fee))
    }
}
