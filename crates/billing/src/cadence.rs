//! How often the bi-weekly stream runs, and its run dates: always counted from an anchor, so a late run shifts nothing.

use jiff::Unit;
use jiff::civil::Date;

use crate::calendar::{Month, shift};
use crate::period::Span;
use crate::words::words;

words! {
    /// How often products and work are billed. The stream keeps its name, "bi-weekly", whichever is chosen.
    pub enum Cadence {
        /// Every 7 days from the anchor.
        Weekly = "weekly",
        /// Every 14 days from the anchor: 26 runs a year, in some years 27.
        EveryTwoWeeks = "every_two_weeks",
        /// On the anchor's day of the month and on the day 15 days from it.
        TwiceAMonth = "twice_a_month",
        /// On the anchor's day of the month.
        Monthly = "monthly",
    }
}

impl Cadence {
    /// Days between two run dates, where they are always the same.
    const fn step(self) -> Option<i32> {
        match self {
            Self::Weekly => Some(7),
            Self::EveryTwoWeeks => Some(14),
            Self::TwiceAMonth | Self::Monthly => None,
        }
    }
}

/// The run dates of the bi-weekly stream, in both directions from an anchor. Never ISO weeks, never "previous + interval".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// How often.
    pub cadence: Cadence,
    /// A run date; all others follow from it.
    pub anchor_on: Date,
}

impl Grid {
    /// Every two weeks, the default.
    #[must_use]
    pub const fn every_two_weeks(anchor_on: Date) -> Self {
        Self { cadence: Cadence::EveryTwoWeeks, anchor_on }
    }

    /// Whether `day` is a run date.
    #[must_use]
    pub fn holds(self, day: Date) -> bool {
        self.on_or_before(day) == day
    }

    /// The first run date after `day`, never `day` itself.
    #[must_use]
    pub fn after(self, day: Date) -> Date {
        if let Some(step) = self.cadence.step() {
            return shift(day, step - self.offset(day, step));
        }
        let month = Month::of(day);
        let candidates = self.in_month(month).into_iter().chain(self.in_month(month.next()));
        candidates.flatten().find(|date| *date > day).unwrap_or(day)
    }

    /// The last run date on or before `day`.
    #[must_use]
    pub fn on_or_before(self, day: Date) -> Date {
        if let Some(step) = self.cadence.step() {
            return shift(day, -self.offset(day, step));
        }
        let month = Month::of(day);
        let candidates = self.in_month(month.previous()).into_iter().chain(self.in_month(month));
        candidates.flatten().rfind(|date| *date <= day).unwrap_or(day)
    }

    /// The days whose work the run on `run_on` is for: from the run date before it, half-open.
    #[must_use]
    pub fn period(self, run_on: Date) -> Span {
        Span::new(self.on_or_before(shift(run_on, -1)), run_on)
    }

    /// Days since the run date on or before `day`: 0 to `step` - 1.
    fn offset(self, day: Date, step: i32) -> i32 {
        let days = self.anchor_on.until((Unit::Day, day)).map_or(0, |span| span.get_days());
        days.rem_euclid(step)
    }

    /// The run dates of a month, ascending. The anchor's day is remembered and clamped to the month: 31 -> 28 -> 31.
    fn in_month(self, month: Month) -> [Option<Date>; 2] {
        let day = i32::from(self.anchor_on.day());
        let at = |day: i32| shift(month.first(), day.min(i32::try_from(month.days()).unwrap_or(28)) - 1);
        match self.cadence {
            Cadence::TwiceAMonth if day <= 15 => [Some(at(day)), Some(at(day + 15))],
            Cadence::TwiceAMonth => [Some(at(day - 15)), Some(at(day))],
            _ => [Some(at(day)), None],
        }
    }
}
