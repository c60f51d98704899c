//! The files of work, which may be large: read in parts, twice. First everything is checked and compared with what is
//! stored, then, in the one transaction that writes, the rows that differ are read again and written.

mod absent;
mod compare;
mod deliveries;
mod entries;
mod explain;
mod look;
mod seen;
mod write;

use std::collections::HashMap;

use billing::rates::RateCard;
use jiff::civil::Date;
use store::{AccountId, AgreementId, InvoiceId, Stored, Tx};

use super::check::{Complaints, Items};
use super::problem::Unread;
use super::table::{Columns, RowReader};

pub use absent::{absent, named};
pub use compare::{Compared, compare};
pub use seen::Suspects;
pub use write::Writing;

/// Contradictions between file and store that are looked into; a file that has more is wrong as a whole.
const CONTRADICTIONS: usize = 10_000;
/// What is expected of a ticket.
const OF_ONE_ACCOUNT: &str = "a ticket that belongs to one account";
/// How many rows are worked on at a time. A row takes about 2 kB while it is.
const PART: usize = 2_000;

/// What rows of work refer to, as it will be when the import is done.
#[derive(Default)]
pub struct Known {
    /// By code.
    pub accounts: HashMap<String, AccountId>,
    /// By code.
    pub agreements: HashMap<String, (AccountId, AgreementId)>,
    /// What an hour of a role costs.
    pub rates: RateCard,
    /// Whose the tickets are of which something is agreed.
    pub tickets: HashMap<String, AccountId>,
    /// Items, those of this export included.
    pub items: Items,
    /// Rows that others may refer to although they could not be read.
    pub unread: Unread,
    /// The first day that is billed.
    pub billing_starts_on: Option<Date>,
    /// How many changed fields are shown.
    pub shown: usize,
}

impl Known {
    /// The account that a row names; told where there is none.
    pub fn account(&self, code: &str, line: u64, complaints: &mut Complaints<'_>) -> Option<AccountId> {
        let account = self.accounts.get(code).copied();
        if account.is_none() && !self.unread.may_hold("accounts.csv", code) {
            complaints.add(line, "account", code, "there is no such account", "an id of accounts.csv");
        }
        account
    }

    /// Tells a ticket of another account, of those of which something is agreed.
    pub fn check_ticket(&self, ticket: &str, account: AccountId, line: u64, complaints: &mut Complaints<'_>) {
        if self.tickets.get(ticket).is_some_and(|owner| *owner != account) {
            complaints.add(line, "ticket", ticket, "tickets.csv gives it to another account", OF_ONE_ACCOUNT);
        }
    }
}

/// What is to become of a row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is stored just so.
    Same,
    /// It is stored with other values.
    Change,
    /// It isn't stored yet.
    Add,
}

/// What a ticket is: the same on each of its entries, and whose it is on its deliveries, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketOf<'a> {
    /// Its id.
    pub ticket: &'a str,
    /// Whose it is.
    pub account: AccountId,
    /// Its one summary and who asked, where the row says so.
    pub told: Option<(&'a str, &'a str)>,
}

/// What a stored row keeps for ever.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Whose it is.
    pub account: AccountId,
    /// Its own id.
    pub id: i64,
    /// The invoice that took it.
    pub invoice: Option<InvoiceId>,
}

/// A row of a file of work.
pub trait Work: Clone + Send + Sync + 'static {
    /// Its row in the store.
    type Row: Stored + PartialEq + Send + Sync + 'static;
    /// The rows it refers to.
    type Refs: Copy + Send + Sync + 'static;
    /// `time_entries.csv`
    const FILE: &'static str;
    /// The header.
    const COLUMNS: Columns;
    /// What to do where an invoice took the row.
    const CORRECTION: &'static str;
    /// Whether its rows are what says what a ticket is.
    const TELLS_TICKETS: bool;

    /// Reads one; what is wrong is told by the reader.
    fn parse(reader: &mut RowReader<'_>) -> Self;
    /// The line it begins on.
    fn line(&self) -> u64;
    /// Its id in the file, which stands in the first column.
    fn code(&self) -> &str;
    /// Whose it is, by the account's code.
    fn account(&self) -> &str;
    /// The day it was done.
    fn done_on(&self) -> Date;
    /// The ticket it belongs to, where it names one.
    fn ticket(&self, refs: Self::Refs) -> Option<TicketOf<'_>>;
    /// What it refers to; nothing, and told, where that doesn't exist.
    fn refer(&self, known: &Known, complaints: &mut Complaints<'_>) -> Option<Self::Refs>;
    /// As a row of the store. `identity` says its own id and the invoice that took it.
    fn into_row(self, refs: Self::Refs, id: i64, invoice: Option<InvoiceId>) -> Self::Row;
    /// The stored rows of these codes.
    fn stored(tx: &mut Tx, codes: &[String]) -> Result<Vec<Self::Row>, store::Error>;
    /// The codes of approved stored rows of these accounts that no invoice has taken, done from one day to another.
    fn waiting(tx: &mut Tx, days: (Date, Date), accounts: &[AccountId]) -> Result<Vec<String>, store::Error>;
    /// The code of a stored row.
    fn code_of(row: &Self::Row) -> &str;
    /// What a stored row keeps.
    fn identity(row: &Self::Row) -> Identity;
    /// Whether the difference between a row and what it becomes is for the provider's eyes alone.
    fn differs_inside_only(before: &Self::Row, after: &Self::Row) -> bool;
}
