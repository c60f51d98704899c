//! Business days: Monday to Friday, less the provider's holidays.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::calendar::shift;

/// The provider's list of days on which nobody works; weekends need not stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holidays(BTreeSet<Date>);

impl FromIterator<Date> for Holidays {
    fn from_iter<I: IntoIterator<Item = Date>>(days: I) -> Self {
        Self(days.into_iter().collect())
    }
}

impl Holidays {
    /// The first holiday of the list.
    #[must_use]
    pub fn first(&self) -> Option<Date> {
        self.0.first().copied()
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<Date> {
        self.0.last().copied()
    }

    /// Whether somebody works on `day`.
    #[must_use]
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.0.contains(&day)
    }

    /// The first business day on or after `day`; `day` itself where a whole year holds none.
    #[must_use]
    pub fn from(&self, day: Date) -> Date {
        (0..366).map(|days| shift(day, days)).find(|day| self.is_business_day(*day)).unwrap_or(day)
    }

    /// The `count`-th business day after `day`; `day` itself for 0.
    #[must_use]
    pub fn after(&self, day: Date, count: u32) -> Date {
        (0..count).fold(day, |day, _| self.from(shift(day, 1)))
    }

    /// The last business day before `day`.
    #[must_use]
    pub fn before(&self, day: Date) -> Date {
        (1..366).map(|days| shift(day, -days)).find(|day| self.is_business_day(*day)).unwrap_or(day)
    }
}
