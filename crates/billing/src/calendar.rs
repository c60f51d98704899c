//! Months and days: all civil, never an instant.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

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

    /// The day of this number, the last where the month is shorter: an anchor on the 31st gives 28, 29, 30 or 31.
    #[must_use]
    pub fn day(self, number: i8) -> Date {
        shift(self.first, i32::from(number.clamp(1, self.first.days_in_month())) - 1)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.day(31)
    }

    /// The month so many months after it, before it where negative; at the ends of the calendar itself.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self { first: add_months(self.first, months) }
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

/// `day` moved by whole days; at the ends of the calendar it stays.
#[must_use]
pub fn shift(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// The same day of the month so many months later (earlier where negative), the last day where that month is shorter:
/// 31 January and a month is 28 February. Counted from an anchor, never from the result before: 31 -> 28 -> 31. At the
/// ends of the calendar the day stays.
///
/// Rule: `docs/rules.md`, Calendars; TC39 Temporal's "constrain".
#[must_use]
pub fn add_months(day: Date, months: i32) -> Date {
    day.checked_add(months.months()).unwrap_or(day)
}

/// The civil day on which an instant falls in a zone: bills, due dates and numbers go by the provider's or the
/// customer's own midnight, never by that of UTC.
#[must_use]
pub fn local_day(instant: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(instant).date()
}

/// When what is counted from `base_on` is due: `terms_days` later, that day included: overdue the day after.
#[must_use]
pub fn due_on(base_on: Date, terms_days: u32) -> Date {
    i32::try_from(terms_days).map_or(Date::MAX, |days| shift(base_on, days))
}
