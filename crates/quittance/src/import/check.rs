//! What must hold between the rows of an export and those already stored: ids, references, tickets.

use std::collections::HashMap;
use std::fmt::Display;

use rust_decimal::Decimal;
use store::item::ItemRow;
use store::{AccountId, ItemId};

use super::export::Export;
use super::problem::{Problem, Problems, Unread};
use super::work::TicketOf;

/// The largest amount of a line, in major units: ten thousand million.
const LARGEST_AMOUNT: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

/// Collects the problems of one file.
pub struct Complaints<'a> {
    file: &'static str,
    problems: &'a mut Problems,
}

impl<'a> Complaints<'a> {
    /// Complaints about `file`, added to `problems`.
    pub fn about(file: &'static str, problems: &'a mut Problems) -> Self {
        Self { file, problems }
    }

    /// One more.
    pub fn add(&mut self, line: u64, column: &str, value: impl Display, wrong: &str, expected: &str) {
        let (column, value) = (column.to_owned(), value.to_string());
        self.problems.push(Problem { column, value, ..Problem::of_row(self.file, line, wrong, expected) });
    }

    /// Tells every id that stands twice.
    pub fn unique<'k>(&mut self, column: &str, ids: impl Iterator<Item = (u64, &'k str)>) {
        let mut first: HashMap<&str, u64> = HashMap::new();
        for (line, id) in ids {
            match first.get(id) {
                Some(earlier) => self.stands_twice(line, column, id, *earlier),
                None => drop(first.insert(id, line)),
            }
        }
    }

    /// Tells an id that stands on an earlier line as well.
    pub fn stands_twice(&mut self, line: u64, column: &str, id: &str, earlier: u64) {
        let wrong = format!("it stands on line {earlier} already");
        self.add(line, column, id, &wrong, "ids that are unique in their file");
    }

    /// Tells an amount that no invoice of this world has; sums of such amounts could not be computed exactly.
    pub fn amount(&mut self, line: u64, column: &str, quantity: Decimal, price: Decimal) {
        if quantity.checked_mul(price).is_none_or(|amount| amount > LARGEST_AMOUNT) {
            let wrong = format!("times {price} it is more than {LARGEST_AMOUNT}");
            self.add(line, column, quantity, &wrong, "amounts of at most that; look for a slipped column");
        }
    }

    /// Tells an end before its start.
    pub fn dates(&mut self, line: u64, starts_on: jiff::civil::Date, ends_on: Option<jiff::civil::Date>) {
        if let Some(ends_on) = ends_on.filter(|ends_on| *ends_on < starts_on) {
            let expected = format!("{starts_on} or later (the first day not covered)");
            self.add(line, "ends_on", ends_on, "it ends before it starts", &expected);
        }
    }
}

/// Tells what can be seen without the database: ids that stand twice, ends before starts.
pub fn within_files(export: &Export, problems: &mut Problems) {
    Complaints::about("accounts.csv", problems)
        .unique("account", export.accounts.iter().map(|row| (row.line, row.account.as_str())));
    Complaints::about("items.csv", problems)
        .unique("item", export.items.iter().map(|row| (row.line, row.item.as_str())));
    let mut agreements = Complaints::about("agreements.csv", problems);
    agreements.unique("agreement", export.agreements.iter().map(|row| (row.line, row.agreement.as_str())));
    for row in &export.agreements {
        agreements.dates(row.line, row.starts_on, row.ends_on);
    }
    let mut lines = Complaints::about("agreement_lines.csv", problems);
    lines.unique("line", export.lines.iter().map(|row| (row.line, row.line_code.as_str())));
    for row in &export.lines {
        lines.dates(row.line, row.starts_on, row.ends_on);
        lines.amount(row.line, "quantity", row.quantity, row.unit_price);
    }
    Complaints::about("agreement_changes.csv", problems)
        .unique("change", export.agreement_changes.iter().map(|row| (row.line, row.change.as_str())));
    Complaints::about("discounts.csv", problems)
        .unique("discount", export.discounts.iter().map(|row| (row.line, row.discount.as_str())));
    Complaints::about("tickets.csv", problems)
        .unique("ticket", export.tickets.iter().map(|row| (row.line, row.ticket.as_str())));
    let rates: Vec<(u64, String)> = export
        .rates
        .iter()
        .map(|row| {
            let of = |code: &Option<String>| code.clone().unwrap_or_default();
            (row.line, format!("{}, {}, {}, {}", row.role, of(&row.account), of(&row.agreement), row.from_on))
        })
        .collect();
    Complaints::about("rates.csv", problems).unique("role", rates.iter().map(|(line, key)| (*line, key.as_str())));
    let contacts: Vec<(u64, String)> =
        export.contacts.iter().map(|row| (row.line, format!("{} {}", row.account, row.email.to_lowercase()))).collect();
    Complaints::about("contacts.csv", problems)
        .unique("email", contacts.iter().map(|(line, key)| (*line, key.as_str())));
    let rates: Vec<(u64, String)> = export
        .tax_rates
        .iter()
        .map(|row| {
            let of = row.tax_category.as_deref().map(|category| format!("{category} ")).unwrap_or_default();
            (row.line, format!("{} {} {of}{}", row.tax_region, row.jurisdiction, row.from_on))
        })
        .collect();
    Complaints::about("tax_rates.csv", problems)
        .unique("from_on", rates.iter().map(|(line, key)| (*line, key.as_str())));
}

/// What a ticket was first seen as.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Whose it is.
    pub account: AccountId,
    /// Its one summary.
    pub summary: String,
    /// Who asked.
    pub requester: String,
}

/// Tells a ticket whose entries contradict each other, or the stored ones.
pub fn ticket(line: u64, this: TicketOf<'_>, known: &mut HashMap<String, Ticket>, complaints: &mut Complaints<'_>) {
    let (summary, requester) = this.told.unwrap_or_default();
    let first = known.entry(this.ticket.to_owned()).or_insert_with(|| Ticket {
        account: this.account,
        summary: summary.to_owned(),
        requester: requester.to_owned(),
    });
    if first.account != this.account {
        let expected = "a ticket that belongs to one account";
        complaints.add(line, "ticket", this.ticket, "another account has this ticket", expected);
    } else if this.told.is_none() {
        // A delivery says only whose it is.
    } else if first.summary != summary {
        let expected = format!("{:?}, as on the ticket's other entries", first.summary);
        complaints.add(line, "ticket_summary", summary, "the ticket has another summary", &expected);
    } else if first.requester != requester {
        let expected = format!("{:?}, as on the ticket's other entries", first.requester);
        complaints.add(line, "requester", requester, "the ticket has another requester", &expected);
    }
}

/// Items as they will be, with those that could not be read.
#[derive(Default)]
pub struct Items {
    /// By code.
    pub by_code: HashMap<String, ItemRow>,
    /// Rows of `items.csv` among others.
    pub unread: Unread,
}

/// Which kinds of item may stand in a file, and the sentence that says so.
pub type Fitting = (fn(billing::item::ItemKind) -> bool, &'static str);

impl Items {
    /// The item of a row, checked to be of a kind that may stand there: the streams never mix.
    pub fn fitting(
        &self,
        code: &str,
        line: u64,
        (fits, expected): Fitting,
        complaints: &mut Complaints<'_>,
    ) -> Option<ItemId> {
        match self.by_code.get(code) {
            None => {
                if !self.unread.may_hold("items.csv", code) {
                    complaints.add(line, "item", code, "there is no such item", "an id of items.csv");
                }
                None
            }
            Some(item) if !fits(item.kind) => {
                complaints.add(line, "item", code, &format!("its kind is {}", item.kind), expected);
                None
            }
            Some(item) => Some(item.item_id),
        }
    }
}
