//! Months, the 14-day grid and business days: all civil, never an instant.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Unit};

use crate::period::Span;

/// A calendar month, written `2026-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    first: Date,
}

impl Month {
    /// The month that `day` lies in.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self { first: day.first_of_month() }
    }

    /// Its 1st.
    #[must_use]
    pub const fn first(self) -> Date {
        self.first
    }

    /// The month after it (the last month of the calendar has none, and gives itself).
    #[must_use]
    pub fn next(self) -> Self {
        self.first.checked_add(1.month()).map_or(self, Self::of)
    }

    /// The month before it.
    #[must_use]
    pub fn previous(self) -> Self {
        self.first.yesterday().map_or(self, Self::of)
    }

    /// All its days.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.first, self.next().first)
    }

    /// 28 to 31.
    #[must_use]
    pub fn days(self) -> u32 {
        u32::try_from(self.first.days_in_month()).unwrap_or(31)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.strftime("%Y-%m"))
    }
}

impl FromStr for Month {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day: Result<Date, _> = format!("{text}-01").parse();
        match day {
            Ok(first) if text.len() == 7 => Ok(Self { first }),
            _ => Err("a month such as 2026-09"),
        }
    }
}

/// Every 14 days from an anchor, in both directions: `anchor + 14 n`. Never ISO weeks, never "previous + 14", so a late
/// run can't shift it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// A run date; all others lie a multiple of 14 days from it.
    pub anchor_on: Date,
}

impl Grid {
    /// Days between two run dates.
    pub const STEP: i32 = 14;

    /// Whether `day` is a run date.
    #[must_use]
    pub fn holds(self, day: Date) -> bool {
        self.offset(day) == 0
    }

    /// The first run date after `day`, never `day` itself.
    #[must_use]
    pub fn after(self, day: Date) -> Date {
        shift(day, Self::STEP - self.offset(day))
    }

    /// The last run date on or before `day`.
    #[must_use]
    pub fn on_or_before(self, day: Date) -> Date {
        shift(day, -self.offset(day))
    }

    /// The days whose work the run on `run_on` is for: `[run_on - 14, run_on)`.
    #[must_use]
    pub fn period(self, run_on: Date) -> Span {
        Span::new(shift(run_on, -Self::STEP), run_on)
    }

    /// Days since the run date on or before `day`: 0 to 13.
    fn offset(self, day: Date) -> i32 {
        let days = self.anchor_on.until((Unit::Day, day)).map_or(0, |span| span.get_days());
        days.rem_euclid(Self::STEP)
    }
}

/// `day` moved by whole days; at the ends of the calendar it stays.
#[must_use]
pub fn shift(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// The first business day (Monday to Friday) on or after `day`. Rule: S7, the default delivery day.
#[must_use]
pub fn business_day_from(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => shift(day, 2),
        Weekday::Sunday => shift(day, 1),
        _ => day,
    }
}

/// When an invoice issued on `issued_on` is due: `terms_days` later, that day included (S12: overdue the day after).
#[must_use]
pub fn due_on(issued_on: Date, terms_days: u32) -> Date {
    i32::try_from(terms_days).map_or(Date::MAX, |days| shift(issued_on, days))
}
