//! Work: time entries and deliveries, what they cost and which run takes them.

use std::num::NonZeroU64;

use iso_currency::Currency;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding, half_up};
use crate::words::words;

words! {
    /// Where and when a time entry was worked.
    pub enum WorkType {
        /// From afar.
        Remote = "Remote",
        /// At the customer's.
        OnSite = "On site",
        /// Outside working hours.
        AfterHours = "After hours",
        /// Planned work.
        Project = "Project",
    }
}

words! {
    /// Whether a time entry costs something.
    pub enum Coverage {
        /// Hours times rate.
        Billable = "billable",
        /// Covered by the agreement: listed, nothing charged.
        Covered = "covered",
        /// Listed, nothing charged.
        NoCharge = "no_charge",
        /// From the agreement's prepaid hours; hours times rate beyond them.
        Prepaid = "prepaid",
    }
}

impl Coverage {
    /// Whether an entry may cost something.
    #[must_use]
    pub const fn may_cost(self) -> bool {
        matches!(self, Self::Billable | Self::Prepaid)
    }
}

/// The amount of a time entry in minor units: billed hours times rate, rounded half-up; covered and no-charge work is 0.
/// Of prepaid work, `hours_billed` are the hours that the balance didn't give.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn entry_amount(
    hours_billed: Decimal,
    rate: Decimal,
    coverage: Coverage,
    currency: Currency,
) -> Result<i64, Overflow> {
    match coverage {
        Coverage::Billable | Coverage::Prepaid => product(hours_billed, rate, currency),
        Coverage::Covered | Coverage::NoCharge => Ok(0),
    }
}

/// The amount of a delivery in minor units: quantity times unit price, rounded half-up.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn delivery_amount(quantity: Decimal, unit_price: Decimal, currency: Currency) -> Result<i64, Overflow> {
    product(quantity, unit_price, currency)
}

fn product(quantity: Decimal, price: Decimal, currency: Currency) -> Result<i64, Overflow> {
    half_up(quantity.checked_mul(price).ok_or(Overflow)?, currency)
}

words! {
    /// Which way worked time is rounded to the provider's step.
    #[derive(Default)]
    pub enum Toward {
        /// To the next step: started steps are billed.
        #[default]
        Up = "up",
        /// To the nearer step; half a step goes up.
        Nearest = "nearest",
        /// To the last full step.
        Down = "down",
    }
}

/// Worked seconds as they are billed: rounded to a step of so many seconds, or as they are where there is none. Both
/// figures are shown (worked 0:38, billed 0:45). Rule: `docs/rules.md`, Time.
///
/// # Errors
/// `Overflow` beyond 64 bits of seconds.
pub fn billed_seconds(worked: u64, step: Option<NonZeroU64>, toward: Toward) -> Result<u64, Overflow> {
    let Some(step) = step.map(NonZeroU64::get) else { return Ok(worked) };
    match toward {
        Toward::Nearest => {
            let is_up = worked % step >= step.div_ceil(2);
            (worked / step).checked_add(u64::from(is_up)).and_then(|steps| steps.checked_mul(step)).ok_or(Overflow)
        }
        Toward::Down => Ok(worked / step * step),
        Toward::Up => worked.div_ceil(step).checked_mul(step).ok_or(Overflow),
    }
}

/// The amount of billed seconds at an hourly rate, both amounts in minor units, rounded half-up once. The exact seconds
/// count, not hours of two decimals.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn labour_amount(seconds: u64, hourly_rate: i64) -> Result<i64, Overflow> {
    Fraction::new(i128::from(seconds), 3600)?.times(hourly_rate.into())?.round(Rounding::HalfUp)
}

/// Whether the run on `run_on` takes work done on `done_on` and approved on `approved_on`: both before the run date, and
/// not before the provider bills at all. What no earlier run took is taken however old it is. Source: the import
/// contract, Bi-weekly.
#[must_use]
pub fn is_taken_by(run_on: Date, done_on: Date, approved_on: Option<Date>, billing_starts_on: Date) -> bool {
    done_on >= billing_starts_on && done_on < run_on && approved_on.is_some_and(|day| day < run_on)
}
