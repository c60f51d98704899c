//! Places in long lists: where a page ended, as it stands in an address.

use std::fmt;
use std::str::FromStr;

use billing::invoice::InvoiceStatus;
use jiff::civil::Date;

use crate::InvoiceId;

/// Behind which invoice a page begins: open ones stand by due date, paid ones by issue date, newest first.
/// Written `open-2026-12-01-17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which group.
    pub status: InvoiceStatus,
    /// Due date of an open invoice, issue date of a paid one.
    pub on: Date,
    /// Which one.
    pub invoice: InvoiceId,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.status, self.on, i64::from(self.invoice))
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "a place such as open-2026-12-01-17";
        let (status, rest) = text.split_once('-').ok_or(expected)?;
        let (on, id) = dated(rest).ok_or(expected)?;
        Ok(Self { status: status.parse().map_err(|_| expected)?, on, invoice: InvoiceId::from(id) })
    }
}

/// Behind which piece of work a page begins: newest day first, entries before deliveries. Written `e-2026-09-14-17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkPlace {
    /// Whether it is a delivery; else it is a time entry.
    pub is_delivery: bool,
    /// Worked or delivered on.
    pub on: Date,
    /// Its id.
    pub id: i64,
}

impl fmt::Display for WorkPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", if self.is_delivery { "d" } else { "e" }, self.on, self.id)
    }
}

impl FromStr for WorkPlace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "a place such as e-2026-09-14-17";
        let (kind, rest) = text.split_once('-').ok_or(expected)?;
        let (on, id) = dated(rest).ok_or(expected)?;
        match kind {
            "e" | "d" => Ok(Self { is_delivery: kind == "d", on, id }),
            _ => Err(expected),
        }
    }
}

/// The day and number of `2026-09-14-17`.
fn dated(text: &str) -> Option<(Date, i64)> {
    let (day, id) = text.split_at_checked(10)?;
    Some((day.parse().ok()?, id.strip_prefix('-')?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_was_written() {
        let place: Place = "paid-2026-09-18-4611686018427387904".parse().unwrap();
        assert_eq!(place.to_string(), "paid-2026-09-18-4611686018427387904");
        let work: WorkPlace = "d-2026-09-14-17".parse().unwrap();
        assert!(work.is_delivery && work.to_string() == "d-2026-09-14-17");
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in
            ["", "open", "open-", "open-2026-13-01-1", "due-2026-12-01-1", "open-2026-12-01", "open-é026-12-01-1"]
        {
            assert!(text.parse::<Place>().is_err(), "{text}");
            assert!(text.parse::<WorkPlace>().is_err(), "{text}");
        }
    }
}
