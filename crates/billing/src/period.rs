//! Spans of civil days, half-open: `from` is in it, `until` is the first day that is not.

use jiff::Unit;
use jiff::civil::Date;

/// Days `[from, until)`. A span whose `until` is not after its `from` covers no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// First day covered.
    pub from: Date,
    /// First day not covered.
    pub until: Date,
}

impl Span {
    /// `[from, until)`.
    #[must_use]
    pub const fn new(from: Date, until: Date) -> Self {
        Self { from, until }
    }

    /// `[from, ∞)` where there is no end, as an agreement without `ends_on` has none.
    #[must_use]
    pub fn open(from: Date, until: Option<Date>) -> Self {
        Self::new(from, until.unwrap_or(Date::MAX))
    }

    /// The days that both cover.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.from.max(other.from), self.until.min(other.until))
    }

    /// How many days are covered.
    #[must_use]
    pub fn days(self) -> u32 {
        let days = self.from.until((Unit::Day, self.until)).map_or(0, |span| span.get_days());
        u32::try_from(days).unwrap_or(0)
    }

    /// Whether `day` is covered.
    #[must_use]
    pub fn covers(self, day: Date) -> bool {
        self.from <= day && day < self.until
    }

    /// The last day covered: what people write, "Oct 1–31". `from` itself where no day is covered.
    #[must_use]
    pub fn last(self) -> Date {
        self.until.yesterday().unwrap_or(self.until).max(self.from)
    }
}
