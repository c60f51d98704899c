//! `/work`: everything the provider did, newest day first, billed or not.

use askama::Template;

use super::{Accounts, Day, Empty, Filter, Frame, Link, Price};

/// Where a piece of work is billed.
#[derive(Clone, Debug)]
pub enum Billed {
    /// On an invoice, which it leads to.
    On(Link),
    /// Not yet, in words: `Not billed yet`.
    NotYet(String),
}

/// One time entry or delivery.
#[derive(Clone, Debug)]
pub struct WorkRow {
    /// `T-48930`; empty for work without a ticket.
    pub ticket: String,
    /// `New employee setup: Saw Peña`.
    pub summary: String,
    /// What was done or delivered, as written, line breaks too.
    pub what: String,
    /// `T. Becker, remote`; for a product `Delivered`.
    pub by: String,
    /// The account's name, when several are shown; else empty.
    pub account: String,
    /// `0.98 h`; for a product its quantity, `4`, or empty.
    pub worked: String,
    /// `1.00 h`; empty for a product.
    pub billed: String,
    /// The amount, or why there is none.
    pub amount: Price,
    /// Where it is billed.
    pub invoice: Billed,
}

/// The work of one day.
#[derive(Clone, Debug, Default)]
pub struct WorkDay {
    /// `Monday, Sep 14`.
    pub day: Day,
    /// `3.38 h worked`; or empty.
    pub sum: String,
    /// Its work, in order.
    pub rows: Vec<WorkRow>,
}

impl WorkDay {
    /// Whether the row at this place names the same ticket as the row above it; a desk then leaves it out.
    pub fn repeats(&self, place: &usize) -> bool {
        let above = place.checked_sub(1).and_then(|above| self.rows.get(above));
        let same = |row: &WorkRow, above: &WorkRow| row.ticket == above.ticket && row.account == above.account;
        matches!((self.rows.get(*place), above), (Some(row), Some(above)) if !row.ticket.is_empty() && same(row, above))
    }
}

/// `GET /work`.
#[derive(Template)]
#[template(path = "work.html")]
pub struct WorkPage {
    /// What stands around it.
    pub frame: Frame,
    /// The one account's name; empty when the menu of accounts says it.
    pub account_name: String,
    /// `Some` for a person with several accounts; links lead to `/work?account=…`.
    pub accounts: Option<Accounts>,
    /// Month (field `month`) and search (field `q`); `None` before the first work.
    pub filter: Option<Filter>,
    /// `24 pieces of work in September 2026, 18.50 h worked`.
    pub count_line: String,
    /// The days, newest first.
    pub days: Vec<WorkDay>,
    /// The next page, or empty.
    pub more: String,
    /// `Some` when there are no days.
    pub empty: Option<Empty>,
}
