//! Work: time entries and deliveries, billed or waiting.

use billing::item::ItemKind;
use billing::work::{Coverage, WorkType};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{AccountId, AgreementId, DeliveryId, Error, InvoiceId, ItemId, TimeEntryId, Tx, record, statements};

record! {
    /// A time entry.
    pub struct TimeEntryRow in "time_entry" key(account_id, entry_id) {
        pub account_id: AccountId,
        pub entry_id: TimeEntryId,
        pub code: String,
        pub ticket: String,
        pub ticket_summary: String,
        pub requester: String,
        pub site: String,
        pub worked_on: Date,
        /// `HH:MM`, as written.
        pub started_at: String,
        pub ended_at: String,
        pub technician: String,
        pub work_type: WorkType,
        pub hours_worked: Decimal,
        pub hours_billed: Option<Decimal>,
        pub rate: Option<Decimal>,
        pub coverage: Coverage,
        pub agreement_id: Option<AgreementId>,
        /// For the customer.
        pub notes: String,
        /// Never leave the provider: no query for a customer selects them.
        pub internal_notes: Option<String>,
        pub approved_on: Option<Date>,
        /// The invoice that took it.
        pub invoice_id: Option<InvoiceId>,
        /// Whose rate counts where it gives none.
        pub role: Option<String>,
    }
}

record! {
    /// A delivery of a product or fee.
    pub struct DeliveryRow in "delivery" key(account_id, delivery_id) {
        pub account_id: AccountId,
        pub delivery_id: DeliveryId,
        pub code: String,
        pub ticket: Option<String>,
        pub delivered_on: Date,
        pub item_id: ItemId,
        pub description: String,
        pub quantity: Decimal,
        pub unit_price: Decimal,
        pub approved_on: Option<Date>,
        /// The invoice that took it.
        pub invoice_id: Option<InvoiceId>,
    }
}

record! {
    /// A time entry that no invoice has taken, with what a line freezes of it.
    pub struct UnbilledEntry {
        pub account_id: AccountId,
        pub entry_id: TimeEntryId,
        pub code: String,
        pub ticket: String,
        pub ticket_summary: String,
        pub requester: String,
        pub site: String,
        pub worked_on: Date,
        pub started_at: String,
        pub ended_at: String,
        pub technician: String,
        pub work_type: WorkType,
        pub hours_worked: Decimal,
        pub hours_billed: Option<Decimal>,
        pub rate: Option<Decimal>,
        pub coverage: Coverage,
        pub notes: String,
        pub approved_on: Option<Date>,
        pub role: Option<String>,
        pub agreement_id: Option<AgreementId>,
        pub agreement_code: Option<String>,
        pub agreement_name: Option<String>,
    }
}

record! {
    /// A delivery that no invoice has taken, with what a line freezes of it.
    pub struct UnbilledDelivery {
        pub account_id: AccountId,
        pub delivery_id: DeliveryId,
        pub code: String,
        pub ticket: Option<String>,
        pub delivered_on: Date,
        pub item_code: String,
        pub item_kind: ItemKind,
        pub description: String,
        pub quantity: Decimal,
        pub unit: String,
        pub unit_price: Decimal,
        pub taxable: bool,
        pub tax_category: String,
        pub approved_on: Option<Date>,
    }
}

statements! {
    ENTRIES_BY_CODE: (; many Text) -> TimeEntryRow = "SELECT account_id, entry_id, code, ticket, ticket_summary, requester, site, \
        worked_on, started_at, ended_at, technician, work_type, hours_worked, hours_billed, rate, coverage, agreement_id, notes, \
        internal_notes, approved_on, invoice_id, role FROM time_entry WHERE code IN ($keys) ORDER BY code";
    DELIVERIES_BY_CODE: (; many Text) -> DeliveryRow = "SELECT account_id, delivery_id, code, ticket, delivered_on, item_id, \
        description, quantity, unit_price, approved_on, invoice_id FROM delivery WHERE code IN ($keys) ORDER BY code";
    TICKETS: (; many Text) -> TicketRow = "SELECT DISTINCT ticket, account_id, ticket_summary, requester FROM time_entry \
        WHERE ticket IN ($keys) ORDER BY ticket, account_id, ticket_summary, requester";
    ENTRIES_OF_TICKETS: (; many Text) -> TicketEntry = "SELECT code, ticket, invoice_id FROM time_entry WHERE ticket IN ($keys) \
        ORDER BY ticket, code";
    DELIVERIES_OF_TICKETS: (; many Text) -> TicketDelivery = "SELECT code, ticket, account_id, invoice_id FROM delivery WHERE ticket IN ($keys) \
        ORDER BY ticket, code";
    WAITING_ENTRIES: (Text, Text; many Integer) -> crate::One<String> = "SELECT code FROM time_entry WHERE account_id IN ($keys) \
        AND invoice_id IS NULL AND approved_on IS NOT NULL AND worked_on >= $1 AND worked_on <= $2 ORDER BY account_id, worked_on, code";
    WAITING_DELIVERIES: (Text, Text; many Integer) -> crate::One<String> = "SELECT code FROM delivery WHERE account_id IN ($keys) \
        AND invoice_id IS NULL AND approved_on IS NOT NULL AND delivered_on >= $1 AND delivered_on <= $2 ORDER BY account_id, delivered_on, code";
    UNBILLED_ENTRIES: (Text; many Integer) -> UnbilledEntry = "SELECT t.account_id, t.entry_id, t.code, t.ticket, t.ticket_summary, \
        t.requester, t.site, t.worked_on, t.started_at, t.ended_at, t.technician, t.work_type, t.hours_worked, t.hours_billed, t.rate, \
        t.coverage, t.notes, t.approved_on, t.role, t.agreement_id, a.code AS agreement_code, a.name AS agreement_name \
        FROM time_entry t LEFT JOIN agreement a ON a.account_id = t.account_id AND a.agreement_id = t.agreement_id \
        WHERE t.account_id IN ($keys) AND t.invoice_id IS NULL AND t.worked_on < $1 \
        ORDER BY t.account_id, t.ticket, t.worked_on, t.started_at, t.code";
    UNBILLED_DELIVERIES: (Text; many Integer) -> UnbilledDelivery = "SELECT d.account_id, d.delivery_id, d.code, d.ticket, d.delivered_on, \
        i.code AS item_code, i.kind AS item_kind, d.description, d.quantity, i.unit, d.unit_price, i.taxable, i.tax_category, d.approved_on \
        FROM delivery d JOIN item i ON i.item_id = d.item_id \
        WHERE d.account_id IN ($keys) AND d.invoice_id IS NULL AND d.delivered_on < $1 ORDER BY d.account_id, d.delivered_on, d.code";
    TAKE_ENTRIES: (Integer, Integer; many Integer) = "UPDATE time_entry SET invoice_id = $2 \
        WHERE account_id = $1 AND invoice_id IS NULL AND entry_id IN ($keys)";
    TAKE_DELIVERIES: (Integer, Integer; many Integer) = "UPDATE delivery SET invoice_id = $2 \
        WHERE account_id = $1 AND invoice_id IS NULL AND delivery_id IN ($keys)";
}

record! {
    /// A ticket as its entries have it: one row, unless they contradict each other.
    pub struct TicketRow {
        pub ticket: String,
        pub account_id: AccountId,
        pub ticket_summary: String,
        pub requester: String,
    }
}

record! {
    /// An entry of a ticket.
    pub struct TicketEntry {
        pub code: String,
        pub ticket: String,
        pub invoice_id: Option<InvoiceId>,
    }
}

record! {
    /// A delivery that names a ticket.
    pub struct TicketDelivery {
        pub code: String,
        pub ticket: String,
        pub account_id: AccountId,
        pub invoice_id: Option<InvoiceId>,
    }
}

impl Tx {
    /// The time entries of these codes.
    pub fn entries_by_code(&mut self, codes: &[String]) -> Result<Vec<TimeEntryRow>, Error> {
        self.rows_by(&ENTRIES_BY_CODE, &[], codes)
    }

    /// The deliveries of these codes.
    pub fn deliveries_by_code(&mut self, codes: &[String]) -> Result<Vec<DeliveryRow>, Error> {
        self.rows_by(&DELIVERIES_BY_CODE, &[], codes)
    }

    /// What is known of these tickets.
    pub fn tickets(&mut self, tickets: &[String]) -> Result<Vec<TicketRow>, Error> {
        self.rows_by(&TICKETS, &[], tickets)
    }

    /// The entries of these tickets.
    pub fn entries_of_tickets(&mut self, tickets: &[String]) -> Result<Vec<TicketEntry>, Error> {
        self.rows_by(&ENTRIES_OF_TICKETS, &[], tickets)
    }

    /// The deliveries that name these tickets.
    pub fn deliveries_of_tickets(&mut self, tickets: &[String]) -> Result<Vec<TicketDelivery>, Error> {
        self.rows_by(&DELIVERIES_OF_TICKETS, &[], tickets)
    }

    /// Codes of entries of these accounts that no invoice has taken, worked from one day to another, both included.
    pub fn waiting_entries(&mut self, days: (Date, Date), accounts: &[AccountId]) -> Result<Vec<String>, Error> {
        let rows: Vec<crate::One<String>> = self.rows_by(&WAITING_ENTRIES, &[&days.0, &days.1], accounts)?;
        Ok(rows.into_iter().map(|crate::One(code)| code).collect())
    }

    /// Codes of deliveries to these accounts that no invoice has taken, made from one day to another, both included.
    pub fn waiting_deliveries(&mut self, days: (Date, Date), accounts: &[AccountId]) -> Result<Vec<String>, Error> {
        let rows: Vec<crate::One<String>> = self.rows_by(&WAITING_DELIVERIES, &[&days.0, &days.1], accounts)?;
        Ok(rows.into_iter().map(|crate::One(code)| code).collect())
    }

    /// Entries of these accounts worked before a day that no invoice has taken; those of one account by ticket, then in
    /// the order they were worked.
    pub fn unbilled_entries(&mut self, before: Date, accounts: &[AccountId]) -> Result<Vec<UnbilledEntry>, Error> {
        self.rows_by(&UNBILLED_ENTRIES, &[&before], accounts)
    }

    /// Deliveries to these accounts made before a day that no invoice has taken; those of one account by day.
    pub fn unbilled_deliveries(
        &mut self,
        before: Date,
        accounts: &[AccountId],
    ) -> Result<Vec<UnbilledDelivery>, Error> {
        self.rows_by(&UNBILLED_DELIVERIES, &[&before], accounts)
    }

    /// Marks entries as taken by an invoice; gives how many were free.
    pub fn take_entries(
        &mut self,
        account: AccountId,
        invoice: InvoiceId,
        entries: &[TimeEntryId],
    ) -> Result<u64, Error> {
        self.execute_by(&TAKE_ENTRIES, &[&account, &invoice], entries)
    }

    /// Marks deliveries as taken by an invoice; gives how many were free.
    pub fn take_deliveries(
        &mut self,
        account: AccountId,
        invoice: InvoiceId,
        deliveries: &[DeliveryId],
    ) -> Result<u64, Error> {
        self.execute_by(&TAKE_DELIVERIES, &[&account, &invoice], deliveries)
    }
}
