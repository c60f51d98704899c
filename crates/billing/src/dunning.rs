//! What follows when nobody pays: overdue, states by thresholds, reminders, late fees and interest.
//! It answers facts of other systems; the product doesn't run it: its late fees are those of `receivables`.

use jiff::Unit;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::calendar::{due_on, shift};
use crate::fraction::Fraction;
use crate::money::{Overflow, Rounding};
use crate::words::words;

/// The first day on which an invoice is overdue: the day after its due date.
#[must_use]
pub fn overdue_from(due_on: Date) -> Date {
    shift(due_on, 1)
}

/// From when on a state holds: a number of days, minor units or invoices, whatever the provider counts; inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The state's name.
    pub state: String,
    /// Reached with this.
    pub at_least: i64,
}

/// The state that a figure has reached: that of the highest threshold not above it, none below all of them.
#[must_use]
pub fn state_of(figure: i64, thresholds: &[Threshold]) -> Option<&str> {
    let reached = thresholds.iter().filter(|threshold| threshold.at_least <= figure);
    reached.max_by_key(|threshold| threshold.at_least).map(|threshold| threshold.state.as_str())
}

words! {
    /// Which of an invoice's dates its age is counted from.
    pub enum Clock {
        /// The due date, the default.
        DueDate = "due_date",
        /// The date on the invoice (Kill Bill).
        InvoiceDate = "invoice_date",
    }
}

/// An issued invoice on a day. Drafts are none, and what is written off has nothing open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The date on it.
    pub issued_on: Date,
    /// Its due date.
    pub due_on: Date,
    /// Open on that day, minor units.
    pub open: i64,
}

/// How many days the oldest open invoice is old on `today`; none where nothing is open.
#[must_use]
pub fn oldest_days(owed: &[Owed], today: Date, clock: Clock) -> Option<i64> {
    let open = owed.iter().filter(|invoice| invoice.open > 0 && invoice.issued_on <= today);
    let from = open.map(|invoice| match clock {
        Clock::DueDate => invoice.due_on,
        Clock::InvoiceDate => invoice.issued_on,
    });
    from.min().map(|day| i64::from(day.until((Unit::Day, today)).map_or(0, |span| span.get_days())))
}

/// The days on which a failed charge is tried again: each counts from the attempt before it, so that a late one moves
/// those after it. Rule: `docs/rules.md`, Auto Pay.
#[must_use]
pub fn retry_dates(first_failure_on: Date, after_days: &[u32]) -> Vec<Date> {
    let mut on = first_failure_on;
    let dates = after_days.iter().map(|days| {
        on = due_on(on, *days);
        on
    });
    dates.collect()
}

/// A fee added once, so many days after the due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateFee {
    /// Added on this day after the due date.
    pub after_due_days: u32,
    /// Minor units.
    pub fee: i64,
}

impl LateFee {
    /// The day on which it is added to what is still open then.
    #[must_use]
    pub fn on(self, invoice_due_on: Date) -> Date {
        due_on(invoice_due_on, self.after_due_days)
    }

    /// What is owed on `today` of an invoice of which `open` (minor units) has been open since its due date.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn owed(self, open: i64, invoice_due_on: Date, today: Date) -> Result<i64, Overflow> {
        if open > 0 && today >= self.on(invoice_due_on) { open.checked_add(self.fee).ok_or(Overflow) } else { Ok(open) }
    }
}

/// Simple interest for late payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateInterest {
    /// 12 is 12 % a year.
    pub annual_percent: Decimal,
    /// Days of a year: 365.
    pub year_days: u32,
    /// A flat fee beside it, minor units.
    pub fee: i64,
}

/// What paying late costs, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateCharge {
    /// The interest.
    pub interest: i64,
    /// With the fee.
    pub charge: i64,
    /// With what was owed.
    pub total: i64,
}

impl LateInterest {
    /// The charge on `principal` (minor units) that is so many days late: principal x rate x days / days of the year,
    /// rounded half-up once.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits, or in a year without days.
    pub fn of(self, principal: i64, days: u32) -> Result<LateCharge, Overflow> {
        let years = Fraction::new(days.into(), self.year_days.into())?;
        let exact = Fraction::from(principal).times(Fraction::percent(self.annual_percent)?)?.times(years)?;
        let interest = exact.round(Rounding::HalfUp)?;
        let charge = interest.checked_add(self.fee).ok_or(Overflow)?;
        Ok(LateCharge { interest, charge, total: principal.checked_add(charge).ok_or(Overflow)? })
    }
}

/// Requests for payment of all that is overdue in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Requests at most.
    pub max_attempts: u32,
    /// More than so many days lie between two requests.
    pub days_between: u32,
    /// Minor units; a request is made from this total on.
    pub threshold: i64,
}

/// What was asked for, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The day.
    pub on: Date,
    /// All that was overdue, minor units.
    pub amount: i64,
}

impl Campaign {
    /// Whether to ask for `overdue` (minor units) on `today`, after the requests `made`. Source: Lago's campaigns.
    #[must_use]
    pub fn asks(self, overdue: i64, today: Date, made: &[Request]) -> bool {
        let may = u32::try_from(made.len()).is_ok_and(|made| made < self.max_attempts);
        let waited = made.iter().all(|request| due_on(request.on, self.days_between) < today);
        may && waited && overdue >= self.threshold && overdue > 0
    }

    /// All requests made on days of running; `overdue` is what became overdue when (minor units, negative where paid).
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn requests(self, overdue: &[(Date, i64)], runs: &[Date]) -> Result<Vec<Request>, Overflow> {
        let mut made = Vec::new();
        for today in runs {
            let known = overdue.iter().filter(|(on, _)| on <= today).map(|(_, amount)| *amount);
            let amount = known.into_iter().try_fold(0_i64, i64::checked_add).ok_or(Overflow)?;
            if self.asks(amount, *today, &made) {
                made.push(Request { on: *today, amount });
            }
        }
        Ok(made)
    }
}
