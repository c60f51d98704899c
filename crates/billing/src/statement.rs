//! A statement of an account: a running balance over what was booked, and the ageing of what is left.

use jiff::civil::Date;

use crate::ageing::first_due_dates;
use crate::money::Overflow;
use crate::settling::Open;

/// The balance before a time, after each of its movements in order, and at its end, in minor units: what the customer
/// owes, less what the customer has in credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// After each movement.
    pub after: Vec<i64>,
    /// After the last one.
    pub closing: i64,
}

/// Adds `movements` to `opening`, one after the other.
///
/// # Errors
/// `Overflow` beyond 64 bits.
pub fn running(opening: i64, movements: impl IntoIterator<Item = i64>) -> Result<Running, Overflow> {
    let mut running = Running { after: Vec::new(), closing: opening };
    for amount in movements {
        running.closing = running.closing.checked_add(amount).ok_or(Overflow)?;
        running.after.push(running.closing);
    }
    Ok(running)
}

/// What is open by the columns of `ageing::COLUMNS` as seen from a day. The account's `credit` is a negative item that is
/// current, so that the columns sum to the balance.
///
/// # Errors
/// `Overflow` beyond 64 bits.
pub fn aged(open: &[Open], credit: i64, on: Date) -> Result<[i64; 5], Overflow> {
    let firsts = first_due_dates(on);
    let mut columns = [credit.checked_neg().ok_or(Overflow)?, 0, 0, 0, 0];
    for one in open {
        let place = firsts.iter().position(|first| one.due_on >= *first).unwrap_or(firsts.len());
        if let Some(column) = columns.get_mut(place) {
            *column = column.checked_add(one.balance).ok_or(Overflow)?;
        }
    }
    Ok(columns)
}
