//! What the price of work depends on besides the entry itself: rates of roles, agreed tickets, earlier invoices, and what was
//! drawn of the hours that agreements include.

use billing::work::{Coverage, WorkType};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{AccountId, AgreementId, Error, Tx, record, statements};

record! {
    /// What an hour of a role costs from a day on; the ids are 0 where it holds for all.
    pub struct RoleRateRow in "role_rate" key(role, account_id, agreement_id, from_on) {
        pub role: String,
        pub account_id: AccountId,
        pub agreement_id: AgreementId,
        pub from_on: Date,
        pub rate: Decimal,
    }
}

record! {
    /// A ticket whose work is charged up to an amount.
    pub struct AgreedTicketRow in "agreed_ticket" key(ticket) {
        pub ticket: String,
        pub account_id: AccountId,
        /// Minor units of the account's currency; nothing where it was agreed no longer.
        pub not_to_exceed_minor: Option<i64>,
    }
}

record! {
    /// A time entry of a ticket as an invoice has it.
    pub struct EarlierWork {
        pub ticket: String,
        pub worked_on: Date,
        pub work_type: WorkType,
        pub coverage: Coverage,
        /// Hours billed.
        pub hours: Decimal,
        pub amount_minor: i64,
    }
}

record! {
    /// Hours that an invoice drew of an agreement's balance.
    pub struct DrawnRow {
        pub agreement_id: AgreementId,
        pub worked_on: Date,
        pub hours: Decimal,
    }
}

statements! {
    ROLE_RATES: () -> RoleRateRow = "SELECT role, account_id, agreement_id, from_on, rate FROM role_rate \
        ORDER BY role, account_id, agreement_id, from_on";
    AGREED_TICKETS: () -> AgreedTicketRow = "SELECT ticket, account_id, not_to_exceed_minor FROM agreed_ticket ORDER BY ticket";
    AGREED_TICKETS_OF: (; many Integer) -> AgreedTicketRow = "SELECT ticket, account_id, not_to_exceed_minor FROM agreed_ticket \
        WHERE account_id IN ($keys) ORDER BY ticket";
    EARLIER_WORK: (; many Text) -> EarlierWork = "SELECT t.ticket, t.worked_on, t.work_type, t.coverage, l.quantity AS hours, l.amount_minor \
        FROM time_entry t JOIN invoice_line l ON l.account_id = t.account_id AND l.source = 'time' AND l.month = '' AND l.source_id = t.entry_id \
        WHERE t.invoice_id IS NOT NULL AND t.ticket IN ($keys) ORDER BY t.ticket, t.worked_on, t.entry_id";
    DRAWN: (; many Integer) -> DrawnRow = "SELECT t.agreement_id, l.from_on AS worked_on, l.prepaid_hours AS hours \
        FROM time_entry t JOIN invoice_line l ON l.account_id = t.account_id AND l.source = 'time' AND l.month = '' AND l.source_id = t.entry_id \
        JOIN invoice i ON i.account_id = l.account_id AND i.invoice_id = l.invoice_id \
        WHERE t.coverage = 'prepaid' AND t.agreement_id IN ($keys) AND t.invoice_id IS NOT NULL \
        ORDER BY i.issued_on, l.invoice_id, l.from_on, l.started_at, l.source_code";
}

impl Tx {
    /// Every rate of a role.
    pub fn role_rates(&mut self) -> Result<Vec<RoleRateRow>, Error> {
        self.rows(&ROLE_RATES, &[])
    }

    /// Every ticket of which something is agreed.
    pub fn agreed_tickets(&mut self) -> Result<Vec<AgreedTicketRow>, Error> {
        self.rows(&AGREED_TICKETS, &[])
    }

    /// Those of some accounts.
    pub fn agreed_tickets_of(&mut self, accounts: &[AccountId]) -> Result<Vec<AgreedTicketRow>, Error> {
        self.rows_by(&AGREED_TICKETS_OF, &[], accounts)
    }

    /// What invoices billed of these tickets.
    pub fn earlier_work(&mut self, tickets: &[String]) -> Result<Vec<EarlierWork>, Error> {
        self.rows_by(&EARLIER_WORK, &[], tickets)
    }

    /// What invoices drew of these agreements' balances, in the order in which it was drawn.
    pub fn drawn_hours(&mut self, agreements: &[AgreementId]) -> Result<Vec<DrawnRow>, Error> {
        self.rows_by(&DRAWN, &[], agreements)
    }
}
