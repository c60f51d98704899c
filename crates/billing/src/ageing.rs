//! The ageing of receivables: what is owed, by the days past its due date.

use jiff::civil::Date;

use crate::calendar::shift;

/// The headings of the columns: not due yet, then by days past due.
pub const COLUMNS: [&str; 5] = ["Current", "1-30", "31-60", "61-90", "91+"];

/// The first due dates of the columns as seen from a day, but for the last one, which has none: what is due on that day
/// is not late yet.
pub fn first_due_dates(today: Date) -> [Date; 4] {
    [today, shift(today, -30), shift(today, -60), shift(today, -90)]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_due_today_is_current_and_thirty_days_are_the_first_column() {
        let columns = first_due_dates(date(2026, 3, 31));
        assert_eq!(columns, [date(2026, 3, 31), date(2026, 3, 1), date(2026, 1, 30), date(2025, 12, 31)]);
    }
}
