//! When things happen: run, review, issue, delivery and due date of each stream. All civil dates in the provider's zone.
//! The settings are the provider's; the import contract lists them with their defaults.

mod contradiction;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use contradiction::Contradiction;

use crate::business_days::Holidays;
use crate::cadence::{Cadence, Grid};
use crate::calendar::{Month, due_on, shift};
use crate::run::{RunKey, Stream};
use crate::words::words;

words! {
    /// A set of defaults.
    pub enum Preset {
        /// Those that hold without any setting.
        Founding = "founding",
    }
}

words! {
    /// Who lets drafts become invoices.
    pub enum Review {
        /// Nobody looks: drafts are approved when they are planned.
        None = "none",
        /// They wait until a person approves them.
        Hold = "hold",
        /// They wait for a person, and after some business days they approve themselves.
        Release = "release",
    }
}

words! {
    /// What the days of the terms are counted from.
    pub enum DueBase {
        /// The date on the invoice.
        Issue = "issue",
        /// The day it is to be mailed.
        Delivery = "delivery",
    }
}

/// What a provider sets about when things happen. A table of `provider.toml`; what is left out has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Days on which nobody works, besides weekends.
    pub holidays: Holidays,
    /// The recurring stream.
    pub recurring: StreamSettings,
    /// The bi-weekly stream.
    pub biweekly: StreamSettings,
}

/// The settings of one stream. Days are whole civil days; those "after" count from the date of issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StreamSettings {
    /// Recurring alone: the day of the month after the service month on which the run is made, 1 to 28.
    pub run_day: Option<i8>,
    /// Recurring alone: the day of the month after the service month that its invoices are dated, 1 to 28.
    pub issue_day: Option<i8>,
    /// Bi-weekly alone: how often.
    pub cadence: Option<Cadence>,
    /// Who lets drafts become invoices.
    pub review: Review,
    /// With `review = "release"`: how many business days after the run.
    pub release_after_days: u32,
    /// The delivery window opens so many days after issue.
    pub deliver_after_days: u32,
    /// Its last day, so many days after issue.
    pub deliver_within_days: u32,
    /// What the terms count from.
    pub due_base: DueBase,
    /// At least so many days from delivery to due.
    pub min_days_to_due: u32,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self {
            run_day: None,
            issue_day: None,
            cadence: None,
            review: Review::Hold,
            release_after_days: 0,
            deliver_after_days: 0,
            deliver_within_days: 6,
            due_base: DueBase::Issue,
            min_days_to_due: 0,
        }
    }
}

/// The days on which an invoice may be mailed, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first.
    pub from_on: Date,
    /// The last.
    pub last_on: Date,
}

/// The settings, with where the provider's billing starts and the anchor of the run dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// What the provider set.
    pub settings: Settings,
    /// The first day that is ever billed.
    pub billing_starts_on: Date,
    /// A run date of the bi-weekly stream.
    pub biweekly_anchor_on: Date,
}

impl Schedule {
    /// The run dates of the bi-weekly stream.
    #[must_use]
    pub fn grid(&self) -> Grid {
        let cadence = self.settings.biweekly.cadence.unwrap_or(Cadence::EveryTwoWeeks);
        Grid { cadence, anchor_on: self.biweekly_anchor_on }
    }

    /// The settings of a stream.
    #[must_use]
    pub const fn of(&self, stream: Stream) -> &StreamSettings {
        match stream {
            Stream::Recurring => &self.settings.recurring,
            Stream::Biweekly => &self.settings.biweekly,
        }
    }

    /// The day on which a run is planned.
    #[must_use]
    pub fn run_on(&self, key: RunKey) -> Date {
        match key {
            RunKey::Recurring(month) => day_of(month.next(), self.settings.recurring.run_day),
            RunKey::Biweekly(run_on) => run_on,
        }
    }

    /// The date on a run's invoices.
    #[must_use]
    pub fn issue_on(&self, key: RunKey) -> Date {
        match key {
            RunKey::Recurring(month) => day_of(month.next(), self.settings.recurring.issue_day),
            RunKey::Biweekly(run_on) => run_on,
        }
    }

    /// The day on which drafts that nobody decided about approve themselves, where they are planned on the run's day;
    /// nothing where they never do.
    #[must_use]
    pub fn release_on(&self, key: RunKey) -> Option<Date> {
        self.released_on(key, self.run_on(key))
    }

    /// The same for drafts that stand since a later day as they do: whoever reviews them has as many days.
    #[must_use]
    pub fn released_on(&self, key: RunKey, since_on: Date) -> Option<Date> {
        let stream = self.of(key.stream());
        let from = self.run_on(key).max(since_on);
        match stream.review {
            Review::None => Some(self.run_on(key)),
            Review::Hold => None,
            Review::Release => Some(self.settings.holidays.after(from, stream.release_after_days)),
        }
    }

    /// The days on which an invoice may be mailed.
    #[must_use]
    pub fn window(&self, stream: Stream, issued_on: Date) -> Window {
        let settings = self.of(stream);
        let on = |days: u32| due_on(issued_on, days);
        Window { from_on: on(settings.deliver_after_days), last_on: on(settings.deliver_within_days) }
    }

    /// The day to mail an invoice that is there since `made_on`: the first business day of its window that is still to
    /// come. Where the window is over it goes at once; where it holds no business day, on its last day.
    #[must_use]
    pub fn deliver_on(&self, stream: Stream, issued_on: Date, made_on: Date) -> Date {
        let window = self.window(stream, issued_on);
        let earliest = window.from_on.max(made_on);
        if earliest > window.last_on {
            return made_on;
        }
        self.settings.holidays.from(earliest).min(window.last_on)
    }

    /// When an invoice is due that is to be mailed on `deliver_on`; that day is still in time.
    #[must_use]
    pub fn due_on(&self, stream: Stream, issued_on: Date, deliver_on: Date, terms_days: u32) -> Date {
        let settings = self.of(stream);
        let base = match settings.due_base {
            DueBase::Issue => issued_on,
            DueBase::Delivery => deliver_on,
        };
        due_on(base, terms_days).max(match settings.min_days_to_due {
            0 => Date::MIN,
            days => due_on(deliver_on, days),
        })
    }

    /// The runs of a stream that are planned on or after `from`, the earliest first, without end.
    pub fn runs(&self, stream: Stream, from: Date) -> impl Iterator<Item = RunKey> {
        let first = match stream {
            // The run day of the month that `from` lies in may be over; the month before the billing start has no run.
            Stream::Recurring => {
                let earliest = Month::of(from).previous().max(Month::of(self.billing_starts_on));
                let month = if self.run_on(RunKey::Recurring(earliest)) < from { earliest.next() } else { earliest };
                RunKey::Recurring(month)
            }
            Stream::Biweekly => RunKey::Biweekly(self.grid().after(shift(from, -1).max(self.billing_starts_on))),
        };
        let grid = self.grid();
        std::iter::successors(Some(first), move |key| {
            Some(match *key {
                RunKey::Recurring(month) => RunKey::Recurring(month.next()),
                RunKey::Biweekly(run_on) => RunKey::Biweekly(grid.after(run_on)),
            })
        })
    }

    /// All runs planned from `from` to `until`, both included, in the order of their days; on one day recurring first.
    #[must_use]
    pub fn runs_between(&self, from: Date, until: Date) -> Vec<RunKey> {
        let mut keys: Vec<RunKey> = Stream::ALL
            .iter()
            .flat_map(|stream| self.runs(*stream, from).take_while(|key| self.run_on(*key) <= until))
            .collect();
        keys.sort_by_key(|key| (self.run_on(*key), self.issue_on(*key), key.stream()));
        keys
    }
}

/// A day of a month that every month has; the 1st by default.
fn day_of(month: Month, day: Option<i8>) -> Date {
    shift(month.first(), i32::from(day.unwrap_or(1).clamp(1, 28)) - 1)
}
