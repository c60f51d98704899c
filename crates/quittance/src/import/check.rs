//! What must hold between the rows of an export and those already stored: ids, references, tickets.

use std::collections::HashMap;
use std::fmt::Display;

use billing::work::Coverage;
use rust_decimal::Decimal;
use store::agreement::AgreementRow;
use store::item::ItemRow;
use store::{AccountId, ItemId};

use super::problem::{Problem, Unread};
use super::rows::{EntryIn, Export};

/// The largest amount of a line, in major units: ten thousand million.
const LARGEST_AMOUNT: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

/// Collects the problems of one file.
pub struct Complaints<'a> {
    file: &'static str,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Complaints<'a> {
    /// Complaints about `file`, added to `problems`.
    pub fn about(file: &'static str, problems: &'a mut Vec<Problem>) -> Self {
        Self { file, problems }
    }

    /// One more.
    pub fn add(&mut self, line: u64, column: &str, value: impl Display, wrong: &str, expected: &str) {
        self.problems.push(Problem {
            file: self.file.to_owned(),
            line,
            column: column.to_owned(),
            value: value.to_string(),
            wrong: wrong.to_owned(),
            expected: expected.to_owned(),
        });
    }

    /// Tells every id that stands twice.
    pub fn unique<'k>(&mut self, column: &str, ids: impl Iterator<Item = (u64, &'k str)>) {
        let mut first: HashMap<&str, u64> = HashMap::new();
        for (line, id) in ids {
            if let Some(earlier) = first.get(id) {
                self.add(
                    line,
                    column,
                    id,
                    &format!("it stands on line {earlier} already"),
                    "ids that are unique in their file",
                );
            } else {
                first.insert(id, line);
            }
        }
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
pub fn within_files(export: &Export, problems: &mut Vec<Problem>) {
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
    }
    Complaints::about("time_entries.csv", problems)
        .unique("entry", export.entries.iter().map(|row| (row.line, row.entry.as_str())));
    Complaints::about("products.csv", problems)
        .unique("delivery", export.deliveries.iter().map(|row| (row.line, row.delivery.as_str())));
    let contacts: Vec<(u64, String)> =
        export.contacts.iter().map(|row| (row.line, format!("{} {}", row.account, row.email.to_lowercase()))).collect();
    Complaints::about("contacts.csv", problems)
        .unique("email", contacts.iter().map(|(line, key)| (*line, key.as_str())));
    let rates: Vec<(u64, String)> = export
        .tax_rates
        .iter()
        .map(|row| (row.line, format!("{} {} {}", row.tax_region, row.jurisdiction, row.from_on)))
        .collect();
    Complaints::about("tax_rates.csv", problems)
        .unique("from_on", rates.iter().map(|(line, key)| (*line, key.as_str())));
    amounts(export, problems);
}

fn amounts(export: &Export, problems: &mut Vec<Problem>) {
    let mut lines = Complaints::about("agreement_lines.csv", problems);
    for row in &export.lines {
        lines.amount(row.line, "quantity", row.quantity, row.unit_price);
    }
    let mut entries = Complaints::about("time_entries.csv", problems);
    for row in &export.entries {
        entries.amount(row.line, "hours_billed", row.hours_billed, row.rate);
    }
    let mut deliveries = Complaints::about("products.csv", problems);
    for row in &export.deliveries {
        deliveries.amount(row.line, "quantity", row.quantity, row.unit_price);
    }
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
pub fn ticket(row: &EntryIn, account: AccountId, known: &mut HashMap<String, Ticket>, complaints: &mut Complaints<'_>) {
    let this = Ticket { account, summary: row.ticket_summary.clone(), requester: row.requester.clone() };
    let first = known.entry(row.ticket.clone()).or_insert_with(|| this.clone());
    if first.account != this.account {
        complaints.add(
            row.line,
            "ticket",
            &row.ticket,
            "another account has this ticket",
            "a ticket that belongs to one account",
        );
    } else if first.summary != this.summary {
        let expected = format!("{:?}, as on the ticket's other entries", first.summary);
        complaints.add(row.line, "ticket_summary", &row.ticket_summary, "the ticket has another summary", &expected);
    } else if first.requester != this.requester {
        let expected = format!("{:?}, as on the ticket's other entries", first.requester);
        complaints.add(row.line, "requester", &row.requester, "the ticket has another requester", &expected);
    }
}

/// The agreement an entry names, checked: of the same account, and given where the work is covered.
pub fn entry_agreement<'a>(
    row: &EntryIn,
    account: AccountId,
    agreements: &'a HashMap<String, AgreementRow>,
    unread: &Unread,
    complaints: &mut Complaints<'_>,
) -> Option<&'a AgreementRow> {
    let Some(code) = &row.agreement else {
        if row.coverage == Coverage::Covered {
            complaints.add(
                row.line,
                "agreement",
                "",
                "covered work names no agreement",
                "the agreement that covers it",
            );
        }
        return None;
    };
    match agreements.get(code) {
        None => {
            if !unread.may_hold("agreements.csv", code) {
                complaints.add(row.line, "agreement", code, "there is no such agreement", "an id of agreements.csv");
            }
            None
        }
        Some(agreement) if agreement.account_id != account => {
            complaints.add(row.line, "agreement", code, "it is another account's", "an agreement of the same account");
            None
        }
        found => found,
    }
}

/// Items as they will be, with those that could not be read.
pub struct Items {
    /// By code.
    pub by_code: HashMap<String, ItemRow>,
    /// Rows of `items.csv` among others.
    pub unread: Unread,
}

/// Which kinds of item may stand in a file, and the sentence that says so.
pub type Fitting = (fn(billing::item::ItemKind) -> bool, &'static str);

impl Items {
    /// The item of a row, checked to be of a kind that may stand there (S8: the streams never mix).
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
