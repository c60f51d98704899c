//! When banks work: Monday to Friday, in the zone of whoever is paid.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// When payouts are made, local time.
const PAYOUT_HOUR: i8 = 6;

/// The local day of an instant.
pub(super) fn day(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// The same time of day, so many days later.
pub(super) fn days_later(at: Timestamp, days: i64, zone: &TimeZone) -> Timestamp {
    let later = at.to_zoned(zone.clone()).checked_add(days.days());
    later.map_or(at, |later| later.timestamp())
}

/// The same time of day, so many business days later.
pub(super) fn business_days_later(at: Timestamp, count: u32, zone: &TimeZone) -> Timestamp {
    let time = zone.to_datetime(at).time();
    let date = business_days_after(day(at, zone), count);
    zone.to_timestamp(date.to_datetime(time)).unwrap_or(at)
}

/// The n-th business day after a day.
pub(super) fn business_days_after(date: Date, count: u32) -> Date {
    (0..count).fold(date, |date, _| next_business_day(date))
}

/// The instant of payouts.
pub(super) fn payout_at(date: Date, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(date.at(PAYOUT_HOUR, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// So many seconds later.
pub(super) fn seconds_later(at: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    at.checked_add(seconds).unwrap_or(Timestamp::MAX)
}

/// A card's last day: the last of the month so many months from a day.
pub(super) fn last_of_month(date: Date, months: i64) -> Date {
    date.checked_add(months.months()).unwrap_or(date).last_of_month()
}

fn next_business_day(date: Date) -> Date {
    let mut next = date.tomorrow().unwrap_or(date);
    while matches!(next.weekday(), Weekday::Saturday | Weekday::Sunday) {
        next = next.tomorrow().unwrap_or(Date::MAX);
    }
    next
}
