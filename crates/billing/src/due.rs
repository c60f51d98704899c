//! When an invoice is due: the terms that providers agree with their customers.
//! They answer facts of other systems; the product doesn't run them: there `schedule` says when something is due.

use jiff::civil::Date;

use crate::calendar::{Month, due_on, shift};

/// Terms of payment, counted from the date on the invoice. A day of the month is clamped to the month's last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// So many calendar days later: net 30.
    Net(u32),
    /// The 1st of the month after.
    FirstOfNextMonth,
    /// The last day of the month, whatever the day of the invoice.
    LastOfMonth,
    /// The last day of the month, but strictly later: dated on a last day, it is the next month's.
    NextLastOfMonth,
    /// The next such day of the month, strictly later.
    NextDay(i8),
    /// That day of the month after.
    DayOfNextMonth(i8),
    /// So many days after the month's last.
    AfterMonthEnd(u32),
    /// At least so many days, and then on to that day of the month.
    AtLeastThenDay(u32, i8),
}

impl Terms {
    /// The due date; that day is still in time. Sources: the payment terms of Invoice Ninja and Odoo.
    #[must_use]
    pub fn due_on(self, issued_on: Date) -> Date {
        let month = Month::of(issued_on);
        match self {
            Self::Net(days) => due_on(issued_on, days),
            Self::FirstOfNextMonth => month.next().first(),
            Self::LastOfMonth => month.last(),
            Self::NextLastOfMonth => on_or_after(shift(issued_on, 1), 31),
            Self::NextDay(day) if month.day(day) > issued_on => month.day(day),
            Self::NextDay(day) => month.next().day(day),
            Self::DayOfNextMonth(day) => month.next().day(day),
            Self::AfterMonthEnd(days) => due_on(month.last(), days),
            Self::AtLeastThenDay(days, day) => on_or_after(due_on(issued_on, days), day),
        }
    }
}

/// The first such day of the month on or after `from`.
fn on_or_after(from: Date, day: i8) -> Date {
    let month = Month::of(from);
    if month.day(day) >= from { month.day(day) } else { month.next().day(day) }
}
