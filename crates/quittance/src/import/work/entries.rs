//! `time_entries.csv`

use billing::work::Coverage;
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::work::TimeEntryRow;
use store::{AccountId, AgreementId, InvoiceId, TimeEntryId, Tx};

use super::{Identity, Known, TicketOf, Work};
use crate::import::check::Complaints;
use crate::import::rows::EntryIn;
use crate::import::table::{Columns, RowReader};

impl Work for EntryIn {
    type Row = TimeEntryRow;
    type Refs = (AccountId, Option<AgreementId>);
    const FILE: &'static str = "time_entries.csv";
    const COLUMNS: Columns = EntryIn::COLUMNS;
    const CORRECTION: &'static str = "the entry as it was; correct it by a new entry";
    const TELLS_TICKETS: bool = true;

    fn parse(reader: &mut RowReader<'_>) -> Self {
        EntryIn::parse(reader)
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn code(&self) -> &str {
        &self.entry
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn done_on(&self) -> Date {
        self.worked_on
    }

    fn ticket(&self, (account, _): Self::Refs) -> Option<TicketOf<'_>> {
        Some(TicketOf {
            ticket: &self.ticket,
            account,
            told: Some((self.ticket_summary.as_str(), self.requester.as_str())),
        })
    }

    fn refer(&self, known: &Known, complaints: &mut Complaints<'_>) -> Option<Self::Refs> {
        let account = known.account(&self.account, self.line, complaints)?;
        known.check_ticket(&self.ticket, account, self.line, complaints);
        let agreement = agreement(self, account, known, complaints);
        let rate = rate(self, (account, agreement), known, complaints).unwrap_or_default();
        let (column, hours) = match self.hours_billed {
            Some(hours) => ("hours_billed", hours),
            None => ("hours_worked", self.hours_worked),
        };
        complaints.amount(self.line, column, hours, rate);
        Some((account, agreement))
    }

    fn into_row(self, (account_id, agreement_id): Self::Refs, id: i64, invoice_id: Option<InvoiceId>) -> TimeEntryRow {
        TimeEntryRow {
            account_id,
            entry_id: TimeEntryId::from(id),
            code: self.entry,
            ticket: self.ticket,
            ticket_summary: self.ticket_summary,
            requester: self.requester,
            site: self.site,
            worked_on: self.worked_on,
            started_at: self.started_at,
            ended_at: self.ended_at,
            technician: self.technician,
            work_type: self.work_type,
            hours_worked: self.hours_worked.normalize(),
            hours_billed: self.hours_billed.map(|hours| hours.normalize()),
            rate: self.rate.map(|rate| rate.normalize()),
            coverage: self.coverage,
            agreement_id,
            notes: self.notes,
            internal_notes: self.internal_notes,
            approved_on: self.approved_on,
            invoice_id,
            role: self.role,
        }
    }

    fn stored(tx: &mut Tx, codes: &[String]) -> Result<Vec<TimeEntryRow>, store::Error> {
        tx.entries_by_code(codes)
    }

    fn waiting(tx: &mut Tx, days: (Date, Date), accounts: &[AccountId]) -> Result<Vec<String>, store::Error> {
        tx.waiting_entries(days, accounts)
    }

    fn code_of(row: &TimeEntryRow) -> &str {
        &row.code
    }

    fn identity(row: &TimeEntryRow) -> Identity {
        Identity { account: row.account_id, id: row.entry_id.into(), invoice: row.invoice_id }
    }

    fn differs_inside_only(before: &TimeEntryRow, after: &TimeEntryRow) -> bool {
        *before == TimeEntryRow { internal_notes: before.internal_notes.clone(), ..after.clone() }
    }
}

/// The agreement an entry names, checked: of the same account, and given where the work is covered.
fn agreement(row: &EntryIn, account: AccountId, known: &Known, complaints: &mut Complaints<'_>) -> Option<AgreementId> {
    let mut tell = |value: &str, wrong: &str, expected: &str| {
        complaints.add(row.line, "agreement", value, wrong, expected);
        None
    };
    let Some(code) = &row.agreement else {
        return match row.coverage {
            Coverage::Covered => tell("", "covered work names no agreement", "the agreement that covers it"),
            Coverage::Prepaid => tell("", "prepaid work names no agreement", "the agreement whose hours it draws on"),
            Coverage::Billable | Coverage::NoCharge => None,
        };
    };
    match known.agreements.get(code) {
        Some((owner, agreement)) if *owner == account => Some(*agreement),
        Some(_) => tell(code, "it is another account's", "an agreement of the same account"),
        None if known.unread.may_hold("agreements.csv", code) => None,
        None => tell(code, "there is no such agreement", "an id of agreements.csv"),
    }
}

/// The rate of an entry, given or its role's; told where there is none.
fn rate(
    row: &EntryIn,
    (account, agreement): (AccountId, Option<AgreementId>),
    known: &Known,
    complaints: &mut Complaints<'_>,
) -> Option<Decimal> {
    if row.rate.is_some() {
        return row.rate;
    }
    let Some(role) = &row.role else {
        let expected = "the rate for one hour, or in the column role a role of rates.csv";
        complaints.add(row.line, "rate", "", "it is empty and the row names no role", expected);
        return None;
    };
    let found = known.rates.rate(role, account.into(), agreement.map(i64::from), row.worked_on);
    if found.is_none() && !known.unread.may_hold("rates.csv", role) {
        let wrong = format!("it is empty, and {role:?} has no rate for work of {}", row.worked_on);
        complaints.add(
            row.line,
            "rate",
            "",
            &wrong,
            "the rate for one hour, or a row of rates.csv from that day or before",
        );
    }
    found
}
