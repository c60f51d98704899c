//! Streams and runs: a run makes the invoices of one stream for one period.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::cadence::Grid;
use crate::calendar::{Month, shift};
use crate::period::Span;
use crate::schedule::Schedule;
use crate::words::words;

words! {
    /// The two hard-partitioned streams of invoices.
    pub enum Stream {
        /// Services and licences of a month.
        Recurring = "recurring",
        /// Products and work of 14 days.
        Biweekly = "biweekly",
    }
}

/// Which run: its stream and period. Written `recurring-2026-09` or `biweekly-2026-09-18`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunKey {
    /// Services of this month, billed in the next.
    Recurring(Month),
    /// Work before this run date.
    Biweekly(Date),
}

impl RunKey {
    /// The stream.
    #[must_use]
    pub const fn stream(self) -> Stream {
        match self {
            Self::Recurring(_) => Stream::Recurring,
            Self::Biweekly(_) => Stream::Biweekly,
        }
    }

    /// The days of service it is for.
    #[must_use]
    pub fn period(self, grid: Grid) -> Span {
        match self {
            Self::Recurring(month) => month.span(),
            Self::Biweekly(run_on) => grid.period(run_on),
        }
    }

    /// Whether this run may be planned on `today`.
    ///
    /// # Errors
    /// The sentence that says why not and what would be right.
    pub fn check(self, schedule: &Schedule, today: Date) -> Result<(), RunRefused> {
        let from_on = schedule.run_on(self).min(schedule.issue_on(self));
        if from_on > today {
            return Err(RunRefused::Future { from_on, today });
        }
        let (grid, billing_starts_on) = (schedule.grid(), schedule.billing_starts_on);
        match self {
            Self::Recurring(month) if month < Month::of(billing_starts_on) => {
                Err(RunRefused::BeforeStart { billing_starts_on })
            }
            Self::Biweekly(run_on) if !grid.holds(run_on) => {
                Err(RunRefused::OffGrid { run_on, before: grid.on_or_before(run_on), after: grid.after(run_on) })
            }
            Self::Biweekly(run_on) if run_on <= billing_starts_on => Err(RunRefused::BeforeStart { billing_starts_on }),
            _ => Ok(()),
        }
    }

    /// The run of the same stream before it.
    #[must_use]
    pub fn previous(self, grid: Grid) -> Self {
        match self {
            Self::Recurring(month) => Self::Recurring(month.previous()),
            Self::Biweekly(run_on) => Self::Biweekly(grid.on_or_before(shift(run_on, -1))),
        }
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recurring(month) => write!(f, "recurring-{month}"),
            Self::Biweekly(run_on) => write!(f, "biweekly-{run_on}"),
        }
    }
}

impl FromStr for RunKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "a run such as recurring-2026-09 or biweekly-2026-09-18";
        if let Some(month) = text.strip_prefix("recurring-") {
            return month.parse().map(Self::Recurring).map_err(|_| expected);
        }
        let day = text.strip_prefix("biweekly-").ok_or(expected)?;
        day.parse().map(Self::Biweekly).map_err(|_| expected)
    }
}

/// Why a run can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunRefused {
    /// Its day is still to come.
    #[error("it can be made from {from_on} on, which is after today, {today}. Run it on that day or later")]
    Future {
        /// The first day on which it may be made.
        from_on: Date,
        /// Today in the provider's zone.
        today: Date,
    },
    /// It lies before the first day that is ever billed.
    #[error("billing starts on {billing_starts_on}; nothing before that day is ever billed")]
    BeforeStart {
        /// The provider's `billing_starts_on`.
        billing_starts_on: Date,
    },
    /// Not a date of the grid.
    #[error("{run_on} is not a bi-weekly run date. The nearest are {before} and {after}")]
    OffGrid {
        /// The date asked for.
        run_on: Date,
        /// The run date before it.
        before: Date,
        /// The run date after it.
        after: Date,
    },
}
