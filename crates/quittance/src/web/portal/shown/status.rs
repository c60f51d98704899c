//! Where an invoice stands on a day, in words, and what happens next.

use billing::invoice::InvoiceStatus;
use billing::{Currency, Money};
use jiff::Unit;
use jiff::civil::Date;
use store::invoice::InvoiceStateRow;
use store::portal::{ListedRow, SettledRow};

use super::Today;
use crate::web::pages::{Status, StatusKind};

const PAID: &str = "Paid";

/// What decides an invoice's status.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// As the ledger has it.
    pub status: InvoiceStatus,
    /// The last day in time.
    pub due_on: Date,
    /// What is left.
    pub balance: Money,
    /// What was invoiced.
    pub total: Money,
    /// How much of it was credited.
    pub credited: i64,
    /// How much was given up.
    pub written_off: i64,
}

impl Standing {
    /// Of an invoice in the list.
    pub fn of(row: &ListedRow) -> Self {
        Self {
            status: row.status,
            due_on: row.due_on,
            balance: Money::new(row.balance_minor, row.currency),
            total: Money::new(row.total_minor, row.currency),
            credited: row.credited_minor,
            written_off: row.written_off_minor,
        }
    }

    /// Of a document that was issued for so many minor units of a currency.
    pub fn of_state(state: &InvoiceStateRow, (total_minor, currency): (i64, Currency)) -> Self {
        Self {
            status: state.status,
            due_on: state.due_on,
            balance: Money::new(state.balance_minor, currency),
            total: Money::new(total_minor, currency),
            credited: state.credited_minor,
            written_off: state.written_off_minor,
        }
    }

    /// Days from the due date to a day: positive once it is overdue (the due date itself is in time).
    pub fn days_late(&self, today: Date) -> i32 {
        self.due_on.until((Unit::Day, today)).map_or(0, |span| span.get_days())
    }

    /// Whether something is left after the due date.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.status == InvoiceStatus::Open && self.days_late(today) > 0
    }

    /// `Due in 12 days`, `Due today`, `Overdue 3 days`, `Paid`; where nobody paid, `Credited` or `Closed`.
    pub fn status(&self, today: Date) -> Status {
        if self.status == InvoiceStatus::Paid {
            let word = match (self.written_off, self.credited) {
                (1.., _) => "Closed",
                (_, credited) if credited > 0 && credited >= self.total.minor() => "Credited",
                _ => PAID,
            };
            return Status::new(StatusKind::Paid, word);
        }
        let late = self.days_late(today);
        let is_part_paid = self.balance.minor() < self.total.minor();
        match late {
            1 => Status::new(StatusKind::Overdue, "Overdue 1 day"),
            2.. => Status::new(StatusKind::Overdue, format!("Overdue {late} days")),
            _ if is_part_paid => {
                Status::new(StatusKind::PartPaid, format!("{} left to pay", self.balance.with_currency()))
            }
            0 => Status::new(StatusKind::Due, "Due today"),
            -1 => Status::new(StatusKind::Due, "Due tomorrow"),
            _ => Status::new(StatusKind::Due, format!("Due in {} days", late.saturating_neg())),
        }
    }

    /// The same, with the day on which it was paid: `Paid Oct 31`.
    pub fn told(&self, settled: Option<&SettledRow>, today: &Today) -> Status {
        let status = self.status(today.day);
        match settled.filter(|_| status.text == PAID) {
            Some(settled) => Status::new(StatusKind::Paid, format!("{PAID} {}", today.day(settled.posted_on).text)),
            None => status,
        }
    }

    /// What happens next. Nothing is ever planned before payments exist, and that is an answer.
    pub fn next(&self, today: Date) -> &'static str {
        match self.status {
            InvoiceStatus::Paid => "Nothing left to do",
            InvoiceStatus::Open if self.is_overdue(today) => "Please pay now or call us",
            InvoiceStatus::Open => "Nothing planned",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn standing(status: InvoiceStatus) -> Standing {
        let total = Money::new(100, Currency::USD);
        Standing { status, due_on: date(2026, 10, 18), balance: total, total, credited: 0, written_off: 0 }
    }

    #[test]
    fn the_due_date_itself_is_in_time() {
        let open = standing(InvoiceStatus::Open);
        let words = |day| open.status(day).text;
        assert_eq!(words(date(2026, 10, 6)), "Due in 12 days");
        assert_eq!(words(date(2026, 10, 17)), "Due tomorrow");
        assert_eq!(words(date(2026, 10, 18)), "Due today");
        assert_eq!(words(date(2026, 10, 19)), "Overdue 1 day");
        assert_eq!(words(date(2026, 11, 6)), "Overdue 19 days");
        assert!(!open.is_overdue(date(2026, 10, 18)) && open.is_overdue(date(2026, 10, 19)));
    }

    #[test]
    fn what_is_paid_is_never_overdue() {
        let paid = standing(InvoiceStatus::Paid);
        assert_eq!(paid.status(date(2027, 1, 1)), Status::new(StatusKind::Paid, "Paid"));
        assert!(!paid.is_overdue(date(2027, 1, 1)));
    }
}
