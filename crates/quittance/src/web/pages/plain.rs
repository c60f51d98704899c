//! `/credit-notes/{number}` and `/late-fees/{number}`: documents of one table.

use askama::Template;

use super::{ChangeRow, Fact, Frame, Pdf, Piece, Status, Total};

/// A credit note or late fee.
#[derive(Template)]
#[template(path = "plain.html")]
pub struct PlainPage {
    /// What stands around it.
    pub frame: Frame,
    /// `Credit note`.
    pub called: String,
    /// `CN-1001`.
    pub number: String,
    /// `/credit-notes/CN-1001`.
    pub href: String,
    /// The invoice it is about, `INV-20001`.
    pub invoice: String,
    /// Where a late fee stands; a credit note stands nowhere.
    pub status: Option<Status>,
    /// The account's name, for a person with several; else empty.
    pub account_name: String,
    /// `Credited`.
    pub amount_label: String,
    /// `$20.00`.
    pub amount: String,
    /// Dates.
    pub facts: Vec<Fact>,
    /// The reason and where it went, or why it is charged.
    pub explain: Vec<Piece>,
    /// Over the table.
    pub heading: String,
    /// The heads of its columns, the first one of what a row is.
    pub heads: Vec<String>,
    /// What, invoiced (or empty, where there is no such column), amount.
    pub rows: Vec<ChangeRow>,
    /// Net and taxes.
    pub totals: Vec<Total>,
    /// `Credited` and `$20.00`.
    pub total: Total,
    /// The document.
    pub pdf: Pdf,
}
