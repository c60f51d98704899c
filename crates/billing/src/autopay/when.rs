//! On which day a rule charges an invoice.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Month, due_on, shift};

/// Days before or after another day, at most.
pub const MOST_DAYS: u8 = 60;

/// The day of a charge, counted from the dates on the invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "days", rename_all = "snake_case")]
pub enum When {
    /// On the due date.
    #[default]
    Due,
    /// So many days before it, but not before the invoice is issued.
    BeforeDue(u8),
    /// So many days after it.
    AfterDue(u8),
    /// So many days after the invoice is issued.
    AfterIssue(u8),
    /// On the first such day of a month after the invoice is issued; the last day where the month is shorter.
    DayOfMonth(u8),
}

impl When {
    /// The day on which an invoice of these dates is to be charged. What was told too late moves it: see `decide`.
    #[must_use]
    pub fn day(self, issued_on: Date, due_date: Date) -> Date {
        match self {
            Self::Due => due_date,
            Self::BeforeDue(days) => shift(due_date, -i32::from(days)).max(issued_on),
            Self::AfterDue(days) => due_on(due_date, days.into()),
            Self::AfterIssue(days) => due_on(issued_on, days.into()),
            Self::DayOfMonth(day) => {
                let (month, day) = (Month::of(issued_on), i8::try_from(day).unwrap_or(31));
                if month.day(day) > issued_on { month.day(day) } else { month.next().day(day) }
            }
        }
    }

    /// Whether its number of days is one that is offered.
    #[must_use]
    pub const fn is_possible(self) -> bool {
        match self {
            Self::Due => true,
            Self::BeforeDue(days) | Self::AfterDue(days) => 1 <= days && days <= MOST_DAYS,
            Self::AfterIssue(days) => days <= MOST_DAYS,
            Self::DayOfMonth(day) => 1 <= day && day <= 31,
        }
    }
}
