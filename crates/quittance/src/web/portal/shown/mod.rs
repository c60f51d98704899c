//! From stored rows to what pages print: pure, without store, HTTP or clock.

pub mod accounts;
pub mod changes;
pub mod home;
pub mod invoice;
pub mod listing;
pub mod mailed;
pub mod payment;
pub mod plain;
pub mod questions;
pub mod statements;
pub mod status;
pub mod tickets;
pub mod work;

use billing::Currency;
use documents::DateOrder;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::provider::ProviderRow;

use crate::formats::Formats;
use crate::paper::words;
use crate::web::pages::Day;

/// The day one looks and how its dates are written.
#[derive(Clone, Debug)]
pub struct Today {
    /// In the provider's zone.
    pub day: Date,
    /// As its reader has it.
    pub order: DateOrder,
    /// The provider's.
    pub zone: TimeZone,
    /// What sums of nothing are written in.
    pub currency: Currency,
}

impl Today {
    /// Today for this provider's staff.
    pub fn new(day: Date, provider: &ProviderRow) -> Self {
        Self::written(day, provider, Formats::of(provider, None))
    }

    /// Today, written so.
    pub fn written(day: Date, provider: &ProviderRow, formats: Formats) -> Self {
        Self {
            day,
            order: formats.order,
            zone: TimeZone::get(&provider.timezone).unwrap_or(TimeZone::UTC),
            currency: provider.currency,
        }
    }

    /// `Dec 1`, with the year where it isn't this one.
    pub fn day(&self, day: Date) -> Day {
        Day::new(day.to_string(), words::beside(day, self.day, self.order))
    }

    /// `Dec 1, 2026`.
    pub fn full_day(&self, day: Date) -> Day {
        Day::new(day.to_string(), words::full(day, self.order))
    }

    /// `Sunday, Nov 29`, with the year where it isn't this one.
    pub fn weekday(&self, day: Date) -> String {
        words::with_weekday(day, self.day, self.order)
    }

    /// `Nov 2, 9:02 am` or `2 Nov 09:02`, in the provider's zone.
    pub fn instant(&self, at: jiff::Timestamp) -> Day {
        let local = at.to_zoned(self.zone.clone());
        let comma = if self.order == DateOrder::MonthFirst { "," } else { "" };
        let (day, time) = (words::beside(local.date(), self.day, self.order), words::clock(&local, self.order));
        let iso = local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        Day::new(iso, format!("{day}{comma} {time}"))
    }

    /// `Sep 4–17`, with the year where it isn't this one.
    pub fn span(&self, days: billing::Span) -> String {
        let is_now = days.from.year() == self.day.year() && days.last().year() == self.day.year();
        if is_now { words::span(days, self.order) } else { words::full_span(days, self.order) }
    }
}
