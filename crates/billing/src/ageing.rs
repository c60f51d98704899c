//! The ageing of receivables: what is owed, by the days past its due date.

use jiff::Unit;
use jiff::civil::Date;

use crate::calendar::shift;
use crate::money::Overflow;

/// The headings of the columns: not due yet, then by days past due.
pub const COLUMNS: [&str; 5] = ["Current", "0-30", "31-60", "61-90", "91+"];

/// The first due dates of the columns as seen from a day, but for the last one, which has none: what is due on that day
/// is not late yet, but no longer to come: it is in the first column, 0-30.
pub fn first_due_dates(today: Date) -> [Date; 4] {
    [shift(today, 1), shift(today, -30), shift(today, -60), shift(today, -90)]
}

/// Where something open stands in an ageing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// Days since the due date, negative before it.
    pub days_past_due: i32,
    /// The column: none where it is not due yet, else counted from 0.
    pub column: Option<usize>,
}

/// The age of what is due on `due_on`, in columns that end with so many days past due, ascending; the last column has no
/// end. The due date itself belongs to the first column. Rule: `docs/rules.md`, Ageing.
#[must_use]
pub fn age(due_on: Date, today: Date, ends: &[u32]) -> Age {
    let days_past_due = due_on.until((Unit::Day, today)).map_or(0, |span| span.get_days());
    let column = u32::try_from(days_past_due).ok().map(|days| ends.iter().take_while(|end| **end < days).count());
    Age { days_past_due, column }
}

/// The heading of a column: `0-30`, `31-60`, `91+`; `current` for what is not due yet.
#[must_use]
pub fn heading(column: Option<usize>, ends: &[u32]) -> String {
    let Some(column) = column else { return "current".to_owned() };
    let from = column.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| end.saturating_add(1));
    ends.get(column).map_or_else(|| format!("{from}+"), |end| format!("{from}-{end}"))
}

/// What is owed, by age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ageing {
    /// Not due yet, minor units.
    pub current: i64,
    /// Past due by column, minor units.
    pub columns: Vec<i64>,
    /// All of it.
    pub total: i64,
}

/// Sums `items` (due date, minor units) by age; credits are negative items, so that the columns sum to the ledger.
///
/// # Errors
/// `Overflow` beyond 64 bits of minor units.
pub fn ageing(items: &[(Date, i64)], today: Date, ends: &[u32]) -> Result<Ageing, Overflow> {
    let mut sums = Ageing { current: 0, columns: vec![0; ends.len() + 1], total: 0 };
    for (due_on, amount) in items {
        let column = age(*due_on, today, ends).column;
        let sum = column.and_then(|column| sums.columns.get_mut(column)).unwrap_or(&mut sums.current);
        *sum = sum.checked_add(*amount).ok_or(Overflow)?;
        sums.total = sums.total.checked_add(*amount).ok_or(Overflow)?;
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_due_tomorrow_is_current_and_thirty_days_are_the_first_column() {
        let columns = first_due_dates(date(2026, 3, 31));
        assert_eq!(columns, [date(2026, 4, 1), date(2026, 3, 1), date(2026, 1, 30), date(2025, 12, 31)]);
    }
}
