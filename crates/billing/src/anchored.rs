//! Periods of whole months on a remembered day, and steps from an anchor. The n-th date is anchor + n x interval, never
//! "the date before + interval", so that a short month or a late run shifts nothing.
//! They answer facts of other systems; the product doesn't run them: there `life` and `cadence` make periods and dates.

use std::num::NonZeroU32;

use jiff::civil::Date;

use crate::calendar::{Month, add_months, shift};
use crate::period::Span;

/// How far apart the dates of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Months; the anchor's day is clamped in each by itself.
    Months(u32),
    /// Plain days.
    Days(u32),
}

impl Step {
    /// The `n`-th date from `anchor_on`, itself for 0. Rule: `docs/rules.md`, Calendars.
    #[must_use]
    pub fn nth(self, anchor_on: Date, n: u32) -> Date {
        let many = |every: u32| i32::try_from(every.saturating_mul(n)).unwrap_or(i32::MAX);
        match self {
            Self::Months(every) => add_months(anchor_on, many(every)),
            Self::Days(every) => shift(anchor_on, many(every)),
        }
    }

    /// How many whole steps lie between two days; none where `until` is not after `from`.
    #[must_use]
    pub fn whole(self, from: Date, until: Date) -> u32 {
        (1..)
            .take_while(|n| self.nth(from, *n) <= until && self.nth(from, *n) > self.nth(from, n - 1))
            .last()
            .unwrap_or(0)
    }
}

/// The dates between which something is to be billed are the wrong way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end and the day billed through can't be before the start")]
pub struct Reversed;

/// Service from a day on, billed on a remembered day of the month, every so many months. A shorter first period leads up
/// to the first bill date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// First day of service.
    pub starts_on: Date,
    /// Day of the month of all bill dates, 1 to 31, clamped to each month by itself: 31 -> 28 -> 31.
    pub day: i8,
    /// 1 for monthly, 3 for quarterly, 12 for yearly.
    pub every_months: NonZeroU32,
}

impl Anchored {
    /// The first bill date: in the month of the start if that day is not over yet, else one interval later.
    #[must_use]
    pub fn first_on(self) -> Date {
        let month = Month::of(self.starts_on);
        if month.day(self.day) >= self.starts_on {
            month.day(self.day)
        } else {
            month.plus(self.months(1)).day(self.day)
        }
    }

    /// The bill dates, ascending, to the end of the calendar: the n-th is the first + n x interval.
    pub fn dates(self) -> impl Iterator<Item = Date> {
        let month = Month::of(self.first_on());
        let mut last = None;
        (0..)
            .map(move |n| month.plus(self.months(n)).day(self.day))
            .take_while(move |date| last.replace(*date).is_none_or(|last| last < *date))
    }

    /// The days on which a period begins or ends: the start, then the bill dates.
    fn boundaries(self) -> impl Iterator<Item = Date> {
        std::iter::once(self.starts_on).chain(self.dates().filter(move |date| *date > self.starts_on))
    }

    /// All periods, half-open, the first from the start.
    pub fn periods(self) -> impl Iterator<Item = Span> {
        self.boundaries().zip(self.boundaries().skip(1)).map(|(from, until)| Span::new(from, until))
    }

    /// The period that covers `day`; the first for a day before the start.
    #[must_use]
    pub fn containing(self, day: Date) -> Span {
        let first = Span::new(self.starts_on, self.first_on());
        self.periods().find(|period| day < period.until).unwrap_or(first)
    }

    /// How many periods are over on `day`.
    #[must_use]
    pub fn elapsed(self, day: Date) -> usize {
        self.periods().take_while(|period| period.until <= day).count()
    }

    /// The period that a bill in arrears on `bill_on` is for; nothing where no period ends on that day.
    #[must_use]
    pub fn ending_on(self, bill_on: Date) -> Option<Span> {
        self.periods().take_while(|period| period.until <= bill_on).find(|period| period.until == bill_on)
    }

    /// Billed in arrears: the day up to which a run on `bill_on` bills, exclusive. It is the last bill date that is not
    /// later, or the end of service where that comes first. Nothing where no bill date has come yet and the service has
    /// not ended.
    #[must_use]
    pub fn billed_through(self, ends_on: Option<Date>, bill_on: Date) -> Option<Date> {
        let ended = ends_on.filter(|end| *end <= bill_on);
        let date = self.dates().take_while(|date| *date <= bill_on).last();
        match (date, ended) {
            (_, Some(end)) if end > self.starts_on => Some(end),
            (_, Some(_)) => None,
            (date, None) => date,
        }
    }

    /// The bill date after what is billed through, the first where nothing is.
    #[must_use]
    pub fn next_on(self, billed_through: Option<Date>) -> Date {
        let Some(day) = billed_through else { return self.first_on() };
        self.dates().find(|date| *date > day).unwrap_or(day)
    }

    /// Billed in advance: the days billed by a run on `bill_through`, period by period. Every period that has begun is
    /// billed in full, up to the end of service. Source: Kill Bill, in-advance billing.
    ///
    /// # Errors
    /// `Reversed` where the end or `bill_through` lies before the start.
    pub fn segments(self, ends_on: Option<Date>, bill_through: Date) -> Result<Vec<Span>, Reversed> {
        if bill_through < self.starts_on || ends_on.is_some_and(|end| end < self.starts_on) {
            return Err(Reversed);
        }
        let service = Span::open(self.starts_on, ends_on);
        let begun = self.periods().take_while(|period| period.from <= bill_through);
        Ok(begun.map(|period| period.and(service)).filter(|period| period.days() > 0).collect())
    }

    fn months(self, n: u32) -> i32 {
        i32::try_from(self.every_months.get().saturating_mul(n)).unwrap_or(i32::MAX)
    }
}
