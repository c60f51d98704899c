//! `/statements`: what happened on an account in a time.

use askama::Template;

use super::{Choice, Day, File, Frame, Total};

/// One movement.
#[derive(Clone, Debug, Default)]
pub struct MovementRow {
    /// When it was booked.
    pub on: Day,
    /// `INV-20001`; empty for a booking.
    pub number: String,
    /// Where the number leads; empty for a booking.
    pub href: String,
    /// `Invoice, due Nov 1`.
    pub what: String,
    /// `412.00`, `−99.00`.
    pub amount: String,
    /// What is owed less credit after it.
    pub balance: String,
}

/// `GET /statements`.
#[derive(Template)]
#[template(path = "statements.html")]
pub struct StatementsPage {
    /// What stands around it.
    pub frame: Frame,
    /// `Acme Milling`.
    pub account_name: String,
    /// `Sep 1–30, 2026`.
    pub period: String,
    /// This month, last month and so on, as links.
    pub periods: Vec<Choice>,
    /// The accounts of the person; one leaves the field out.
    pub accounts: Vec<Choice>,
    /// `2026-09-01`, for the field.
    pub from: String,
    /// `2026-09-30`, for the field.
    pub to: String,
    /// The first day.
    pub opened_on: Day,
    /// The last day.
    pub closed_on: Day,
    /// What was owed less credit before it.
    pub opening: String,
    /// What was booked, in order.
    pub rows: Vec<MovementRow>,
    /// `You owed` or `You had in credit`, and how much.
    pub closing: Total,
    /// Sums of the time: invoiced, credited, paid.
    pub facts: Vec<Total>,
    /// The closing balance by age.
    pub ageing: Vec<Total>,
    /// PDF and CSV.
    pub files: Vec<File>,
}
